import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import type { SeenResource } from "../../../../cli/status/look/seen";
import { judge } from "../../../../cli/status/judge/judge";
import { EXIT_CODES, type Status } from "../../../../cli/status/status";
import { deployed, envelope, looked, named, PEM, type Otherwise, type RecordedResource, upgraded } from "./deployed";
import { BACKUP, trouble, well } from "./scenarios";

/** The status of a stack. @param change what is deployed otherwise. @param otherwise what is found otherwise. */
function statusOf(change: (resources: RecordedResource[]) => void, otherwise: Otherwise = {}): Status {
  const model = deployed(change);
  return judge(model, looked(model, otherwise));
}

/** How the deployed certificate is told of. */
const SHORT = `${new X509Certificate(PEM).fingerprint256.slice(0, 23)}:…`;

const nothing = (): void => undefined;
const told = ({ findings }: Status): string[] => findings.map(({ level, problem }) => `${level}: ${problem}`);
const probe = (detail: string) => ({ state: "found", properties: { healthy: false, detail }, differs: [] }) as const;

describe("The findings of a status", () => {
  it("are none where all is well", () => {
    const status = well();
    assert.deepEqual([status.level, status.findings, status.drift], ["ok", [], []]);
    assert.deepEqual(new Set(status.deployments.map(({ level }) => level)), new Set(["ok"]));
  });

  it("tell what is worst first, and once", () => {
    assert.deepEqual(told(trouble()), [
      "critical: host p2: not reached within 20 s: connection timed out",
      "critical: odc nginx on p3: container odc-nginx is exited",
      "warning: the last backup /backups/odc.sql.gz was looked through, but not restored for a proof",
      "warning: the certificate oms-console ends in 9 days, on 2026-12-10",
      "warning: oms node on p1 (10.0.0.11:8089) shows another certificate (ends on 2026-12-02, SHA-256 00:01:02:03:04:05:06:07:…) " +
        `than the deployed one (ends on 2026-12-10, SHA-256 ${SHORT}); ` +
        "fix: run on p1: docker exec 'oms-oms_427-p1' supervisorctl signal HUP nginx",
      "warning: the licence of DolphinDB ends in 5 days, on 2026-12-05",
      "warning: the last backup of the metadata, 20261129T180000Z-3.00.4.1, is not in /var/backups/dolphin-dolphin on each of p1, p2, p3 any more",
      "warning: odc-image-p1 is not there any more",
      'warning: odc-proxy-files-p3 is not as it was deployed: files["/etc/dbha/odc-nginx/nginx.conf"].content',
    ]);
  });

  it("are of the deployment that they concern, which is as bad as the worst of them", () => {
    const levels = Object.fromEntries(trouble().deployments.map(({ name, level }) => [name, level]));
    assert.deepEqual(levels, { odc: "critical", odp: "critical", oms: "critical", dolphin: "critical" });
    const one = statusOf(nothing, { resources: { "odc-health-p2": probe("HTTP 500") } });
    assert.deepEqual(told(one), ["critical: odc node on p2: health: HTTP 500"]);
    assert.deepEqual(
      one.deployments.map(({ level }) => level),
      ["critical", "ok", "ok", "ok"],
    );
  });

  for (const [what, otherwise, expected] of [
    [
      "a container that is gone",
      { resources: { "odc-node-p1": { state: "gone" } } },
      ["critical: odc node on p1: container obodc is not there any more", "warning: odc-node-p1 is not there any more"],
    ],
    [
      "a Docker Engine that is silent",
      { resources: { "odc-node-p1": { state: "unknown", problem: "the Docker Engine does not answer" } } },
      ["critical: odc node on p1: container obodc could not be looked at: the Docker Engine does not answer"],
    ],
    [
      "a unit that is stopped",
      {
        resources: {
          "dolphin-agent-p2": { state: "found", properties: { active: false, activeState: "inactive" }, differs: [] },
        },
      },
      ["critical: dolphin agent p2-agent: unit dolphin-agent.service is inactive"],
    ],
    ["a host that is marked as lost", { hosts: { p3: { state: "lost" } } }, ["warning: host p3 is marked as lost"]],
    ["a cluster that nobody leads", { cluster: { leader: "", nodes: [] } }, undefined],
    [
      "an address that two hosts have",
      { hosts: { p2: { state: "reached", addresses: ["10.0.0.100"], files: new Map() } } },
      ["critical: virtual IP 10.0.0.100 (oms-vip-1): p1 and p2 have it at the same time"],
    ],
    [
      "an address that nobody has",
      { hosts: { p1: { state: "reached", addresses: ["10.0.0.11"], files: new Map() } } },
      ["critical: virtual IP 10.0.0.100 (oms-vip-1): no host that was reached has it"],
    ],
  ] as [string, Otherwise, string[] | undefined][])
    it(`tell of ${what}`, () => {
      const status = statusOf(nothing, otherwise);
      if (expected !== undefined) assert.deepEqual(told(status), expected);
      else {
        assert.equal(told(status)[0], "critical: dolphin: no controller leads");
        assert.equal(told(status).filter((line) => line.endsWith("no controller answers")).length, 12);
      }
    });

  it("tell of a node that is offline, and of one that the cluster does not know", () => {
    const nodes = [
      "p1-controller",
      "p2-controller",
      "p3-controller",
      "p1-agent",
      "p2-agent",
      "p3-agent",
      "p1-datanode",
      "p2-datanode",
      "p3-datanode",
      "p1-computenode",
      "p2-computenode",
    ];
    const cluster = {
      leader: "p1-controller",
      nodes: nodes.map((alias) => ({ alias, state: alias === "p2-datanode" ? "offline" : "online", version: "" })),
    };
    assert.deepEqual(told(statusOf(nothing, { cluster })), [
      "critical: dolphin data node p2-datanode: offline",
      "critical: dolphin compute node p3-computenode: the cluster does not know it",
    ]);
  });

  it("tell of backups as they were proven, and whether they are still there", () => {
    const backup = (changed: object) => (resources: RecordedResource[]) => {
      named(resources, "odc").outputs.backups = [{ ...BACKUP, ...changed }];
    };
    assert.deepEqual(told(statusOf(backup({ proof: "restored" }))), []);
    assert.deepEqual(told(statusOf(backup({ path: "", proof: undefined }))), []);
    assert.deepEqual(told(statusOf(backup({ proof: undefined }))), [
      "warning: the last backup /backups/odc.sql.gz was made before backups were proven",
    ]);
    const gone = {
      p1: { state: "reached", addresses: ["10.0.0.100"], files: new Map([[BACKUP.path, undefined]]) },
    } as const;
    assert.deepEqual(told(statusOf(backup({ proof: "restored" }), { hosts: gone })), [
      "warning: the last backup /backups/odc.sql.gz is not on p1 any more",
    ]);
  });

  it("tell of backups of DolphinDB's metadata that hosts have no more", () => {
    const last = (otherwise: Otherwise) => {
      const status = statusOf(upgraded, otherwise);
      const { metadataBackup } = status.deployments.find(({ name }) => name === "dolphin") ?? {};
      return { told: told(status), metadataBackup };
    };
    const metadataBackup = {
      ...{ name: "20261129T180000Z-3.00.4.1", directory: "/var/backups/dolphin-dolphin", hosts: ["p1", "p2", "p3"] },
      ...{ version: "3.00.4.1", provenAt: "2026-11-29T18:00:00.000Z", there: true },
    };
    assert.deepEqual(last({}), { told: [], metadataBackup });
    const seen = (one: SeenResource): Otherwise => ({ resources: { "dolphin-server": one } });
    const gone = last(seen({ state: "found", properties: { wayBack: [] }, differs: [] }));
    assert.deepEqual(gone, {
      told: [
        "warning: the last backup of the metadata, 20261129T180000Z-3.00.4.1, is not in /var/backups/dolphin-dolphin on each of p1, p2, p3 any more",
      ],
      metadataBackup: { ...metadataBackup, there: false },
    });
    const unknown = last(seen({ state: "hidden" }));
    assert.deepEqual(unknown, { told: [], metadataBackup: { ...metadataBackup, there: null } });
    assert.equal(well().deployments.at(-1)?.metadataBackup, null);
  });

  it("tell of ends from 30 days before on, and of what is over as critical", () => {
    const ends = (end: string) =>
      told(statusOf((resources) => (named(resources, "dolphin-license").outputs.end = end)));
    assert.deepEqual(ends("2026-12-30"), []);
    assert.deepEqual(ends("2026-12-29"), ["warning: the licence of DolphinDB ends in 29 days, on 2026-12-29"]);
    assert.deepEqual(ends("2026-11-30"), ["warning: the licence of DolphinDB ends today, on 2026-11-30"]);
    assert.deepEqual(ends("2026-11-29"), ["critical: the licence of DolphinDB ended on 2026-11-29"]);
  });

  it("tell of a run that broke off", () => {
    const model = deployed(nothing, [{}, {}]);
    assert.deepEqual(told(judge(model, looked(model))), [
      "warning: a run broke off in 2 operations: run pulumi up, then pulumi refresh --clear-pending-creates",
    ]);
  });

  it("show no secret of the state, whoever says it", () => {
    const status = statusOf((resources) => (named(resources, "odc").outputs.adminPassword = envelope("S3cret-Word")), {
      resources: { "odc-health-p1": probe("HTTP 401 for S3cret-Word") },
    });
    assert.deepEqual(told(status), ["critical: odc node on p1: health: HTTP 401 for [secret]"]);
    assert.doesNotMatch(JSON.stringify(status), /S3cret/);
  });

  it("are exit codes of monitors", () => {
    assert.deepEqual(EXIT_CODES, { ok: 0, warning: 1, critical: 2 });
  });
});
