import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { EngineLog } from "../../provider/engine-log";
import { Operations } from "../../provider/operations";
import { Session } from "../../provider/session";
import type { Properties } from "../../provider/wire";
import { typeProblems, writeExamples, type Examples } from "../doc-examples";
import { mockEngine, unwrap } from "../unit/components/mocks";
import { until } from "./cases";

/** What the page's examples take for given. */
const given: Record<string, string> = {
  "declare const host: remote.HostData;":
    'const host: remote.HostData = { name: "p1", address: "10.0.0.11", acceptUnknownHostKey: true };',
  "declare const config: remote.File;":
    'const config = new remote.File("config", { host, path: "/etc/obproxy.conf", content: "" });',
};

describe("The examples of docs/plugin.md", function () {
  this.timeout(120_000);
  const operations = new Operations(new Session(new EngineLog(), () => undefined));
  let examples: Examples;

  before(() => {
    examples = writeExamples("docs/plugin.md", given);
  });
  after(() => examples.remove());

  it("are one for every kind at least, and right by the types", () => {
    assert.ok(examples.files.length >= 8);
    assert.deepEqual(typeProblems(examples.files), []);
  });

  it("give arguments that the plugin accepts", async () => {
    for (const [index, file] of examples.files.entries()) {
      const text = readFileSync(file, "utf8");
      // the SDK's mocks have no hooks: a program that registers one waits for ever
      if (text.includes("ResourceHook")) continue;
      const registered = await mockEngine({ "project:dbPassword": "S3cret" });
      const count = text.match(/new remote\.\w+\(/g)?.length ?? 0;
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

/** What the pages of the components take for given. */
const pages: Record<string, Record<string, string>> = {
  "docs/adopt.md": {},
  "docs/odc-ha.md": {},
  "docs/odp-watchdog.md": {},
  "docs/oms-multi-node.md": {
    'const oms = new OmsMultiNode("oms", {\n  version: "4.2.7",': `import * as pulumi from "@pulumi/pulumi";
import { OmsMultiNode, type Host } from "pulumi-dbha";
declare const config: pulumi.Config, p1: Host, p2: Host;
export const oms = new OmsMultiNode("oms", {\n  version: "4.2.7",`,
  },
  "docs/dolphin-ha.md": {
    'const cluster = new DolphinHaCluster("db", {\n  hosts: [p1, p2, p3],': `import * as fs from "node:fs";
import { DolphinHaCluster, type Host } from "pulumi-dbha";
declare const p1: Host, p2: Host, p3: Host;
export const cluster = new DolphinHaCluster("db", {\n  hosts: [p1, p2, p3],`,
  },
  "docs/environments.md": {},
  "docs/load-balancer.md": {
    "const hosts =": 'const keys = [["ssh-ed25519 AAAA"], ["ssh-ed25519 AAAA"]];\nconst nginxConf = "";\nconst hosts =',
  },
};

for (const [page, takenForGiven] of Object.entries(pages))
  describe(`The examples of ${page}`, function () {
    this.timeout(120_000);

    it("are right by the types", () => {
      const examples = writeExamples(page, takenForGiven);
      try {
        assert.ok(examples.files.length > 0);
        assert.deepEqual(typeProblems(examples.files), []);
      } finally {
        examples.remove();
      }
    });
  });
