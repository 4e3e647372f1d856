import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { live, nodeByNode, refused, type Changes } from "../../../components/changes/change";
import { changedPaths, describeChanges } from "../../../components/changes/compare";
import { noted, plain } from "../../../components/changes/noted";
import { NotedArgs } from "../../../components/changes/noted-args";
import { Host, OdcHaDeployment } from "../../../components";
import { extraArgsWarnings } from "../../../components/odc/extra-args";
import { watchChanges } from "../../../components/odc/watch-changes";
import { isSecret, mockEngine, valueOf } from "./mocks";

const changes: Changes = {
  port: nodeByNode("each node gets a new container"),
  "jvm.heap": nodeByNode("as Java takes it at its start"),
  keep: live(),
  name: refused("it keeps its name"),
};

describe("What is told of changed arguments", () => {
  it("is a line for each that differs, with what becomes of it", () => {
    const old = { port: 1, jvm: { heap: "-Xmx1g" }, keep: true };
    const paths = changedPaths(changes, old, { port: 2, keep: true, unknown: 1 });
    assert.deepEqual(describeChanges(changes, paths), [
      "port: node by node: each node gets a new container",
      "jvm.heap: node by node: as Java takes it at its start",
    ]);
  });

  it("comes from the state, where hosts are names, secrets are secret and long texts hashes", async () => {
    await mockEngine();
    const args = {
      host: new Host("p1", { address: "10.0.0.1", acceptUnknownHostKey: true }),
      db: { password: "p", port: pulumi.output(2883) },
      after: [new pulumi.ComponentResource("a:b:C", "c")],
      text: "x".repeat(201),
    };
    const inputs = noted(args) as { db: { password: pulumi.Output<string> } };
    assert.equal(await pulumi.isSecret(inputs.db.password), true);
    assert.deepEqual(await valueOf(pulumi.output(inputs)), {
      host: "p1",
      db: { password: "p", port: 2883 },
      after: [],
      text: "sha256 84a0678c90937f5dcf9994d5866668da6b995109c8ad845410559b48a4ecafed",
    });
  });

  it("leaves what is not known yet as it was", async () => {
    const next = { port: pulumi.unknown, name: pulumi.secret("n") };
    assert.deepEqual(await plain(next, { port: 8989 }), { port: 8989, name: "n" });
  });

  it("is told of a component of the program alone, and nothing is kept of refused arguments", async () => {
    await mockEngine();
    const schema = z.strictObject({ port: z.number() });
    const host = new Host("p1", { address: "10.0.0.1", acceptUnknownHostKey: true });
    assert.deepEqual(new NotedArgs("C c", changes, schema, { port: 1 }).inputs, { port: 1 });
    assert.deepEqual(new NotedArgs("C c", changes, schema, { port: 1 }, { parent: host }).inputs, {});
    const wrong = new NotedArgs("C c", changes, schema, { port: "1" });
    assert.deepEqual([wrong.inputs, wrong.options], [{}, { ignoreChanges: ["*"] }]);
  });
});

describe("What is told of changes of ODC's arguments", () => {
  const node = (healthy: boolean) => Promise.resolve({ host: "p1", healthy });

  it("is that another password of admin is too late where a node serves", async () => {
    const refuse = (healthy: boolean, ...paths: string[]) => watchChanges([node(healthy)]).refuse?.(paths, {}, {});
    assert.deepEqual(await refuse(true, "adminPassword", "port"), [
      "adminPassword: the node on p1 serves, so ODC has taken the former one and ignores another; fix: take the former one back, or leave adminPassword out where it was; change the password in ODC, by its user admin",
    ]);
    assert.deepEqual(await refuse(false, "adminPassword"), []);
    assert.deepEqual(await refuse(true, "port"), []);
  });

  const stays = (which: string): string =>
    `extraArgs: ODC 4.3.2 and later keep in the MetaDB what they were once given, so ${which} stays in force; to undo it give each with the value that shall hold, and leave it there`;
  const late = (which: string): string =>
    `extraArgs: ODC 4.3.2 and later read the MetaDB before they write into it, so the first node starts with the former value of ${which} and takes the new one at its next start: restart its container when all nodes are back`;
  const table: [old: string | undefined, next: string | undefined, warnings: string[]][] = [
    [undefined, "--a.b=1", []],
    ["--a.b=1", "--a.b=1 --c=2", []],
    ["--a.b=1  --c=2", undefined, [stays("--a.b=1 --c=2")]],
    ["--a.b=1 --c=2", "--c=3", [stays("--a.b=1"), late("--c")]],
    // ODC keeps none of these
    ["--debug --x=y=z", undefined, []],
  ];
  for (const [old, next, warnings] of table)
    it(`is what stays in force when extraArgs go from ${old ?? "none"} to ${next ?? "none"}`, () => {
      assert.deepEqual(extraArgsWarnings(old, next), warnings);
    });

  it("keeps secrets secret in the component's inputs", async () => {
    const registered = await mockEngine();
    const host = new Host("p1", { address: "10.0.0.1", acceptUnknownHostKey: true });
    const odc = new OdcHaDeployment("odc", {
      nodes: [host],
      image: { reference: "vendor/odc:1.0" },
      metaDb: { host: "10.0.0.9", port: 2883, username: "odc", password: "hidden-1" },
      adminPassword: "aaAA11..",
      proxy: { hosts: [host], image: { reference: "nginx:1" } },
    });
    await valueOf(odc.nodes);
    const { inputs = {} } = registered.find(({ name }) => name === "odc") ?? {};
    assert.equal(inputs.port, 8989);
    assert.deepEqual(inputs.nodes, ["p1"]);
    assert.ok(isSecret(inputs.metaDb) || isSecret((inputs.metaDb as { password: unknown }).password));
    assert.ok(isSecret(inputs.adminPassword));
  });
});
