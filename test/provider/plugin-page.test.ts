import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import * as ts from "typescript";
import { EngineLog } from "../../provider/engine-log";
import { Operations } from "../../provider/operations";
import { Session } from "../../provider/session";
import type { Properties } from "../../provider/wire";
import { mockEngine, unwrap } from "../unit/components/mocks";
import { until } from "./cases";

const root = join(__dirname, "..", "..");

/** What the page's examples take for given. */
const given: Record<string, string> = {
  "declare const host: remote.HostData;":
    'const host: remote.HostData = { name: "p1", address: "10.0.0.11", acceptUnknownHostKey: true };',
  "declare const config: remote.File;":
    'const config = new remote.File("config", { host, path: "/etc/obproxy.conf", content: "" });',
};

describe("The examples of docs/plugin.md", function () {
  this.timeout(120_000);
  const blocks = [...readFileSync("docs/plugin.md", "utf8").matchAll(/^```ts\n([^]*?)^```/gm)].map(
    ([, code = ""]) => code,
  );
  const operations = new Operations(new Session(new EngineLog(), () => undefined));
  let directory: string;
  let files: string[];

  before(() => {
    const cache = join(root, "node_modules", ".cache", "dbha");
    mkdirSync(cache, { recursive: true });
    directory = mkdtempSync(join(cache, "page-"));
    const library = relative(directory, join(root, "components", "index"));
    files = blocks.map((block, index) => {
      const file = join(directory, `example${index}.ts`);
      const code = Object.entries(given).reduce((text, [from, to]) => text.replace(from, to), block);
      writeFileSync(file, code.replace('"pulumi-dbha"', JSON.stringify(library)));
      return file;
    });
  });
  after(() => rmSync(directory, { recursive: true }));

  it("are one for every kind at least, and right by the types", () => {
    assert.ok(blocks.length >= 8);
    const { config } = ts.readConfigFile(join(root, "tsconfig.json"), (path) => ts.sys.readFile(path)) as {
      config: object;
    };
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
    const program = ts.createProgram(files, { ...options, noEmit: true });
    const problems = files.flatMap((file) => ts.getPreEmitDiagnostics(program, program.getSourceFile(file)));
    assert.deepEqual(
      problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n")),
      [],
    );
  });

  it("give arguments that the plugin accepts", async () => {
    for (const [index, file] of files.entries()) {
      const registered = await mockEngine({ "project:dbPassword": "S3cret" });
      const count = readFileSync(file, "utf8").match(/new remote\.\w+\(/g)?.length ?? 0;
      await import(file);
      await until(`example ${index} registers ${count} resources`, () => registered.length === count);
      for (const { type, name, inputs } of registered) {
        const plain: Properties = Object.fromEntries(
          Object.entries(inputs).map(([key, value]) => [key, unwrap(value)]),
        );
        const { failures } = await operations.check(`urn:pulumi:dev::project::${type}::${name}`, undefined, plain);
        assert.deepEqual(failures, [], `example ${index}: ${name}`);
      }
    }
  });
});
