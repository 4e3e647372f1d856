import assert from "node:assert/strict";
import type { HostName } from "../../lab/src/lab";
import { running as runningIn } from "./by-hand";
import { engines } from "./engines";
import { labHosts, on, snapshots, theLab } from "./hosts";
import type { DatabaseServer } from "./metadb-server";
import {
  bindByHand,
  configFile,
  deployOmsByHand,
  nodesOf,
  removeOmsByHand,
  servicesOf,
  twoNodes,
  writtenOf,
} from "./oms-by-hand";
import {
  clearOms,
  emptyOmsMetaDb,
  endOms,
  omsConfig,
  PASSWORD,
  tarballsOf,
  virtualAddress,
  type OmsSection,
} from "./oms-stack";
import { TestStack } from "./stack";

const nodes = nodesOf(twoNodes);

/** What tells nodes of which nothing was restarted: the containers, and the processes of their services. */
const running = async (): Promise<string[]> => [...(await runningIn(nodes)), ...(await servicesOf(twoNodes))];

const written = (): Promise<string[]> => writtenOf(twoNodes);

/** All of it, and the hosts; one after the other, as commands in containers leave files for a moment. */
const seen = async (): Promise<[string[], string[], string[]]> => [await running(), await written(), await snapshots()];

/** The stack of what was made by hand, as its settings tell it. */
const adopting = (change: (oms: OmsSection) => void = () => undefined) =>
  omsConfig((oms) => {
    oms.adopt = true;
    Object.assign(oms, { image: { reference: theLab().images["oms-4.2.7"]?.reference, pull: false }, configFile });
    change(oms);
  });

