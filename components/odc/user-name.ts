import { sentence } from "../validation";
import { nameProblem } from "./cookie-domain";
import type { OdcSettings } from "./schema";

type Proxy<H> = OdcSettings<H>["proxy"];

/** The virtual IP without its prefix length; undefined where there is none. */
export const virtualAddress = ({ virtualIp }: Proxy<unknown>): string | undefined => virtualIp?.address.split("/")[0];

/**
 * Under which name or address users open ODC, and which argument tells it.
 * @param addressOf a host's address, undefined where it is not known.
 */
export function userName<H>(
  proxy: Proxy<H>,
  addressOf: (host: H) => string | undefined,
): { name: string | undefined; path: PropertyKey[] } {
  const { domain, hosts } = proxy;
  const virtual = virtualAddress(proxy);
  if (domain === undefined && virtual !== undefined) return { name: virtual, path: ["proxy", "virtualIp", "address"] };
  return { name: domain ?? addressOf(hosts[0] as H), path: ["proxy", "domain"] };
}

/** A line for each further name of the certificate with which users could not work: ODC serves those of the other names. */
export const furtherNameProblems = ({ https }: Proxy<unknown>): string[] =>
  (https?.alternativeNames ?? []).flatMap((name, i) => {
    const problem = nameProblem(name);
    if (problem === undefined) return [];
    return [`proxy.https.alternativeNames[${i}] = "${name}": ${sentence(problem.rule, problem.fix)}`];
  });
