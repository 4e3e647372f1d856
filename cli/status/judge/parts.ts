import type { Check, Part } from "../model/parts";
import type { Look, SeenCluster, SeenHost, SeenResource } from "../look/seen";
import type { PartStatus } from "../status";

/** What is known of a part's deployment beside it. */
export interface Around {
  look: Look;
  /** The DolphinDB cluster that it is a node of. */
  cluster?: SeenCluster;
  /** Holders of the virtual IPs, by name. */
  holders: ReadonlyMap<string, string[]>;
}

export function partStatus(part: Part, { look, cluster, holders }: Around): PartStatus {
  const { layer, host, endpoint } = part;
  const seen = look.hosts.get(host);
  const node = cluster?.nodes.find(({ alias }) => alias === part.alias);
  const told = {
    ...{ part: part.part, layer, alias: part.alias ?? "", host, endpoint },
    version: versionNow(part, look) || node?.version || part.version,
    leads: leads(part, cluster, holders),
  };
  if (seen?.state === "lost") return { ...told, health: "lost", problem: "its host is marked as lost" };
  if (seen?.state !== "reached") return { ...told, health: "unreachable", problem: notReached(seen) };
  const problems = part.checks.flatMap((check) => problemOf(check, look.resources.get(check.urn)));
  const offline = part.alias !== undefined && cluster !== undefined ? nodeProblem(node, cluster) : [];
  const problem = [...problems, ...offline].join("; ");
  return { ...told, health: problem === "" ? "healthy" : "unhealthy", problem };
}

const notReached = (seen: SeenHost | undefined): string =>
  seen?.state === "unreachable" ? `its host: ${seen.problem}` : "its host was not looked at";

/** What is wrong with that by which a part is judged. */
function problemOf({ kind, name, isOff }: Check, seen: SeenResource | undefined): string[] {
  switch (seen?.state) {
    case "found":
      if (isOff) return [];
      return kind === "unit" ? unitProblem(name, seen.properties) : probeProblem(name, seen.properties);
    case "container":
      return containerProblem(name, seen.container);
    case "gone":
      return [`${name} is not there any more`];
    case "unknown":
      return [`${name} could not be looked at: ${seen.problem}`];
    default:
      return [`${name} was not looked at`];
  }
}

/** One that does something once and has ended well counts as active. */
function unitProblem(name: string, { activeState, active }: Record<string, unknown>): string[] {
  return active === false || activeState === "failed" ? [`${name} is ${String(activeState)}`] : [];
}

function probeProblem(name: string, { healthy, detail }: Record<string, unknown>): string[] {
  return healthy === true ? [] : [`${name}: ${String(detail)}`];
}

function containerProblem(name: string, { state, health }: { state: string; health: string }): string[] {
  if (state !== "running") return [`${name} is ${state}`];
  return health === "unhealthy" ? [`${name} is unhealthy, says Docker`] : [];
}

function nodeProblem(node: SeenCluster["nodes"][number] | undefined, { nodes }: SeenCluster): string[] {
  if (nodes.length === 0) return ["no controller answers"];
  if (node === undefined) return ["the cluster does not know it"];
  return node.state === "online" ? [] : ["offline"];
}

/** The version that a probe of it reports. */
function versionNow({ checks }: Part, { resources }: Look): string {
  for (const { urn } of checks) {
    const seen = resources.get(urn);
    const values = seen?.state === "found" ? (seen.properties.values as Record<string, string> | undefined) : undefined;
    if (values?.version !== undefined) return values.version;
  }
  return "";
}

function leads(part: Part, cluster: SeenCluster | undefined, holders: Around["holders"]): boolean | null {
  if (part.virtualIp !== undefined) return holders.get(part.virtualIp)?.includes(part.host) ?? false;
  return part.layer === "controller" && cluster !== undefined ? cluster.leader === part.alias : null;
}
