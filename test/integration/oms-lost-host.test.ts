import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as yaml from "yaml";
import { inject, start } from "../../lab/src/faults";
import { engines } from "./engines";
import { labFolder, on, snapshots, theLab } from "./hosts";
import type { DatabaseServer } from "./metadb-server";
import { emptyOmsMetaDb, endOms, omsConfig, tarballsOf } from "./oms-stack";
import { TestStack } from "./stack";

for (const engine of engines())
  describe(`A host of OMS that is off and marked as lost, with the ${engine.name}`, function () {
    this.timeout(300_000);
    let stack: TestStack;
    let server: DatabaseServer;
    let folder: string;
    let untouched: string[];

    /** OMS on p1 and p3; p3 may be lost. */
    function config(version: string, lost: boolean) {
      const { hosts } = yaml.parse(readFileSync(join(labFolder, "hosts.yaml"), "utf8")) as {
        hosts: { name: string }[];
      };
      const file = join(folder, `${lost ? "lost" : "all"}.yaml`);
      writeFileSync(
        file,
        yaml.stringify({ hosts: hosts.map((host) => (lost && host.name === "p3" ? { ...host, lost } : host)) }),
      );
      const upgradeFrom = version === "4.2.7" ? undefined : "4.2.7";
      return {
        ...omsConfig((oms) =>
          Object.assign(oms, { version, image: tarballsOf(`oms-${version}`), upgradeFrom, keepData: false }),
        ),
        "dbha-stacks:inventory": file,
        "dbha:connectTimeout": "5",
      };
    }

    before(async () => {
      server = await emptyOmsMetaDb();
      untouched = await snapshots();
      folder = mkdtempSync(join(tmpdir(), "dbha-oms-lost-"));
      stack = new TestStack(engine);
      await stack.init(config("4.2.7", true));
      await turnOff();
    });
    after(async () => {
      rmSync(folder, { recursive: true });
      await endOms(stack, server);
    });

    const turnOff = (): Promise<unknown> => inject(theLab(), "p3", { kind: "stopped", power: "lost" });
    const nodes = async (): Promise<string[]> => {
      const { oms } = (await stack.outputs()) as { oms: { nodes: { host: string; health: string }[] } };
      return oms.nodes.map(({ host, health }) => `${host} ${health}`);
    };
    const containersInState = async (): Promise<string[]> =>
      (await stack.recorded()).resources
        .filter((urn) => urn.includes("docker:index/container:Container::"))
        .map((urn) => urn.split("::").at(-1) ?? "");

    it("is not contacted by a first deployment, which goes through without it", async () => {
      await stack.succeed("preview");
      await stack.up();
      assert.deepEqual(await nodes(), ["p1 healthy", "p3 lost"]);
      assert.deepEqual(await containersInState(), ["oms-oms_427-p1"]);
      await stack.up("--expect-no-changes");
    });

    it("gets its node when it is there and marked no more", async () => {
      await start(theLab(), "p3");
      stack.configure(config("4.2.7", false));
      await stack.up();
      assert.deepEqual(await nodes(), ["p1 healthy", "p3 healthy"]);
      assert.deepEqual(await containersInState(), ["oms-oms_427-p1", "oms-oms_427-p3"]);
      await stack.succeed("preview", "--refresh", "--expect-no-changes");
    });

    it("is not contacted by an upgrade, and keeps its former container in the state", async () => {
      await turnOff();
      stack.configure(config("4.2.10", true));
      await stack.up();
      assert.deepEqual(await nodes(), ["p1 healthy", "p3 lost"]);
      assert.deepEqual(await containersInState(), ["oms-oms_4210-p1", "oms-oms_427-p3"]);
      await stack.up("--expect-no-changes");
    });

    it("is upgraded when it comes back", async () => {
      await start(theLab(), "p3");
      stack.configure(config("4.2.10", false));
      await stack.up("--refresh");
      assert.deepEqual(await nodes(), ["p1 healthy", "p3 healthy"]);
      assert.deepEqual(await containersInState(), ["oms-oms_4210-p1", "oms-oms_4210-p3"]);
      // the state had the former one as one that nobody removes
      assert.equal((await on("p3", "docker ps --format '{{.Names}}'")).trim(), "oms_4210");
      assert.equal((await on("p3", "docker rm oms_427")).trim(), "oms_427");
      await stack.succeed("preview", "--refresh", "--expect-no-changes");
    });

    it("leaves nothing behind when all is destroyed", async () => {
      await stack.destroy();
      const now = await snapshots();
      // Docker's own ports are others after every start of a host; backups are kept by an argument of their own
      const other = / listens 127\.0\.0\.1{1,2}:\d{5}$| \/var\/backups\/oms/;
      assert.deepEqual(
        now.filter((line) => !untouched.includes(line) && !other.test(line)),
        [],
      );
    });
  });
