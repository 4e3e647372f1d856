import { styleText } from "node:util";
import Table from "cli-table3";
import type { DeploymentStatus, Level, PartStatus, Status } from "../status";
import { shownBackup, shownEnd, shownHealth, shownMetadata, shownServed, shownTime } from "./words";

/** Shows a word in the colour of how bad it is. */
type Paint = (level: Level, text: string) => string;

const COLOURS = { ok: "green", warning: "yellow", critical: "red" } as const;

/** The colours of a terminal. */
export const coloured: Paint = (level, text) => styleText(COLOURS[level], text, { validateStream: false });
const plain: Paint = (_level, text) => text;

/** A status for people; its first line says all that a monitor shows. */
export function renderText(status: Status, paint: Paint = plain): string {
  const { findings, deployments } = status;
  const problems = findings.map(({ level, problem }) => `${paint(level, level.toUpperCase().padEnd(8))}  ${problem}`);
  const parts = deployments.flatMap(({ name, parts: all }) => groups(name, all));
  const facts = deployments.flatMap((one) =>
    factsOf(one).map(([what, value]): [string, string] => [`${one.name} ${what}`, value]),
  );
  const blocks = [
    [headline(status, paint), ...problems],
    [
      tableOf(
        ["host", "address", "state"],
        status.hosts.map(({ name, address, state }) => [
          name,
          address,
          paint(state === "reached" ? "ok" : state === "lost" ? "warning" : "critical", state),
        ]),
      ),
    ],
    [
      tableOf(
        ["component", "host", "endpoint", "version", "health"],
        parts.map((group) => columns(group, paint)),
      ),
    ],
    facts.map(([what, value]) => `${`${what}:`.padEnd(Math.max(...facts.map(([name]) => name.length)) + 2)}${value}`),
    [
      `looked at ${shownTime(status.time)}; deployed ${shownTime(status.deployed) || "at an unknown time"}; ${shownDrift(status)}`,
    ],
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function headline({ level, project, stack, findings, deployments }: Status, paint: Paint): string {
  const parts = deployments.flatMap((one) => one.parts);
  const healthy = parts.filter(({ health }) => health === "healthy").length;
  const count = (wanted: Level): string[] => {
    const found = findings.filter((one) => one.level === wanted).length;
    return found === 0 ? [] : [`${found} ${wanted}`];
  };
  const said = [`${healthy} of ${parts.length} parts healthy`, ...count("critical"), ...count("warning")].join(", ");
  return `${paint(level, level.toUpperCase())}: stack ${stack} of ${project}: ${said}`;
}

/** Parts that stand in one row: of the same kind, and for a virtual IP of the same one. */
function groups(deployment: string, parts: PartStatus[]): { title: string; parts: PartStatus[] }[] {
  const found = new Map<string, PartStatus[]>();
  for (const part of parts) {
    const title = [deployment, part.part].filter(Boolean).join(" ");
    const key = part.layer === "vip" ? `${title} ${part.endpoint}` : title;
    found.set(key, [...(found.get(key) ?? []), part]);
  }
  return [...found.values()].map((all) => ({
    title: [deployment, all[0]?.part].filter(Boolean).join(" "),
    parts: all,
  }));
}

function columns({ title, parts }: { title: string; parts: PartStatus[] }, paint: Paint): string[] {
  const column = (show: (part: PartStatus) => string): string => parts.map((part) => show(part)).join("\n");
  return [
    title,
    column(({ host }) => host),
    column(({ endpoint }) => endpoint),
    column(({ version }) => version),
    column((part) =>
      paint(part.health === "healthy" ? "ok" : part.health === "lost" ? "warning" : "critical", shownHealth(part)),
    ),
  ];
}

function tableOf(head: string[], rows: string[][]): string {
  const table = new Table({ head, style: { head: [], border: [] } });
  table.push(...rows);
  return table.toString();
}

/** What is to be known of a deployment beside its parts. */
function factsOf({
  endpoints,
  leader,
  virtualIps,
  certificates,
  served,
  license,
  backup,
  metadataBackup,
}: DeploymentStatus): [string, string][] {
  return [
    ...(endpoints.length > 0 ? [["endpoint", endpoints.join(", ")] as [string, string]] : []),
    ...(leader === null ? [] : [["leader", leader || "none"] as [string, string]]),
    ...virtualIps.map(({ address, holders }): [string, string] => [
      `virtual IP ${address}`,
      `on ${holders.join(" and ") || "no host"}`,
    ]),
    ...certificates.map((end): [string, string] => ["certificate", `ends ${shownEnd(end)}`]),
    ...(served.length > 0 ? [["certificate shown", shownServed(served)] as [string, string]] : []),
    ...(license ? [["licence", `ends ${shownEnd(license)}`] as [string, string]] : []),
    ...(backup ? [["last backup", shownBackup(backup)] as [string, string]] : []),
    ...(metadataBackup ? [["last backup", shownMetadata(metadataBackup)] as [string, string]] : []),
  ];
}

function shownDrift({ drift }: Status): string {
  if (drift.length === 0) return "no drift";
  return `${drift.length} ${drift.length === 1 ? "resource has" : "resources have"} drifted`;
}
