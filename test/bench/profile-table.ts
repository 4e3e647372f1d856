import type { LineUse } from "./delay-proxy";
import type { EngineTrace } from "./engine-trace";
import { ROLE_NAMES, roleOf } from "./process-role";
import type { SeenProcess } from "./process-watch";
import { programStart, type Profile } from "./profile";
import { seconds, table } from "./table";

const HEAD = [
  "process",
  "count",
  "start",
  "answers after",
  "end",
  "CPU",
  "peak MiB each",
  "SSH log-ins",
  "round trips",
];
const PASSES = ["whole run", "refresh", "update"] as const;
type Pass = (typeof PASSES)[number];

/** Processes of one kind in one pass. */
interface Group {
  pass: Pass;
  role: string;
  /** The role of those that started it, where that says more. */
  of?: string;
  processes: SeenProcess[];
}

/** Where the time of a run goes: a row for each kind of process and pass, and one for what the hosts take. */
export function profileTable(profile: Profile, label: string): string {
  const rows = groups(profile).map((group) => [
    `${group.pass}: ${group.role}${group.of === undefined ? "" : ` of ${group.of}`}`,
    ...figures(group, profile),
  ]);
  return table([`${label}: ${HEAD[0] ?? ""}`, ...HEAD.slice(1)], [...rows, ...hostRows(profile)]);
}

function figures({ pass, role, processes }: Group, { lines, trace }: Profile): string[] {
  const logins = processes.flatMap(({ sshPorts }) => sshPorts);
  return [
    String(processes.length),
    seconds(Math.min(...processes.map(({ started }) => started))),
    answersAfter(trace, role, pass),
    seconds(Math.max(...processes.map(({ ended }) => ended))),
    seconds(sum(processes.map(({ cpuSeconds }) => cpuSeconds))),
    Math.round(Math.max(...processes.map(({ peakMiB }) => peakMiB))).toString(),
    logins.length === 0 ? "" : String(logins.length),
    logins.length === 0 ? "" : roundTrips(lines, logins),
  ];
}

function groups({ processes }: Profile): Group[] {
  const programs = programStart({ processes }) ?? 0;
  const roles = new Map(processes.map(({ pid, command }) => [pid, roleOf(command)]));
  const found = new Map<string, Group>();
  for (const one of processes) {
    const role = roles.get(one.pid) ?? "";
    const isThroughout = role === "CLI" || role === "language host";
    const pass = isThroughout ? "whole run" : one.started < programs ? "refresh" : "update";
    const starter = role === "ssh" ? roles.get(one.parent) : undefined;
    const of = starter === "other" || starter === "ssh" ? undefined : starter;
    const key = [pass, role, of].join();
    const group = found.get(key) ?? { pass, role, of, processes: [] };
    found.set(key, group);
    group.processes.push(one);
  }
  const place = ({ pass, role }: Group): number => PASSES.indexOf(pass) * 100 + ROLE_NAMES.indexOf(role);
  return [...found.values()].sort((a, b) => place(a) - place(b));
}

/** What the hosts took until the program began, and from then on; their sshd's count is of the whole run. */
function hostRows({ processes, hostsCpu, logins }: Profile): string[][] {
  const split = programStart({ processes }) ?? 0;
  const all = hostsCpu.at(-1)?.seconds ?? 0;
  const first = hostsCpu.findLast(({ at }) => at <= split)?.seconds ?? 0;
  const row = (pass: Pass, taken: number, counted = ""): string[] => [
    `${pass}: all that runs on the hosts`,
    ...["", "", "", "", seconds(taken), "", counted, ""],
  ];
  return [row("refresh", first), row("update", all - first), row("whole run", all, String(logins))];
}

/** How long a plugin of this role takes from its start to its first answer, at most. */
function answersAfter(trace: EngineTrace, role: string, pass: Pass): string {
  const split = trace.program?.from ?? 0;
  const taken = trace.starts
    .filter((one) => one.role === role && (pass === "whole run" || one.stretch.from < split === (pass === "refresh")))
    .map(({ stretch }) => stretch.to - stretch.from);
  return taken.length === 0 ? "" : seconds(Math.max(...taken));
}

/** "12", or "9-12" where connections differ. */
function roundTrips(lines: readonly LineUse[], ports: readonly number[]): string {
  const counts = lines.filter(({ clientPort }) => ports.includes(clientPort)).map(({ roundTrips: count }) => count);
  if (counts.length === 0) return "";
  const [low, high] = [Math.min(...counts), Math.max(...counts)];
  return low === high ? String(low) : `${low}-${high}`;
}

export const memorySentence = ({ peakMiB }: Profile): string =>
  `Memory of all processes together, a page that several share counted once: ${Math.round(peakMiB)} MiB at most.`;

/** How often and how long providers were called: several at a time, so that the sum may be longer than the run. */
export function callsSentence({ calls }: EngineTrace): string {
  const told = Object.entries(calls)
    .sort(([, a], [, b]) => b.seconds - a.seconds)
    .filter(([, { seconds: taken }]) => taken >= 0.01)
    .map(([method, { count, seconds: taken }]) => `${method} ${count} (${seconds(taken)} s)`);
  return told.length === 0 ? "" : `Calls of providers, several at a time: ${told.join(", ")}.`;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
