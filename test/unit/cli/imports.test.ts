import assert from "node:assert/strict";
import { join, relative } from "node:path";
import { build } from "esbuild";

const root = join(__dirname, "..", "..", "..");

/** The project's own files that an entry is made of, and the packages that they load. */
async function partsOf(entry: string): Promise<{ files: string[]; packages: string[] }> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    packages: "external",
  });
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports);
  return {
    files: Object.keys(metafile.inputs).map((file) => relative(root, join(root, file))),
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
