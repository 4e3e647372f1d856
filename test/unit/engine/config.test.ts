import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openNew } from "../../../lab/engine/cli/context";
import { makeSecret } from "../../../lab/engine/property";
import { packageConfig, resolveConfig } from "../../../lab/engine/project/config";
import { loadProject } from "../../../lab/engine/project/project";
import { StackSettings } from "../../../lab/engine/project/settings";
import type { Crypter } from "../../../lab/engine/state/deployment";

/** Seals by encoding. */
const CRYPTER: Crypter = {
  salt: "",
  encrypt: (plain) => Buffer.from(plain).toString("base64"),
  decrypt: (text) => Buffer.from(text, "base64").toString(),
};

describe("project and configuration", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "dbha-project-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  const resolve = (project: string, settings: string) => {
    write("Pulumi.yaml", `name: p\nruntime: nodejs\n${project}`);
    write("Pulumi.dev.yaml", settings);
    const loaded = loadProject(folder);
    return resolveConfig(loaded, "dev", new StackSettings(loaded, "dev"), CRYPTER);
  };

  describe("Pulumi.yaml", () => {
    it("tells where the program runs and with what", () => {
      write("index.ts", "");
      const options = "options: {typescript: false, nodeargs: --import tsx}";
      write(
        "Pulumi.yaml",
        `name: p\nmain: index.ts\nruntime:\n  name: nodejs\n  ${options}\nplugins:\n  providers: [{name: x, path: bin}]\n`,
      );
      const { config, ...project } = loadProject(folder);
      assert.equal(config.size, 0);
      assert.deepEqual(project, {
        name: "p",
        root: folder,
        entryPoint: "index.ts",
        typescript: false,
        nodeArguments: ["--import", "tsx"],
        pluginPaths: new Map([["x", join(folder, "bin")]]),
      });
    });

    it("is refused where it cannot be run, with the reason", () => {
      assert.throws(() => loadProject(folder), /no Pulumi\.yaml project file found in/);
      write("Pulumi.yaml", "name: p\nruntime: python\n");
      assert.throws(() => loadProject(folder), /does not support the runtime "python" \(only nodejs\)/);
      mkdirSync(join(folder, "src"));
      write("src/index.ts", "");
      for (const main of ["none.ts", "src/index.ts", "src"]) {
        write("Pulumi.yaml", `name: p\nruntime: nodejs\nmain: ${main}\n`);
        assert.throws(
          () => loadProject(folder),
          /does not support the main "[^"]+" \(only a file beside Pulumi\.yaml\)/,
        );
      }
      write("Pulumi.yaml", "name: p\nruntime: {name: nodejs, options: {nodeargs: \"--title 'two words'\"}}\n");
      assert.throws(() => loadProject(folder), /does not support quotes in nodeargs/);
    });
  });

  it("configuration is text for the program, JSON where it has parts, and secret where any part is", () => {
    const config = resolve(
      "",
      "config:\n  p:port: 80\n  p:on: true\n  p:text: 'x'\n  x:key: {secure: c2VjcmV0}\n  p:tree: {a: [1, {secure: c2VjcmV0}]}\n",
    );
    assert.deepEqual(Object.fromEntries(config), {
      "p:port": { text: "80", secret: false },
      "p:on": { text: "true", secret: false },
      "p:text": { text: "x", secret: false },
      "x:key": { text: "secret", secret: true },
      "p:tree": { text: '{"a":[1,"secret"]}', secret: true },
    });
    assert.deepEqual(packageConfig(config, "x"), { key: makeSecret("secret") });
  });

  it("configuration takes defaults from the project, short and long", () => {
    const config = resolve(
      "config:\n  a: 5\n  b: {type: object, default: {}}\n  c: {type: string, default: d}\n",
      "config: {p:c: own}\n",
    );
    assert.deepEqual(
      [...config].map(([key, { text }]) => `${key}=${text}`),
      ["p:c=own", "p:a=5", "p:b={}"],
    );
  });

  const wrong: [string, string, string, string][] = [
    ["what is missing", "config:\n  one: {type: string}\n", "", "Stack 'dev' is missing configuration value 'one'"],
    [
      "a wrong type",
      "config: {n: {type: integer}}",
      "config: {p:n: x}",
      "Stack 'dev' with configuration key 'n' must be of type 'integer'",
    ],
  ];
  for (const [what, project, settings, message] of wrong) {
    it(`configuration is refused for ${what}, in the words of the CLI`, () => {
      assert.throws(() => resolve(project, settings), { name: "UserError", message });
    });
  }

  const refused: [string, string][] = [
    ["n: {type: array, items: {type: string}}", 'configuration of the type "array"'],
    ["n: {type: string, secret: true}", "configuration that Pulumi.yaml says is secret (n)"],
    ["x:n: {value: v}", "configuration of another package in Pulumi.yaml (x:n)"],
  ];
  for (const [entry, feature] of refused) {
    it(`configuration ${entry} is refused by name`, () => {
      assert.throws(() => resolve(`config:\n  ${entry}\n`, ""), {
        message: new RegExp(`^the fallback engine does not support ${feature.replace(/[()]/g, "\\$&")};`),
      });
    });
  }

  it("settings keep comments, and are set by path", async () => {
    write("Pulumi.yaml", "name: p\nruntime: nodejs\n");
    write("Pulumi.dev.yaml", "# ours\nconfig:\n  p:a: 1 # one\n");
    const settings = new StackSettings(loadProject(folder), "dev");
    settings.set("p:list[0].name", "x", { path: true });
    settings.set("p:list[1].name", "y", { path: true });
    settings.set("p:tree.b", { secure: "z" }, { path: true });
    settings.set("p:c.d", "literal", { path: false });
    await settings.save();
    assert.equal(
      readFileSync(settings.path, "utf8"),
      "# ours\nconfig:\n  p:a: 1 # one\n  p:list:\n    - name: x\n    - name: y\n  p:tree:\n    b:\n      secure: z\n  p:c.d: literal\n",
    );
  });

  it("stack names are plain", () => {
    write("Pulumi.yaml", "name: p\nruntime: nodejs\n");
    const project = loadProject(folder);
    for (const name of ["organization/p/dev", "a b"]) {
      const message = `the stack name "${name}" must be 1 to 100 letters, digits, hyphens, underscores and periods`;
      assert.throws(() => openNew(name, project), { message, exitCode: 2 });
    }
  });
});