for (const engine of engines())
  describe(`OMS that was deployed by hand as its document says, with the ${engine.name}`, function () {
    this.timeout(300_000);
    let stack: TestStack;
    let server: DatabaseServer;
    let byHand: string[];
    let untouched: string[];
    let files: string[];

    before(async () => {
      await removeOmsByHand(twoNodes);
      server = await emptyOmsMetaDb();
      await bindByHand();
      await deployOmsByHand(twoNodes);
      [byHand, files, untouched] = await seen();
      stack = new TestStack(engine);
      await stack.init(adopting());
    });
    after(async () => {
      await removeOmsByHand(twoNodes);
      await endOms(stack, server);
    });

    const outputs = async () =>
      (await stack.outputs()).oms as {
        nodes: { host: HostName; container: string; version: string; health: string }[];
        regions: { holder: string }[];
        backups: { version: string; proof: string }[];
      };
    const noDifference = (): Promise<string> => stack.succeed("preview", "--refresh", "--expect-no-changes");

    it("is not taken over where it is not what the arguments say: preview tells each difference with both values", async () => {
      stack.configure(
        adopting((oms) => {
          oms.mounts = { store: "/data/oms/store" };
          Object.assign(oms.regions[0] as object, { location: 2, region: "cn-anhui" });
        }),
      );
      const { code, text } = await stack.run("preview");
      assert.notEqual(code, 0);
      for (const [host] of nodes)
        assert.ok(
          text.includes(`container oms_427 on host ${host} cannot be taken over (5 problems); nothing was changed:`),
          text,
        );
      for (const line of [
        "mount /home/ds/store: it has /data/oms/oms_store, and the arguments say /data/oms/store; fix: give mounts.store as it has it",
        "cm_location of config.yaml: it has 1, and the arguments say 2; fix: give regions.location as it has it",
        "cm_region of config.yaml: it has nothing, and the arguments say cn-anhui; fix: give regions.region as it has it",
        `MetaDB: it has no row of region 2, and the arguments say http://${virtualAddress()}:8088; fix: `,
        `MetaDB: it has no node ${labHosts().p3.address} in region 2, and the arguments say one; fix: `,
      ])
        assert.ok(text.includes(line), `${line}\nis not in\n${text}`);
      assert.doesNotMatch(text, /^\s+at /m, "no stack trace");
      assert.ok(!text.includes(PASSWORD.slice(4, 20)), "it shows the password");
      assert.deepEqual(await seen(), [byHand, files, untouched]);
    });

    it("is not taken for another version", async () => {
      stack.configure(adopting((oms) => Object.assign(oms, { version: "4.2.10", image: tarballsOf("oms-4.2.10") })));
      const { code, text } = await stack.run("preview");
      assert.notEqual(code, 0);
      const line =
        "it is not there, and OMS's ports are those of container oms_427; fix: give version and containerPrefix as the name of what runs tells them, or rename it: docker rename oms_427 oms_4210 there";
      assert.ok(text.includes(line), text);
      stack.configure(adopting());
    });

    it("is previewed with what stays until it is replaced", async () => {
      const text = await stack.succeed("preview");
      assert.match(text, /= 2 to import/);
      for (const [host] of nodes)
        assert.ok(
          text.includes(`container oms_427 on host ${host} is taken over as it runs; until it is replaced`),
          text,
        );
      assert.ok(text.includes("restart: it has no, and the arguments say unless-stopped"), text);
      assert.ok(text.includes("labels: it has none, and the arguments say dbha.oms.basis="), text);
      assert.deepEqual(await seen(), [byHand, files, untouched]);
    });

    it("is taken over without a restart, with address and guard beside it, and then nothing is to be changed", async () => {
      await stack.up();
      assert.deepEqual(await running(), byHand);
      await noDifference();
      const { nodes: found, regions } = await outputs();
      assert.deepEqual(
        found.map(({ host, container, version, health }) => [host, container, version, health]),
        nodes.map(([host, container]) => [host, container, "4.2.7", "healthy"]),
      );
      assert.ok(["p1", "p3"].includes(regions[0]?.holder ?? ""), "a node's host has the address");
      const [first, second] = await written();
      assert.equal(first, files[0], "what means the same is not written");
      // what says less has what OMS takes by itself written out, in its place
      assert.match(second ?? "", /^tsdb_enabled: false$/m);
      assert.equal(second?.split("\n")[0], files[1]?.split("\n")[0]);
      assert.equal(second?.split("\n").at(-1), files[1]?.split("\n").at(-1), "initialised once");
    });

    it("stays as it is without the argument", async () => {
      stack.configure(adopting((oms) => delete oms.adopt));
      await stack.up();
      await noDifference();
      assert.deepEqual(await running(), byHand);
    });

    it("is known by its version, and upgraded like any other", async () => {
      const next = { version: "4.2.10", image: tarballsOf("oms-4.2.10") };
      stack.configure(adopting((oms) => Object.assign(oms, next)));
      const { code, text } = await stack.run("preview");
      assert.notEqual(code, 0);
      assert.match(
        text,
        /no document known here tells from which versions OMS 4\.2\.10 takes upgrades, and 4\.2\.7 runs/,
      );
      stack.configure(adopting((oms) => Object.assign(oms, next, { upgradeFrom: "4.2.7" })));
      await stack.up();
      const { nodes: found, backups } = await outputs();
      assert.deepEqual(
        found.map(({ container, version, health }) => [container, version, health]),
        nodes.map(() => ["oms_4210", "4.2.10", "healthy"]),
      );
      assert.deepEqual(
        backups.map(({ version, proof }) => [version, proof]),
        // when it was taken over, and before the upgrade
        [
          ["4.2.7", "restored"],
          ["4.2.7", "restored"],
        ],
      );
      const settings = "{{.Name}} {{.HostConfig.RestartPolicy.Name}}";
      for (const [host] of nodes)
        assert.equal(await on(host, `docker inspect -f '${settings}' $(docker ps -aq)`), "/oms_4210 unless-stopped");
      await noDifference();
    });

    it("is gone when it is destroyed, with nothing noted; data, config.yaml's directory and the former image stay", async () => {
      await stack.destroy();
      for (const [host] of nodes) {
        const left = await on(
          host,
          "docker ps -aq; ls -d /var/lib/dbha /etc/dbha 2>/dev/null; docker images --format '{{.Repository}}:{{.Tag}}'; ls /data/oms",
        );
        assert.equal(left, [theLab().images["oms-4.2.7"]?.reference, "oms_logs", "oms_run", "oms_store"].join("\n"));
      }
      await clearOms();
    });
  });
