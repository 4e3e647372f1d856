import type { Changes } from "./changes";
import { COMPONENTS, HOSTS, OTHERS, type Deployment } from "./deployments";
import { renderDrift } from "./render-drift";
import { renderDeployment } from "./render-deployment";
import { block, code, plain } from "./markdown";
import { highest, type Noticed } from "./notices";
import type { Risk } from "./notices/notice";
import { isStack } from "./urn";

/** How much is shown of each change. */
export interface Detail {
  /** Texts by their lines. */
  texts: boolean;
  /** Old and new values. */
  values: boolean;
}

const MARKS: Record<Risk, string> = { high: "\u{1f534} high", medium: "\u{1f7e1} medium", low: "\u{1f7e2} low" };

/** The report as lines of Markdown. */
export function render(all: Changes, notices: Noticed[], detail: Detail): string[] {
  const { changes, errors, warnings, looksOnly } = all;
  const drifted = changes.filter(({ drift }) => drift !== undefined);
  return [
    title(all),
    "",
    summary(all, notices, drifted.length),
    ...section(
      errors.length > 0,
      "The preview failed",
      errors.flatMap((error) => ["", ...block(error.split("\n"))]),
    ),
    ...section(notices.length > 0, "Restarts, replacements and removals, in this order", ["", ...noticed(notices)]),
    ...section(drifted.length > 0, "Drift: what the hosts have that was not deployed", renderDrift(drifted, detail)),
    ...(looksOnly ? [] : deployments(all).flatMap((one) => ofDeployment(one, all, detail))),
    ...section(warnings.length > 0, "Warnings", ["", ...warnings.map((warning) => `- ${plain(warning)}`)]),
  ];
}

const title = ({ stack, project, looksOnly, steps }: Changes): string => {
  const destroys = steps.some(({ op, urn }) => op === "delete" && isStack(urn));
  const where = stack === "" ? "" : ` of ${code(stack)} (${plain(project)})`;
  return `## ${looksOnly ? "Drift" : destroys ? "Destroy" : "Preview"}${where}`;
};

const section = (isThere: boolean, name: string, lines: string[]): string[] =>
  isThere ? ["", `### ${name}`, ...lines] : [];

function summary({ changes, counts, errors, looksOnly }: Changes, notices: Noticed[], drifted: number): string {
  const drift = drifted === 0 ? "" : ` ${drifted} ${drifted === 1 ? "resource" : "resources"} drifted.`;
  if (errors.length > 0) return `**Failed: nothing would be changed.**${drift}`;
  if (looksOnly)
    return drift === ""
      ? "Everything is as it was deployed."
      : `**${drift.trim()}** ${code("pulumi up --refresh")} puts back what is not as the program has it.`;
  if (changes.length === 0) return "Nothing changes.";
  const named = Object.entries({
    replace: "replaced",
    delete: "removed",
    update: "changed",
    create: "made",
    same: "unchanged",
  });
  const parts = named.flatMap(([op, word]) => (counts[op] ? [`${counts[op]} ${word}`] : []));
  const calm = notices.length === 0 ? " Nothing restarts, and nothing is replaced or removed that users have." : "";
  return `**Risk: ${MARKS[highest(notices)]}.** Resources: ${parts.join(", ")}.${drift}${calm}`;
}

const noticed = (notices: Noticed[]): string[] => [
  "| step | risk | what happens | what users notice |",
  "| ---: | --- | --- | --- |",
  ...notices.map(({ order, risk, what, users }) => row(String(order), MARKS[risk], plain(what), plain(users))),
];

const row = (...cells: string[]): string => `| ${cells.join(" | ")} |`;

function ofDeployment(deployment: Deployment, all: Changes, detail: Detail): string[] {
  const lines = renderDeployment(deployment, all, detail);
  return section(lines.length > 0, heading(deployment), lines);
}

const heading = ({ type, name }: Deployment): string =>
  COMPONENTS[type] === undefined ? name : `${code(name)}: ${COMPONENTS[type]}`;

/** The deployments that change, the first to change first; hosts and others last. */
function deployments({ changes, told }: Changes): Deployment[] {
  const all = [...told.map(({ deployment }) => deployment), ...changes.map(({ deployment }) => deployment)];
  const once = [...new Set(all)];
  const rank = (one: Deployment): number => (one === HOSTS ? 1 : one === OTHERS ? 2 : 0);
  const first = (one: Deployment): number => changes.find(({ deployment }) => deployment === one)?.order ?? Infinity;
  return once.sort((one, other) => rank(one) - rank(other) || first(one) - first(other));
}
