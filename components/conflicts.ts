import { isDeepStrictEqual } from "node:util";

/** Arguments that are right one by one, and wrong together. */
export interface Conflict {
  path: PropertyKey[];
  rule: string;
  fix: string;
}

/** What is known of a host before it is contacted. */
export interface KnownHost<H> {
  nameOf: (host: H) => string;
  /** Undefined where nothing is known of it. */
  addressOf: (host: H) => string | undefined;
  /** Whether it is gone for good. */
  isLost: (host: H) => boolean;
}

/** Finds the names that a list has more than once. */
export const namedTwice = (names: string[], path: PropertyKey[], rule: string): Conflict[] =>
  names.flatMap((name, i) => (names.indexOf(name) < i ? [{ path: [...path, i], rule, fix: "name it once" }] : []));

/**
 * Finds what is wrong with the hosts of the nginx in front of a deployment, given as `proxy`.
 * @param hosts their names.
 * @param virtualIp undefined where none is given.
 * @param who reaches nginx, like "users".
 */
export function proxyHostConflicts(hosts: string[], virtualIp: object | undefined, who: string): Conflict[] {
  const found = namedTwice(hosts, ["proxy", "hosts"], "each host can run one nginx");
  if (new Set(hosts).size > 1 && virtualIp === undefined)
    found.push({
      path: ["proxy", "virtualIp"],
      rule: `several nginx hosts need an address that ${who} reach whichever of them lives`,
      fix: "give a free address of their network, or name one host",
    });
  if (hosts.length < 2 && virtualIp !== undefined)
    found.push({
      path: ["proxy", "hosts"],
      rule: "a virtual IP moves between at least two hosts",
      fix: "name a second host, or remove virtualIp",
    });
  return found;
}

/**
 * The arguments without what failed its own rule, so that cross-checks make nothing of it.
 * @param issues what was found so far.
 */
export const soundParts = <T>(args: T, issues: { path?: PropertyKey[] }[]): T =>
  issues.reduce<T>((sound, { path = [] }) => without(sound, path) as T, args);

/** Whether what stands at the path of a conflict failed its own rule: then that is enough. */
export const isTold = ({ path }: Conflict, issues: { path?: PropertyKey[] }[]): boolean =>
  issues.some((issue) => isDeepStrictEqual(issue.path, path));

/** What is made of parts keeps them: a list that is too short, an object with an unknown key. */
function without(value: unknown, [key, ...rest]: PropertyKey[]): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  if (key === undefined) return value;
  const copy: unknown[] | Record<PropertyKey, unknown> = Array.isArray(value)
    ? [...(value as unknown[])]
    : { ...value };
  const at = copy as Record<PropertyKey, unknown>;
  at[key] = without(at[key], rest);
  return copy;
}
