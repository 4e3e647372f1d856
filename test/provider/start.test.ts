import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import nodeModule from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** A checkout of its own: the plugin's sources, with every installed package and an empty cache. */
function checkout(): string {
  const folder = mkdtempSync(join(tmpdir(), "dbha-checkout-"));
  for (const path of ["bin", "provider", "package.json", "package-lock.json", "tsconfig.json"])
    cpSync(path, join(folder, path), { recursive: true });
  mkdirSync(join(folder, "node_modules"));
  for (const name of readdirSync("node_modules").filter((name) => !name.startsWith(".")))
    symlinkSync(resolve("node_modules", name), join(folder, "node_modules", name));
  return folder;
}

/** Starts the plugin, ends it. @returns the first thing that it wrote. */
async function firstWord(folder: string): Promise<string> {
  const plugin = spawn(join(folder, "bin", "pulumi-resource-dbha"), { stdio: ["ignore", "pipe", "inherit"] });
  const [text] = (await Promise.race([once(plugin.stdout, "data"), once(plugin, "exit")])) as [Buffer | number];
  const exited = once(plugin, "exit");
  if (plugin.exitCode === null && plugin.kill()) await exited;
  return text.toString().trim();
}

/** From Node 22.1 on Node keeps V8's code itself, elsewhere. */
const node20 = !("enableCompileCache" in nodeModule);

const kept = (folder: string): string[] => readdirSync(join(folder, "node_modules", ".cache", "dbha"));

describe("The plugin's start in a checkout", function () {
  this.timeout(30_000);
  let folder: string;
  beforeEach(() => (folder = checkout()));
  afterEach(() => rmSync(folder, { recursive: true }));

  it("compiles once, also when several start at the same time, and leaves nothing unfinished", async () => {
    const words = await Promise.all([firstWord(folder), firstWord(folder), firstWord(folder)]);
    for (const word of words) assert.match(word, /^\d+$/);
    const [file = "", ...more] = kept(folder);
    assert.match(file, /^plugin-[0-9a-f]{16}\.cjs$/);
    // V8's code is of one build of Node: a crash is what another one may make of it
    const ofBuild = more.map((name) => name.replace(/\.[0-9a-f]{8}\.v8$/, ".BUILD.v8"));
    assert.deepEqual(ofBuild, [...(node20 ? [`${file}.BUILD.v8`] : []), "plugin.sources.json"]);
    assert.match(await firstWord(folder), /^\d+$/);
    assert.deepEqual(kept(folder), [file, ...more]);
  });

  it("runs an edit at once", async () => {
    await firstWord(folder);
    const main = join(folder, "provider", "main.ts");
    const source = readFileSync(main, "utf8");
    assert.ok(source.includes("${await listen(server)}"));
    writeFileSync(main, source.replace("${await listen(server)}", "edited"));
    assert.equal(await firstWord(folder), "edited");
    writeFileSync(main, source);
    assert.match(await firstWord(folder), /^\d+$/);
    assert.equal(kept(folder).length, node20 ? 5 : 3, "two builds, V8's code of each on Node 20, and their sources");
  });

  it("imports a package when that is needed, with V8's code kept and without", async () => {
    const main = join(folder, "provider", "main.ts");
    const source = readFileSync(main, "utf8");
    const imported = '${typeof (await import("mysql2/promise")).createConnection}';
    writeFileSync(main, source.replace("${await listen(server)}", imported));
    assert.equal(await firstWord(folder), "function");
    assert.equal(await firstWord(folder), "function");
  });

  it("does not trust V8's code of another build, and makes it anew", async function () {
    if (!node20) this.skip();
    await firstWord(folder);
    const code = join(
      folder,
      "node_modules",
      ".cache",
      "dbha",
      kept(folder).find((name) => name.endsWith(".v8")) ?? "",
    );
    const good = readFileSync(code);
    writeFileSync(
      code,
      good.map((byte, i) => (i < 64 ? 255 - byte : byte)),
    );
    assert.match(await firstWord(folder), /^\d+$/);
    assert.deepEqual(readFileSync(code).subarray(0, 16), good.subarray(0, 16));
  });

  it("runs an edit of a file that is imported for the first time, and goes on when a source is gone", async () => {
    await firstWord(folder);
    const [main, extra] = ["main.ts", "extra.ts"].map((name) => join(folder, "provider", name)) as [string, string];
    const source = readFileSync(main, "utf8");
    writeFileSync(extra, 'export const word = "one";');
    const edited = source.replace("${await listen(server)}", "${word}");
    writeFileSync(main, `import { word } from "./extra";\n${edited}`);
    assert.equal(await firstWord(folder), "one");
    writeFileSync(extra, 'export const word = "two";');
    assert.equal(await firstWord(folder), "two");
    writeFileSync(main, source);
    rmSync(extra);
    assert.match(await firstWord(folder), /^\d+$/);
  });
});
