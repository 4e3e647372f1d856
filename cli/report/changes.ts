import { readChanges, type ToldChange } from "../../components/changes/told";
import { componentType, deploymentsOf, type Deployment } from "./deployments";
import { differencesOf, type Difference } from "./differences";
import { driftOf, isRefreshOnly, type Drift } from "./drift";
import { hostsIn, hostsOf } from "./hosts";
import type { Preview, Step } from "./preview";
import { isStack, parseUrn, typeOf, type Urn } from "./urn";

/** What happens to one resource, or was found of it. */
export interface Change {
  /** Its place in the order of what happens, from 1; of what only stands around others, that of the one before. */
  order: number;
  op: string;
  urn: Urn;
  type: string;
  deployment: Deployment;
  /** Where it is; none of what is on no host. */
  hosts: string[];
  /** Its name without those of deployment and host. */
  role: string;
  differences: Difference[];
  drift?: Drift;
  /** What the plugin said of it, line by line. */
  notes: string[];
  step: Step;
}

/** A preview as people think of it. */
export interface Changes {
  stack: string;
  project: string;
  /** Whether it only looks, as `pulumi refresh --preview-only` does. */
  looksOnly: boolean;
  /** In the order in which they happen. */
  changes: Change[];
  /** The components' arguments that change, by the components' URNs. */
  told: { deployment: Deployment; step?: Step; changes: ToldChange[] }[];
  warnings: string[];
  errors: string[];
  /** How many resources of each operation. */
  counts: Record<string, number>;
  /** All steps, for what is known of resources that stay. */
  steps: Step[];
}

/** Components and providers: nothing on a host, but what resources stand in. */
export const isFrame = ({ type }: Pick<Change, "type">): boolean =>
  componentType(type) !== undefined || type === "dbha:index:Host" || type.startsWith("pulumi:providers:");

/** Operations that are no change. */
const STAYS = new Set(["same", "refresh", "read"]);

export function changesOf(preview: Preview): Changes {
  const { steps, diagnostics, changeSummary } = preview;
  const deploymentOf = deploymentsOf(steps);
  const drift = driftOf(preview);
  const hosts = hostsIn(steps);
  const first = parseUrn(steps[0]?.urn ?? "");
  const changed = steps.filter(({ op, urn }) => !STAYS.has(op) && !isStack(urn));
  const said = (severity: string): string[] => diagnostics.filter((one) => one.severity === severity).map(plainMessage);
  let order = 0;
  const changes = changed.map((step): Change => {
    const urn = parseUrn(step.urn);
    if (!isFrame({ type: typeOf(urn) })) order += 1;
    const deployment = deploymentOf(step.urn);
    const places = hostsOf(step, urn, hosts);
    const notes = diagnostics.filter(({ urn: of, severity }) => of === step.urn && severity === "info");
    return {
      order,
      op: step.op,
      urn,
      type: typeOf(urn),
      deployment,
      hosts: places,
      role: roleOf(urn.name, deployment, places),
      differences: differencesOf(step),
      drift: drift.get(step.urn),
      notes: notes
        .filter(({ message }) => readChanges(message) === undefined)
        .flatMap((one) => plainMessage(one).split("\n")),
      step,
    };
  });
  return {
    stack: first.stack,
    project: first.project,
    looksOnly: isRefreshOnly(preview),
    changes,
    told: diagnostics.flatMap(({ urn = "", message }) => {
      const told = readChanges(message);
      const step = steps.findLast((one) => one.urn === urn);
      return told === undefined ? [] : [{ deployment: deploymentOf(urn), step, changes: told }];
    }),
    warnings: [...new Set(said("warning"))],
    errors: [...new Set(said("error"))],
    counts: changeSummary,
    steps,
  };
}

/** A message without the severity before it, colours and the line's end. */
const plainMessage = ({ message }: { message: string }): string =>
  message
    // eslint-disable-next-line no-control-regex
    .replaceAll(/\u001b\[[0-9;]*m/g, "")
    .replace(/^(warning|error|info): /, "")
    .trimEnd();

/** The name of a resource without those of its deployment and, where it is on one host, of that. */
export function roleOf(name: string, deployment: Deployment, [host, ...others]: string[]): string {
  const own = name.startsWith(`${deployment.name}-`) ? name.slice(deployment.name.length + 1) : name;
  return host !== undefined && others.length === 0 && own.endsWith(`-${host}`) ? own.slice(0, -host.length - 1) : own;
}
