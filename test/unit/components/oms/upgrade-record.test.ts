import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Host } from "../../../../components";
import { upgradeRecord, type UpgradeRecord } from "../../../../components/oms/upgrade-record";
import type { Health } from "../../../../provider/resources";
import { mockEngine } from "../mocks";

describe("What the host of the backups knows of OMS's upgrades", () => {
  /** Asks a host that answers so. @returns the answer, and the commands that it was asked */
  async function ask(directory: string, health: Health): Promise<{ answer: Promise<UpgradeRecord>; asked: string[] }> {
    const asked: string[] = [];
    await mockEngine({}, {}, {}, undefined, (command) => {
      asked.push(command);
      return health;
    });
    const host = new Host("p1", { address: "10.0.0.1", acceptUnknownHostKey: true });
    const backup = { directory, keep: 5, keepOnDestroy: true };
    const parent = new pulumi.ComponentResource("test:index:Test", "t");
    return { answer: upgradeRecord("oms", { backup }, host, parent), asked };
  }

  it("is one question, whose answer is JSON with what lies beside the backups", async () => {
    const directory = mkdtempSync(join(tmpdir(), "dbha-it's-"));
    const { answer, asked } = await ask(directory, {
      healthy: true,
      values: { last: "oms_4210, p1 oms_427 now", failed: "2026-11-29T12:00:00Z" },
      detail: "status 0",
    });
    assert.deepEqual(await answer, { last: "oms_4210, p1 oms_427 now", failed: "2026-11-29T12:00:00Z" });
    const [command = "", ...more] = asked;
    assert.deepEqual(more, []);
    const said = (): unknown => JSON.parse(spawnSync("sh", ["-c", command], { encoding: "utf8" }).stdout);
    assert.deepEqual(said(), { last: "", failed: "" });
    writeFileSync(join(directory, "oms-upgrade.txt"), 'oms_4210, "p1" oms_427 now\nmore\n');
    writeFileSync(join(directory, "oms-failed-backup.txt"), "2026-11-29T12:00:00Z the disk is full\n");
    assert.deepEqual(said(), { last: "oms_4210, p1 oms_427 now", failed: "2026-11-29T12:00:00Z" });
    rmSync(directory, { recursive: true });
  });

  it("is not taken for nothing where there is no answer", async () => {
    const { answer } = await ask("/var/backups/oms", { healthy: false, values: {}, detail: "no answer within 60 s" });
    await assert.rejects(answer, /host p1 cannot be asked for its upgrades and backups .*\n.*no answer within 60 s/);
  });
});
