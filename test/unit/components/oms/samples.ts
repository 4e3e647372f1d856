import { z } from "zod";
import { omsSchema } from "../../../../components/oms/schema";
import { problems, setting } from "../../../../components/validation";

export type Args = Record<string, unknown>;

/** Hosts by name, as a stack has them; `named` has a DNS name for an address, and `gone` is lost. */
const addresses: Record<string, string> = {
  p1: "10.0.0.1",
  p2: "10.0.0.2",
  p3: "10.0.0.3",
  p4: "10.0.0.4",
  p5: "10.0.0.5",
  p6: "10.0.0.6",
  named: "oms7.example.com",
  gone: "10.0.0.8",
};

const host = setting(
  z.string().refine((name) => name in addresses),
  "the inventory knows others",
  "mend the name",
);

export const schema = omsSchema(host, {
  // what is refused as a host may be anything, or nothing
  nameOf: (name) => (typeof name === "string" ? name : ""),
  addressOf: (name) => addresses[name],
  isLost: (name) => name === "gone",
});

export const nginx = { reference: "nginx:1.28" };

export const influxDb = { host: "p3", image: { reference: "influxdb:1.8" } };

/** A region of two nodes behind a virtual IP. */
export const oneRegion = (): Args => ({
  version: "4.2.7",
  image: { reference: "oceanbase/oms-ce:feature_4.2.7_ce" },
  metaDb: { host: "10.0.0.9", port: 2883, username: "root@oms#ob", password: "Secret-of-metadb" },
  regions: [{ location: 0, nodes: ["p1", "p2"], virtualIp: { address: "10.0.0.101/24" } }],
});

/** Everything: two regions, one with nginx in front, and all that config.yaml knows. */
export const everything = (): Args => ({
  ...oneRegion(),
  regions: [
    {
      location: 0,
      region: "cn-hangzhou",
      regionCn: "杭州",
      default: true,
      nodes: ["p1", "p2"],
      nodeAddresses: { p1: "10.1.0.1" },
      virtualIp: { address: "10.0.0.101/24", interface: "eth0", routerId: 7 },
      cmUrl: "http://10.0.0.101:28088",
      proxy: { hosts: ["p5", "p6"], image: nginx, containerName: "oms-web", cmPort: 28088, consolePort: 28089 },
    },
    {
      location: 1,
      region: "cn-jiangsu",
      heartbeatDatabase: "oms_cm_heartbeat_2",
      nodes: ["p3", "p4"],
      cmUrl: "http://oms.example.com:19088",
      mappedPorts: { cm: 19088, console: 19089 },
    },
  ],
  ports: { ghana: 9090, console: 9089, cm: 9088, supervisor: 9100, sshd: 2024 },
  tsdb: { url: "10.0.0.7:8086", username: "oms", password: "Secret-of-tsdb" },
  slsAudit: {
    accessKey: "Secret-of-key",
    accessSecret: "Secret-of-audit",
    endpoint: "e.example.com",
    opsSiteTopic: "ops",
    userSiteTopic: "user",
  },
  settings: { a_new_key: "x", a_password: "Secret-of-settings" },
  https: { privateCa: {}, alternativeNames: ["oms.example.com"] },
  mounts: { logs: "/data/oms/oms_logs" },
  backup: { directory: "/var/backups/oms", keep: 3 },
  upgradeFrom: "4.2.5",
});

/** Arguments with other values at paths; undefined takes one out. */
export function withValues(args: Args, values: Record<string, unknown>): Args {
  for (const [path, value] of Object.entries(values)) {
    const keys = path.split(".");
    const last = keys.pop() as string;
    const parent = keys.reduce<Args>((at, key) => (at[key] ??= {}) as Args, args);
    if (value === undefined) Reflect.deleteProperty(parent, last);
    else parent[last] = value;
  }
  return args;
}

/** The lines of the refusal; none where nothing is refused. */
export function refused(args: unknown): string[] {
  const result = schema.safeParse(args);
  return result.success ? [] : problems(result.error, args);
}
