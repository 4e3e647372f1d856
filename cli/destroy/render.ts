import type { Changes } from "../report/changes";
import { COMPONENTS, HOSTS, OTHERS } from "../report/deployments";
import { code, plain } from "../report/markdown";
import { noun } from "../report/words";
import type { Going } from "./goes";
import type { Known } from "./hosts";
import { forgotten, type Stay } from "./stays";

/** A host on which nothing is removed. */
export interface LeftOut extends Known {
  /** Why it does not answer; undefined where somebody named it. */
  reason?: string;
}

/** All that there is to say before a destroy. */
export interface Plan {
  all: Changes;
  going: Going[];
  stays: Stay[];
  leftOut: LeftOut[];
  obstacles: string[];
}

/** What goes and what stays, as Markdown. */
export function render({ all, going, stays, leftOut, obstacles }: Plan): string {
  const asked = forgotten(all);
  const lines = [
    `## Destroy of ${code(all.stack)} (${plain(all.project)})`,
    ...section("What goes", going.flatMap(goes)),
    ...section("What stays", [
      ...stays.map(
        ({ where, things, why }) => `- ${where}: ${things.map(code).join(", ") || "what is there"} (${why})`,
      ),
      ...(asked.length > 0
        ? [`- ${asked.map(code).join(", ")}: the program has Pulumi forget them (retainOnDelete)`]
        : []),
    ]),
    ...section(
      "Hosts on which nothing is removed",
      leftOut.map((host) => without(host, all)),
    ),
    ...section(
      "What is in the way",
      obstacles.map((one) => `- ${one}`),
    ),
  ];
  return `${lines.join("\n")}\n`;
}

const section = (name: string, lines: string[]): string[] =>
  lines.length === 0 ? [] : ["", `### ${name}`, "", ...lines];

function goes({ deployment, count, hosts, data }: Going): string[] {
  const resources = `${count} ${count === 1 ? "resource" : "resources"}`;
  if (deployment === HOSTS || deployment === OTHERS) return [`- ${deployment.name}: ${resources}`];
  const on = hosts.length > 0 ? ` on ${hosts.join(", ")}` : "";
  return [
    `- ${COMPONENTS[deployment.type]} (${code(deployment.name)})${on}: ${resources}`,
    ...data.map(
      ({ paths, hosts: places }) => `  - with all data in ${paths.map(code).join(", ")} on ${places.join(", ")}`,
    ),
  ];
}

/** A host that is left out, and what it keeps. */
function without({ name, address, reason }: LeftOut, { changes }: Changes): string {
  const why = reason === undefined ? "given up by --lost" : `does not answer (${reason})`;
  const keeps = changes
    .filter(
      ({ hosts, type }) =>
        hosts.includes(name) && /:(Container|Files|File|Service|Image|Archive|Directory)$/.test(type),
    )
    .map((one) => `${noun(one)} ${code(one.urn.name)}`);
  const rest = keeps.length === 0 ? "" : `; it keeps ${keeps.join(", ")}: clear it before it is used again`;
  return `- ${name} (${address}) ${why}${rest}`;
}
