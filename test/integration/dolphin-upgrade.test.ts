import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Status } from "../../cli/status/status";
import { HOST_NAMES } from "../../lab/src/name";
import { ClientLoop, vendorClient } from "./dolphin-client";
import { APPEND, COUNT, TABLE } from "./dolphin-rows";
import { dolphinConfig, dolphinNode, dolphinOutputs, endDolphin, serverOf, type ServerVersion } from "./dolphin-stack";
import { refusingPackage } from "./dolphin-package";
import { engines } from "./engines";
import { on } from "./hosts";
import type { Config } from "./odc-config";
import { TestStack } from "./stack";

const [engine] = engines();
const BACKUPS = "/var/backups/dolphin-dolphin";
const [FORMER, NEXT] = ["3.00.4.3", "3.00.5.1"] as const;

describe("An upgrade of a DolphinDB cluster, and the way back", function () {
  this.timeout(240_000);
  let stack: TestStack;
  let folder: string;
  const password = "First.Password+1";

  const config = (version: ServerVersion, rollback?: { backup: string; loseNewData?: boolean }): Config =>
    dolphinConfig((dolphin) => {
      Object.assign(dolphin, { adminPassword: password, server: serverOf(version), check: { rows: 50 } });
      if (rollback !== undefined) dolphin.rollback = rollback;
    });
  const answered = async (script: string, kind: "datanode" | "computenode" = "computenode"): Promise<unknown> =>
    (await vendorClient({ node: dolphinNode("p2", kind), password, scripts: [script] }))[1];
  /** Versions and states of all nodes, each once. */
  const nodes = async (): Promise<string[]> => [
    ...new Set((await dolphinOutputs(stack)).nodes.map(({ state, version }) => `${state} ${version}`)),
  ];

  before(async () => {
    assert.ok(engine);
    folder = mkdtempSync(join(tmpdir(), "dbha-dolphin-upgrade-"));
    stack = new TestStack(engine);
    await stack.init(config(FORMER));
    await stack.up();
    assert.deepEqual(await answered(TABLE, "datanode"), { value: 30 });
  });
  after(async () => {
    await endDolphin(stack);
    rmSync(folder, { recursive: true });
  });

  it("begins with a cluster that was checked, of which nothing is left", async () => {
    assert.deepEqual(await answered('existsDatabase("dfs://dbha_check")'), { value: false });
    assert.deepEqual((await dolphinOutputs(stack)).backups, []);
  });

  it("changes nothing where the metadata of a host cannot be saved, and all nodes run again", async () => {
    await on("p2", `touch ${BACKUPS}`);
    stack.configure(config(NEXT));
    assert.match(
      await stack.succeed("preview"),
      /all nodes stop, their metadata are saved, and they start with 3\.00\.5\.1 in the place of 3\.00\.4\.3/,
    );
    const { code, text } = await stack.run("up", "--yes", "--skip-preview");
    assert.notEqual(code, 0);
    assert.match(
      text,
      /host p2 [^\n]*: back up the metadata: the directory \/var\/backups\/dolphin-dolphin cannot be made [^\n]*; nothing was changed, and all nodes run with 3\.00\.4\.3 again/,
    );
    assert.deepEqual(await answered(COUNT), { value: 30 });
    assert.match(JSON.stringify(await answered("version()")), /"3\.00\.4\.3 /);
    await on("p2", `rm ${BACKUPS}`);
  });

  it("names the nodes that do not start with another package, what one of them logged, and the way back", async () => {
    const broken = await refusingPackage(folder, NEXT, "Can't recognize function name loadPlugin");
    const change = (rollback?: { backup: string }): Config =>
      dolphinConfig((dolphin) => {
        const server = rollback === undefined ? { version: NEXT, archives: broken } : serverOf(FORMER);
        Object.assign(dolphin, { adminPassword: password, server, startTimeout: 20, check: { rows: 50 } });
        if (rollback !== undefined) dolphin.rollback = rollback;
      });
    stack.configure(change());
    const { code, text } = await stack.run("up", "--yes", "--skip-preview");
    assert.notEqual(code, 0);
    const offline = HOST_NAMES.map((host) => `${host}-datanode is offline`).join(", ");
    assert.match(text, new RegExp(`all of them online was not there within 20 s: ${offline}`));
    assert.match(text, /the log of p1-datanode, [^\n]*p1-datanode\.log:\n[^]*Can't recognize function name loadPlugin/);
    assert.match(text, /likely: a module or plugin that has it was not loaded before/);
    const [, backup = ""] =
      /the way back: the package of 3\.00\.4\.3 with rollback\.backup (\d{8}T\d{6}Z-3\.00\.4\.3)/.exec(text) ?? [];
    stack.configure(change({ backup }));
    await stack.up();
    assert.deepEqual(await nodes(), [`online ${FORMER}`]);
    assert.deepEqual(await answered(COUNT), { value: 30 });
    stack.configure(config(FORMER));
    await stack.up();
    await stack.succeed("preview", "--refresh", "--expect-no-changes");
    for (const host of HOST_NAMES) await on(host, `rm -r ${BACKUPS}/${backup}`);
  });

  it("puts the other server in place, with rows, rights and a way back, and a client counts on", async () => {
    stack.configure(config(NEXT));
    const sites = HOST_NAMES.map((name) => dolphinNode(name, "datanode"));
    const loop = await ClientLoop.start({
      ...{ node: dolphinNode("p2", "datanode"), sites },
      ...{ password, reconnect: true, scripts: [COUNT] },
    });
    try {
      await loop.untilMore(1);
      await stack.up();
      await loop.untilMore(2);
    } finally {
      const counts = (await loop.stop()).filter((line) => "value" in line).map(({ value }) => value);
      // all nodes are down meanwhile, and whatever is answered before and after that is all rows
      assert.deepEqual([...new Set(counts)], [30]);
    }
    assert.deepEqual(await nodes(), [`online ${NEXT}`]);
    assert.deepEqual(await answered(COUNT), { value: 30 });
    const { backups } = await dolphinOutputs(stack);
    assert.equal(backups.length, 1);
    assert.match(backups[0] ?? "", /^\d{8}T\d{6}Z-3\.00\.4\.3$/);
    for (const host of HOST_NAMES)
      assert.equal(
        (
          await on(
            host,
            `tar -tf ${BACKUPS}/${backups[0]}/set.tar | grep -c -E '/(raftWAL1|aclCheckPoint.meta|DFSMasterMetaCheckpoint.0|chunks.meta)$'`,
          )
        ).trim(),
        "4",
      );
    const { deployments } = JSON.parse((await stack.dbha("status", "--json")).stdout) as Status;
    const [told] = deployments.flatMap(({ metadataBackup }) => metadataBackup ?? []);
    assert.deepEqual(
      [told?.name, told?.directory, told?.hosts, told?.version, told?.there],
      [backups[0], BACKUPS, [...HOST_NAMES], "3.00.4.3", true],
      "dbha status tells it",
    );
    await stack.succeed("preview", "--refresh", "--expect-no-changes");
  });

  it("is not taken back by the former package alone, nor when rows were written since, which preview says", async () => {
    const [backup = ""] = (await dolphinOutputs(stack)).backups;
    stack.configure(config(FORMER));
    assert.match(
      (await stack.run("preview")).text,
      /3\.00\.5\.1 runs, and 3\.00\.4\.3 does not read its metadata; fix: /,
    );
    stack.configure(config(FORMER, { backup }));
    assert.match(
      await stack.succeed("preview"),
      /their metadata go back to \d{8}T\d{6}Z-3\.00\.4\.3, and they start with/,
    );
    assert.deepEqual(await answered(APPEND, "datanode"), { value: 31 });
    const { code, text } = await stack.run("preview");
    assert.notEqual(code, 0);
    assert.match(
      text,
      /rows were written since the upgrade, and the vendor allows a rollback only when none were; fix: /,
    );
    assert.deepEqual(await nodes(), [`online ${NEXT}`]);
  });

  it("is taken back where what was written may be lost, also when a run is killed with all nodes down", async () => {
    const [backup = ""] = (await dolphinOutputs(stack)).backups;
    stack.configure(config(FORMER, { backup, loseNewData: true }));
    const ended = "! systemctl -q is-active dbha-dolphin-dolphin-controller";
    await stack.killUpAt(on("p1", `timeout 90 sh -c 'until ${ended}; do sleep 0.1; done'`));
    await stack.up();
    assert.deepEqual(await nodes(), [`online ${FORMER}`]);
    assert.deepEqual(await answered(COUNT), { value: 30 });
    assert.deepEqual(await answered(APPEND, "datanode"), { value: 31 });
    stack.configure(config(FORMER));
    await stack.up();
    await stack.succeed("preview", "--refresh", "--expect-no-changes");
  });
});
