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
