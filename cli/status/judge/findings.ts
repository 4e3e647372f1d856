import type {
  DeploymentStatus,
  DriftStatus,
  EndStatus,
  Finding,
  HostStatus,
  PartStatus,
  ServedStatus,
} from "../status";
import { WARNING_DAYS } from "./ends";

type Told = Omit<Finding, "deployment">;

/** What is to be said of a deployment. */
export const deploymentFindings = (deployment: Omit<DeploymentStatus, "level">): Finding[] =>
  [
    ...leaderFindings(deployment),
    ...deployment.parts.flatMap((part) => partFindings(deployment.name, part)),
    ...virtualIpFindings(deployment),
    ...deployment.certificates.flatMap((end) => endFindings(`the certificate ${end.name}`, end)),
    ...deployment.served.flatMap((one) => servedFindings(deployment, one)),
    ...(deployment.license ? endFindings("the licence of DolphinDB", deployment.license) : []),
    ...backupFindings(deployment),
    ...metadataFindings(deployment),
  ].map((finding) => ({ ...finding, deployment: deployment.name }));

export function hostFindings({ name, state, problem }: HostStatus): Finding[] {
  const told = { deployment: "", host: name };
  if (state === "unreachable") return [{ ...told, level: "critical", problem: `host ${name}: ${problem}` }];
  if (state === "lost") return [{ ...told, level: "warning", problem: `host ${name} is marked as lost` }];
  return [];
}

export const driftFindings = (drift: DriftStatus[]): Finding[] =>
  drift.map(({ deployment, host, name, gone, paths }) => {
    const what = gone ? "is not there any more" : `is not as it was deployed: ${paths.join(", ")}`;
    return { level: "warning", deployment, host, problem: `${name} ${what}` };
  });

export const pendingFindings = (pending: number): Finding[] =>
  pending === 0
    ? []
    : [
        {
          ...{ level: "warning", deployment: "", host: "" },
          problem: `a run broke off in ${pending} ${pending === 1 ? "operation" : "operations"}: run pulumi up, then pulumi refresh --clear-pending-creates`,
        },
      ];

/** How a part is called: "odc node on p1", of nodes of DolphinDB by their alias. */
export const partName = (deployment: string, { part, alias, host }: PartStatus): string =>
  alias === "" ? `${[deployment, part].filter(Boolean).join(" ")} on ${host}` : `${deployment} ${part} ${alias}`;

/** Parts on a host that was not reached, or is lost, are told of with that host. */
function partFindings(deployment: string, part: PartStatus): Told[] {
  if (part.health !== "unhealthy") return [];
  return [{ level: "critical", host: part.host, problem: `${partName(deployment, part)}: ${part.problem}` }];
}

function leaderFindings({ leader, name }: Pick<DeploymentStatus, "leader" | "name">): Told[] {
  return leader === "" ? [{ level: "critical", host: "", problem: `${name}: no controller leads` }] : [];
}

function virtualIpFindings({ virtualIps }: Pick<DeploymentStatus, "virtualIps">): Told[] {
  return virtualIps.flatMap(({ name, address, holders }): Told[] => {
    if (holders.length === 1) return [];
    const who =
      holders.length === 0 ? "no host that was reached has it" : `${holders.join(" and ")} have it at the same time`;
    return [{ level: "critical", host: "", problem: `virtual IP ${address} (${name}): ${who}` }];
  });
}

function endFindings(what: string, { end, daysLeft }: Pick<EndStatus, "end" | "daysLeft">, host = ""): Told[] {
  if (daysLeft >= WARNING_DAYS) return [];
  const day = dayOf(end);
  if (daysLeft < 0) return [{ level: "critical", host, problem: `${what} ended on ${day}` }];
  return [{ level: "warning", host, problem: `${what} ends ${days(daysLeft)}, on ${day}` }];
}

/** What was deployed is told of by its name where it has one; of a part that is unhealthy that is told, which is why it shows none. */
function servedFindings({ name, parts }: Pick<DeploymentStatus, "name" | "parts">, served: ServedStatus): Told[] {
  const { part, host, endpoint, shows, problem, end, certificate } = served;
  const daysLeft = served.daysLeft ?? 0;
  const where = `${[name, part].filter(Boolean).join(" ")} on ${host} (${endpoint})`;
  if (shows === "unknown") {
    const isDown = parts.some((one) => one.part === part && one.host === host && one.health !== "healthy");
    const told = `the certificate that ${where} shows could not be seen: ${problem}`;
    return isDown || problem === "" ? [] : [{ level: "warning", host, problem: told }];
  }
  if (shows === "other") {
    const shown = `${daysLeft < 0 ? "ended" : "ends"} on ${dayOf(end)}, SHA-256 ${shortOf(served.fingerprint)}`;
    const wanted = `ends on ${dayOf(served.deployedEnd)}, SHA-256 ${shortOf(served.deployedFingerprint)}`;
    const told = `${where} shows another certificate (${shown}) than the deployed one (${wanted})`;
    const fix = `fix: run on ${host}: ${served.reload}`;
    return [{ level: daysLeft < 0 ? "critical" : "warning", host, problem: `${told}; ${fix}` }];
  }
  const isToldByName = shows === "deployed" && certificate !== "";
  return isToldByName ? [] : endFindings(`the certificate of ${where}`, { end, daysLeft }, host);
}

const dayOf = (iso: string): string => iso.slice(0, 10);

/** The start of a fingerprint, by which people tell certificates apart. */
const shortOf = (fingerprint: string): string => `${fingerprint.slice(0, 23)}:…`;

const days = (count: number): string => (count === 0 ? "today" : count === 1 ? "in 1 day" : `in ${count} days`);

function backupFindings({ backup }: Pick<DeploymentStatus, "backup">): Told[] {
  // nothing was there to back up
  if (backup === null || backup.path === "") return [];
  const { host, path, proof, there } = backup;
  if (there === false)
    return [{ level: "warning", host, problem: `the last backup ${path} is not on ${host} any more` }];
  const how =
    proof === "inspected" ? "looked through, but not restored for a proof" : "made before backups were proven";
  return proof === "restored" ? [] : [{ level: "warning", host, problem: `the last backup ${path} was ${how}` }];
}

function metadataFindings({ metadataBackup }: Pick<DeploymentStatus, "metadataBackup">): Told[] {
  if (metadataBackup?.there !== false) return [];
  const { name, directory, hosts } = metadataBackup;
  const problem = `the last backup of the metadata, ${name}, is not in ${directory} on each of ${hosts.join(", ")} any more`;
  return [{ level: "warning", host: "", problem }];
}
