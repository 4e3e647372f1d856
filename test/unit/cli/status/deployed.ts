import { readFileSync } from "node:fs";
import type { Look, SeenCertificate, SeenCluster, SeenHost, SeenResource } from "../../../../cli/status/look/seen";
import type { Model } from "../../../../cli/status/model/model";
import { CONTAINER } from "../../../../cli/status/model/placed";
import { modelOf } from "../../../../cli/status/model/model";
import { parseState } from "../../../../cli/status/state/state";
import { SECRET_SIGNATURE, SIGNATURE } from "../../../../provider/resources/protocol-marks";

type Json = Record<string, unknown>;

export interface RecordedResource extends Json {
  urn: string;
  type: string;
  inputs: Json;
  outputs: Json;
}

/** What the real CLI told of a stack with all four components before it was destroyed, as an exported state. */
export function recordedResources(): RecordedResource[] {
  const { steps } = JSON.parse(readFileSync("test/fixtures/previews/destroy.json", "utf8")) as {
    steps: { urn: string; provider?: string; oldState: { inputs?: Json; outputs?: Json; parent?: string } }[];
  };
  return steps.reverse().map(({ urn, provider = "", oldState: { inputs, outputs, parent } }) => {
    const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
    const name = urn.split("::").at(-1) ?? "";
    const more = ADDED[name] ?? {};
    const own = type === CONTAINER ? { name: CONTAINERS[name] ?? name, image: "sha256:1" } : {};
    return {
      ...{ urn, type, parent, provider, id: type === CONTAINER ? `id-of-${name}` : name },
      inputs: { ...inputs, ...own, ...more.inputs },
      outputs: { ...outputs, ...more.outputs },
    };
  });
}

const CONTAINERS: Record<string, string> = {
  "odc-node-p1": "obodc",
  "odc-node-p2": "obodc",
  "odc-proxy-nginx-p3": "odc-nginx",
};

const MODES = [
  ["controller", 8800],
  ["agent", 8801],
  ["datanode", 8802],
  ["computenode", 8803],
] as const;

const rows = MODES.flatMap(([mode, port]) =>
  [1, 2, 3].map((i) => ({ host: `10.0.0.1${i}`, port, alias: `p${i}-${mode}`, mode, group: "", zone: "" })),
);

/** What the recording has left out, and the status looks at. */
const ADDED: Record<string, { inputs?: Json; outputs?: Json }> = {
  "oms-vip-1": { outputs: { address: "10.0.0.100" } },
  "dolphin-nodes": { inputs: { nodes: rows } },
  "dolphin-license": { outputs: { end: "2099-12-31" } },
  ...Object.fromEntries(
    ["dolphin-controller-p1", "dolphin-agent-p2"].map((name) => [
      name,
      { inputs: { name: `${name.slice(0, -3)}.service` } },
    ]),
  ),
};

/** What a secret is in an exported state. */
export const envelope = (value: unknown): Json => ({
  [SIGNATURE]: SECRET_SIGNATURE,
  plaintext: JSON.stringify(value),
});

/** An exported state as JSON. */
export const exported = (resources: object[], pending: object[] = []): string =>
  JSON.stringify({
    version: 3,
    deployment: { manifest: { time: "2026-11-30T12:00:00Z" }, resources, pending_operations: pending },
  });

/** Where all four components are deployed. @param change what is otherwise */
export function deployed(
  change: (resources: RecordedResource[]) => void = () => undefined,
  pending: object[] = [],
): Model {
  const resources = recordedResources();
  change(resources);
  return modelOf(parseState(exported(resources, pending)));
}

