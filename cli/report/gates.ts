import type { Changes } from "./changes";
import type { Noticed } from "./notices";

/** What `--fail-on` can name, the most special first, with the exit code of each. */
export const GATES = {
  /** Something that users have restarts, is replaced or goes. */
  replace: { code: 10, hit: (_all: Changes, notices: Noticed[]): boolean => notices.length > 0 },
  /** The hosts have something that was not deployed. */
  drift: { code: 11, hit: ({ changes }: Changes): boolean => changes.some(({ drift }) => drift !== undefined) },
  /** Anything changes, or has drifted. */
  any: { code: 12, hit: ({ changes }: Changes): boolean => changes.length > 0 },
};

export type Gate = keyof typeof GATES;

export const isGate = (name: string): name is Gate => Object.hasOwn(GATES, name);

/** The exit code of a preview that failed. */
export const FAILED = 1;

/** The exit code: of the preview that failed, of the first gate that is hit, or 0. */
export function exitCode(all: Changes, notices: Noticed[], gates: Gate[]): number {
  if (all.errors.length > 0) return FAILED;
  const hit = (Object.keys(GATES) as Gate[]).find((gate) => gates.includes(gate) && GATES[gate].hit(all, notices));
  return hit === undefined ? 0 : GATES[hit].code;
}
