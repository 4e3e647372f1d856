import { isSameAddress } from "../../../components/virtual-ip/network";
import { blot } from "../../../provider/blot";
import type { Look, SeenCluster } from "../look/seen";
import type { License } from "../model/ends";
import { nameOf, type Model, type ModelDeployment } from "../model/model";
import type { ModelHost, Placed } from "../model/placed";
import { CHECK_KINDS } from "../model/parts";
import type { VirtualIp } from "../model/virtual-ips";
import {
  worst,
  type DeploymentStatus,
  type DriftStatus,
  type Finding,
  type HostStatus,
  type Level,
  type Status,
  type VirtualIpStatus,
} from "../status";
import { backupStatus, endStatus, licenseEnd, metadataStatus } from "./ends";
import { deploymentFindings, driftFindings, hostFindings, pendingFindings } from "./findings";
import { partStatus } from "./parts";
import { servedStatus } from "./served";

/** What is deployed, and how it was found: the status, without secrets. */
export function judge(model: Model, look: Look): Status {
  const { state } = model;
  const hosts = model.hosts.map((host) => hostStatus(host, look));
  const told = model.deployments.map((deployment) => deploymentStatus(deployment, look));
  const drift = model.placed.flatMap((placed) => driftOf(placed, look));
  const findings = [
    ...hosts.flatMap(hostFindings),
    ...told.flatMap(deploymentFindings),
    ...driftFindings(drift),
    ...model.placed.flatMap((placed) => unseenFindings(placed, look)),
    ...pendingFindings(state.pending),
  ];
  const deployments = told.map((one): DeploymentStatus => ({ ...one, level: levelOf(one, findings) }));
  const status: Status = {
    ...{ version: 1, project: state.project, stack: state.stack },
    ...{ time: new Date(look.at).toISOString(), deployed: state.written },
    level: worst(findings.map(({ level }) => level)),
    findings: [
      ...findings.filter(({ level }) => level === "critical"),
      ...findings.filter(({ level }) => level === "warning"),
    ],
    ...{ hosts, deployments, drift },
  };
  return withoutTexts(status, state.secrets);
}

/** How bad a deployment is: by what was found of it, and of the hosts that it is on. */
function levelOf({ name, parts }: Omit<DeploymentStatus, "level">, findings: Finding[]): Level {
  const isOfIt = ({ deployment, host }: Finding): boolean =>
    deployment === "" ? parts.some((part) => part.host === host) : deployment === name;
  return worst(findings.filter(isOfIt).map(({ level }) => level));
}

/** Whatever a host said of itself, secrets of the state do not stand in it. */
const withoutTexts = (status: Status, secrets: string[]): Status =>
  JSON.parse(JSON.stringify(status), (_key, value: unknown) =>
    typeof value === "string" ? blot(value, secrets) : value,
  ) as Status;

function hostStatus({ name, address }: ModelHost, { hosts }: Look): HostStatus {
  const seen = hosts.get(name);
  const problem = seen?.state === "unreachable" ? seen.problem : "";
  return { name, address, state: seen?.state ?? "unreachable", problem };
}

function deploymentStatus(deployment: ModelDeployment, look: Look): Omit<DeploymentStatus, "level"> {
  const { type, name, title, clients, endpoints, backings: uses, license } = deployment;
  const cluster = look.clusters.get(deployment.cluster ?? "");
  const virtualIps = deployment.virtualIps.map((one) => virtualIpStatus(one, look));
  const holders = new Map(virtualIps.map((one) => [one.name, one.holders]));
  const { backup, metadataBackup } = deployment;
  return {
    ...{ type, name, title, clients, endpoints },
    leader: leaderOf(deployment, cluster),
    parts: deployment.parts.map((part) => partStatus(part, { look, cluster, holders })),
    virtualIps,
    certificates: deployment.certificates.map((one) => endStatus(one.name, one.end, look.at)),
    served: deployment.servers.map((one) => servedStatus(one, look.certificates.get(one.urn), look.at)),
    license: license ? licenseEnd(lastDayOf(license, look), look.at) : null,
    backup: backup ? backupStatus(backup, look.hosts.get(backup.host)) : null,
    metadataBackup: metadataBackup ? metadataStatus(metadataBackup, look.resources.get(metadataBackup.urn)) : null,
    uses,
  };
}

/** Of the licence that the nodes go by, where they say. */
function lastDayOf({ urn, end }: License, { resources }: Look): string {
  const seen = resources.get(urn);
  const now = seen?.state === "found" ? seen.properties.end : "";
  return typeof now === "string" && now !== "" ? now : end;
}

const leaderOf = ({ cluster: urn }: ModelDeployment, cluster: SeenCluster | undefined): string | null =>
  urn === undefined ? null : (cluster?.leader ?? "");

function virtualIpStatus({ name, address, hosts }: VirtualIp, look: Look): VirtualIpStatus {
  const holders = hosts.filter((host) => {
    const seen = look.hosts.get(host);
    return seen?.state === "reached" && seen.addresses.some((one) => isSameAddress(one, address));
  });
  return { name, address, hosts, holders };
}

/** What is not as it was deployed. What cannot be looked at has no drift that anybody knows of. */
function driftOf({ resource: { urn, type }, deployment, hosts, name }: Placed, { resources }: Look): DriftStatus[] {
  const seen = resources.get(urn);
  const told = { deployment: nameOf(deployment), host: hosts[0] ?? "", type, name };
  if (seen?.state === "gone") return [{ ...told, gone: true, paths: [] }];
  if (seen?.state !== "found" && seen?.state !== "container") return [];
  return seen.differs.length === 0 ? [] : [{ ...told, gone: false, paths: [...seen.differs] }];
}

/** What could not be looked at; of what parts are judged by, these say so. */
function unseenFindings({ resource: { urn, type }, deployment, hosts, name }: Placed, { resources }: Look): Finding[] {
  const seen = resources.get(urn);
  if (seen?.state !== "unknown" || type in CHECK_KINDS) return [];
  const problem = `${name} could not be looked at: ${seen.problem}`;
  return [{ level: "warning", deployment: nameOf(deployment), host: hosts[0] ?? "", problem }];
}