/** A resource by its name. */
export function named(resources: RecordedResource[], name: string): RecordedResource {
  const found = resources.find(({ urn }) => urn.endsWith(`::${name}`));
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

/** A certificate that ends on 2026-12-10, in PEM. */
export const PEM = readFileSync("test/fixtures/status/certificate.pem", "utf8");

/** Lets OMS's consoles have that certificate, which the deployment made. */
export function overHttps(resources: RecordedResource[]): void {
  for (const host of ["p1", "p2"]) {
    const { inputs } = named(resources, `oms-console-${host}`);
    delete inputs.http;
    // it asks for the way to the region's address first
    inputs.tcp = { address: "10.0.0.100", port: 8088 };
    inputs.also = [{ tcp: { address: "10.0.0.100", port: 8089 } }, { http: { scheme: "https", port: 8089 } }];
    named(resources, `oms-files-${host}`).outputs.files = {
      "/data/oms/config.yaml": { content: "oms_host: x\n" },
      "/data/oms/https_crt": { content: PEM },
    };
  }
  resources.push({
    urn: "urn:pulumi:dev::dbha-stacks::dbha:index:OmsMultiNode$dbha:index:Certificate::oms-console",
    ...{ type: "dbha:index:Certificate", parent: named(resources, "oms").urn },
    ...{ inputs: {}, outputs: { expires: "2026-12-10T08:00:00Z", chain: PEM } },
  });
}

/** Lets DolphinDB have been upgraded from 3.00.4.1. */
export function upgraded(resources: RecordedResource[]): void {
  const server = named(resources, "dolphin-server");
  server.inputs.backups = "/var/backups/dolphin-dolphin";
  server.outputs.wayBack = ["20261129T180000Z-3.00.4.1", "20261101T090000Z-3.00.3"];
}

/** What is found otherwise than a look at hosts where all is well finds it. */
export interface Otherwise {
  hosts?: Record<string, SeenHost>;
  /** By the resources' names. */
  resources?: Record<string, SeenResource>;
  cluster?: SeenCluster;
  /** By the names of the servers' probes; those that are not named show what was deployed. */
  certificates?: Record<string, SeenCertificate>;
}

const VERSIONS: Record<string, string> = { odc: "4.3.1", odp: "4.2.3" };

/** A look at the hosts of {@link deployed}. */
export function looked(model: Model, otherwise: Otherwise = {}): Look {
  const hosts = model.hosts.map(({ name, address }): [string, SeenHost] => {
    const addresses = [address, ...(name === "p1" ? ["10.0.0.100"] : [])];
    return [
      name,
      otherwise.hosts?.[name] ?? { state: "reached", addresses, files: new Map([["/backups/odc.sql.gz", 3_250_000]]) },
    ];
  });
  const all = new Map(hosts);
  const resources = model.placed.map((placed): [string, SeenResource] => {
    const { resource, name, deployment, hosts: on } = placed;
    const isHidden = all.get(on[0] ?? "")?.state !== "reached";
    const seen = isHidden
      ? ({ state: "hidden" } as const)
      : well(resource.type, resource.outputs, name.includes("proxy") ? undefined : VERSIONS[deployment.name]);
    return [resource.urn, otherwise.resources?.[name] ?? seen];
  });
  const certificates = model.deployments
    .flatMap(({ servers }) => servers)
    .map(({ urn, host, deployed: shown }): [string, SeenCertificate] => {
      const seen = otherwise.certificates?.[urn.split("::").at(-1) ?? ""] ?? { state: "shown", ...shown };
      return [urn, all.get(host)?.state === "reached" ? seen : { state: "hidden" }];
    });
  const nodes = rows.map(({ alias }) => ({ alias, state: "online", version: "3.00.4.3" }));
  const cluster = otherwise.cluster ?? { leader: "p3-controller", nodes };
  const urn = model.deployments.find((one) => one.cluster !== undefined)?.cluster ?? "";
  return {
    at: Date.parse("2026-11-30T16:30:00Z"),
    hosts: all,
    resources: new Map(resources),
    clusters: new Map([[urn, cluster]]),
    certificates: new Map(certificates),
  };
}

function well(type: string, outputs: Json, version: string | undefined): SeenResource {
  if (type === CONTAINER)
    return { state: "container", container: { id: "1", state: "running", image: "sha256:1", health: "" }, differs: [] };
  const values = version === undefined ? {} : { version };
  const more = type === "dbha:index:Probe" ? { healthy: true, detail: "HTTP 200", values } : {};
  return { state: "found", properties: { ...outputs, activeState: "active", active: true, ...more }, differs: [] };
}
