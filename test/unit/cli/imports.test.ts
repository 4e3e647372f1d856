import assert from "node:assert/strict";
import { join, relative } from "node:path";
import { build } from "esbuild";

const root = join(__dirname, "..", "..", "..");

/** The project's own files that an entry is made of, and the packages that they load. @param atOnce those alone that are loaded at the start */
async function partsOf(entry: string, atOnce = false): Promise<{ files: string[]; packages: string[] }> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    packages: "external",
  });
  const importsOf = (file: string) =>
    (metafile.inputs[file]?.imports ?? []).filter(({ kind }) => !atOnce || kind !== "dynamic-import");
  const found = new Set([entry]);
  for (const file of found) for (const { path, external } of importsOf(file)) if (!external) found.add(path);
  const imports = [...found].flatMap(importsOf);
  return {
    files: [...found].map((file) => relative(root, join(root, file))),
    packages: imports.filter(({ external }) => external).map(({ path }) => path),
  };
}

describe("The folder cli", () => {
  it("loads neither Pulumi's SDK nor what needs it", async () => {
    const { files, packages } = await partsOf("cli/main.ts");
    assert.deepEqual(
      packages.filter((name) => name.startsWith("@pulumi/")),
      [],
    );
    assert.deepEqual(
      files.filter((file) => !/^(cli|components|provider)\//.test(file)),
      [],
    );
  });

  it("loads what reaches hosts when a command needs it, and not before", async () => {
    const reaches = (file: string): boolean => /^provider\/(ssh|kinds|scripts)\//.test(file);
    assert.equal((await partsOf("cli/main.ts")).files.some(reaches), true);
    const { files, packages } = await partsOf("cli/main.ts", true);
    assert.deepEqual([...files.filter(reaches), ...packages.filter((name) => name === "ssh2")], []);
  });

  it("is loaded by no component, no stack, not by the plugin", async () => {
    for (const entry of ["components/index.ts", "stacks/index.ts", "provider/main.ts"]) {
      const { files } = await partsOf(entry);
      assert.deepEqual(
        files.filter((file) => file.startsWith("cli/")),
        [],
      );
    }
  });
});
