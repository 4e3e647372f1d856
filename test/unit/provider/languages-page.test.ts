import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as yaml from "yaml";

const page = readFileSync("docs/languages.md", "utf8");
const readme = readFileSync("README.md", "utf8");

/** The first block of a language on a page. */
const block = (text: string, language: string): string =>
  new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "ms").exec(text)?.[1] ?? "";

/** The page's line that installs the npm package. */
const install = (text: string): string[] => /^npm install (pulumi-dbha .*)$/m.exec(text)?.[1]?.split(" ") ?? [];

interface Project {
  plugins: unknown;
  config?: unknown;
}

describe("docs/languages.md", () => {
  const programs = readdirSync("examples");
  const projectOf = (name: string) =>
    yaml.parse(readFileSync(join("examples", name, "Pulumi.yaml"), "utf8")) as Project;

  it("installs what the npm package needs beside it, as the README does", () => {
    const { peerDependencies, peerDependenciesMeta } = JSON.parse(readFileSync("package.json", "utf8")) as {
      peerDependencies: Record<string, string>;
      peerDependenciesMeta: Record<string, { optional: boolean }>;
    };
    const needed = Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true);
    assert.deepEqual([...install(page)].sort(), ["pulumi-dbha", ...needed].sort());
    assert.deepEqual(install(page), install(readme));
  });

  it("tells where the plugin is as the README and all examples do", () => {
    const { plugins } = yaml.parse(block(page, "yaml")) as Project;
    assert.deepEqual([plugins, programs.length], [(yaml.parse(block(readme, "yaml")) as Project).plugins, 3]);
    for (const name of programs) assert.deepEqual(projectOf(name).plugins, plugins, name);
  });

  it("sets what the programs in YAML ask for, and their secret as one", () => {
    const set = [...page.matchAll(/^pulumi config set (--secret )?(\w+) /gm)].map(([, secret, key = ""]) => [
      key,
      { type: "string", ...(secret !== undefined && { secret: true }) },
    ]);
    for (const name of programs.filter((one) => one.startsWith("yaml")))
      assert.deepEqual(projectOf(name).config, Object.fromEntries(set), name);
  });

  it("names the examples that there are, and each component in the schema", () => {
    const named = new Set([...page.matchAll(/`examples\/([\w-]+)/g)].map(([, name = ""]) => name));
    assert.deepEqual([...named].sort(), programs);
    const { resources } = JSON.parse(readFileSync("provider/components-schema.json", "utf8")) as {
      resources: Record<string, { isComponent?: boolean }>;
    };
    const rows = [...page.matchAll(/^\| `(\w+)` /gm)].map(([, name = ""]) => `dbha:index:${name}`);
    assert.deepEqual(rows.sort(), Object.keys(resources).sort());
  });
});
