import type { Change } from "../changes";

/** high: users go without, or data are at stake; medium: some users notice, others are served; low: nobody notices. */
export const RISKS = ["high", "medium", "low"] as const;
export type Risk = (typeof RISKS)[number];

/** Something that stops, restarts, is replaced or goes, and what users notice of it. */
export interface Notice {
  risk: Risk;
  /** What happens, as a sentence without its end: "ODC on p1 restarts". */
  what: string;
  /** What users notice. */
  users: string;
}

/** What is known of the deployment around a change. */
export interface Around {
  /** How many nodes it has when all is done; undefined where the preview does not tell. */
  nodes?: number;
  /** How many nginx it has. */
  proxies?: number;
  /** All changes of the deployment. */
  changes: Change[];
}

export const CONTAINER = "docker:index/container:Container";
export const COMMAND = "command:remote:Command";
export const own = (kind: string): string => `dbha:index:${kind}`;

/** "on p1", or nothing where no host is known. */
export const on = ({ hosts }: Change): string => (hosts.length > 0 ? ` on ${hosts.join(", ")}` : "");

/** Whether one of the paths that a change touches begins so. */
export const touches = ({ differences }: Change, ...beginnings: string[]): boolean =>
  differences.some(({ path }) =>
    beginnings.some((one) => path === one || path.startsWith(`${one}.`) || path.startsWith(`${one}[`)),
  );

/** Whether a step stands for a procedure that runs anew; one that is made for the first time has nothing to stop yet. */
export const runsAgain = ({ type, op }: Change): boolean => type === COMMAND && (op === "replace" || op === "update");

/** What a step says of drift: what is not there, or does not run, is no loss when it is made anew. */
export const repairs = ({ drift }: Change): boolean => drift !== undefined;

/** What a restart of one of several is: of the only one, everybody notices. */
export function restart(count: number | undefined, what: string, its: string, one: string, several: string): Notice {
  if (count === 1) return { risk: "high", what, users: `${its}; nobody is served until it is back` };
  const others =
    count === undefined ? `${several} serve` : count === 2 ? `${one} serves` : `${count - 1} ${several} serve`;
  return { risk: "medium", what, users: `${its}; the other ${others}` };
}
