import type { ClusterInputs } from "../../provider/kinds/dolphin-fields";
import { withHost } from "../../provider/kinds/dolphin-fields";
import type { Change, Changes } from "../report/changes";
import { COMMAND, CONTAINER } from "../report/notices/notice";
import { type Exported, resourcesOf, unfinished, withResources } from "./state";

/** The hosts that a change runs on. A step without one of its own, and that of a node's row, runs where the backups are. */
export function runsOn(change: Change, { changes }: Changes): string[] {
  const { type, role, hosts, deployment } = change;
  if (type !== COMMAND || (hosts.length > 0 && role !== "row")) return hosts;
  return changes.find((one) => one.deployment === deployment && one.role === "backup-dir")?.hosts ?? [];
}

/**
 * The state as `pulumi up` would leave it if the hosts were marked as lost: nothing there is contacted any more, and what is there leaves
 * the state alone. What a killed run was just making there is forgotten.
 * @param changes of its destruction, for where each resource is.
 */
export function withoutHosts(state: Exported, changes: Changes, names: string[]): Exported {
  const isOnlyThere = (hosts: string[]): boolean => hosts.length > 0 && hosts.every((name) => names.includes(name));
  const there = new Set(changes.changes.filter((one) => isOnlyThere(runsOn(one, changes))).map(({ step }) => step.urn));
  const resources = resourcesOf(state).map((one) => {
    const isOthers = [COMMAND, CONTAINER].some((type) => one.urn.includes(`${type}::`));
    if (isOthers) return there.has(one.urn) ? { ...one, retainOnDelete: true } : one;
    const [inputs, outputs] = [one.inputs, one.outputs].map((properties) => marked(properties, names));
    return { ...one, ...(inputs && { inputs }), ...(outputs && { outputs }) };
  });
  const pending = unfinished(state).filter(({ urn }) => !names.some((name) => urn.endsWith(`-${name}`)));
  return withResources(state, resources, pending);
}

type Properties = Record<string, unknown> | null | undefined;

/** Resources are on a host, or of a cluster with hosts, of which the first that is there stands for all. */
function marked(properties: Properties, names: string[]): Properties {
  if (properties === null || properties === undefined) return properties;
  const { host, hosts } = properties;
  const isRow = (row: unknown): row is { host: object } => typeof row === "object" && row !== null && "host" in row;
  const rows = Array.isArray(hosts) && hosts.every(isRow) ? hosts : undefined;
  if (rows !== undefined) {
    const cluster = { ...properties, hosts: rows.map((row) => ({ ...row, host: asLost(row.host, names) })) };
    return host === undefined ? cluster : withHost(cluster as unknown as ClusterInputs);
  }
  return host === undefined ? properties : { ...properties, host: asLost(host, names) };
}

const asLost = (host: unknown, names: string[]): unknown =>
  typeof host === "object" && host !== null && "name" in host && names.includes(String(host.name))
    ? { ...host, lost: true }
    : host;
