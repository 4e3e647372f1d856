import { judge } from "../../../../cli/status/judge/judge";
import type { Status } from "../../../../cli/status/status";
import { deployed, looked, named, overHttps, upgraded } from "./deployed";

/** Where all is well. */
export function well(): Status {
  const model = deployed();
  return judge(model, looked(model));
}

/** Where much is not: a host is off, nginx is stopped, a file was edited, ends are near, a console shows its former certificate. */
export function trouble(): Status {
  const model = deployed((resources) => {
    named(resources, "odc").outputs.backups = [BACKUP];
    named(resources, "dolphin-license").outputs.end = "2026-12-05";
    overHttps(resources);
    upgraded(resources);
  });
  const hosts = { p2: { state: "unreachable", problem: "not reached within 20 s: connection timed out" } } as const;
  const container = { id: "other", state: "exited", image: "sha256:1", health: "" };
  const resources = {
    "odc-proxy-nginx-p3": { state: "container", container, differs: [] },
    "odc-proxy-files-p3": {
      state: "found",
      properties: {},
      differs: ['files["/etc/dbha/odc-nginx/nginx.conf"].content'],
    },
    "dolphin-server": {
      state: "found",
      properties: { wayBack: ["20261101T090000Z-3.00.3"] },
      differs: [],
    },
    "dolphin-check": { state: "unknown", problem: "the script was killed" },
    "odc-image-p1": { state: "gone" },
  } as const;
  return judge(model, looked(model, { hosts, resources, certificates: { "oms-console-p1": FORMER } }));
}

export const BACKUP = {
  ...{ path: "/backups/odc.sql.gz", bytes: 3_250_000, tables: 91, version: "4.3.1" },
  ...{ proof: "inspected", provenAt: "2026-11-29T03:00:00Z" },
};

/** A certificate that was not taken over from. */
export const FORMER = {
  state: "shown",
  end: "2026-12-02T08:00:00.000Z",
  fingerprint: Array.from({ length: 32 }, (_, i) => i.toString(16).toUpperCase().padStart(2, "0")).join(":"),
} as const;

export const SCENARIOS = { well, trouble };
