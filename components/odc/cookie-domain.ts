import { isIP } from "node:net";
import { getPublicSuffix } from "tldts";

/** Why users of a name cannot work with ODC, and what to do. */
export interface NameProblem {
  rule: string;
  fix: string;
}

/**
 * The domain that ODC gives its cookie XSRF-TOKEN, whose value every request that changes something must carry. It takes the
 * first label and its dot out of the host name, wherever they stand in it. Source: CsrfConfigureHelper of ODC.
 */
export function cookieDomain(host: string): string {
  if (isIP(host) !== 0) return host;
  const [label = ""] = host.split(".");
  return host.replaceAll(`${label}.`, "");
}

/** Whether browsers take a cookie of a domain from a host (RFC 6265): not for all of a public suffix, nor for somebody else. */
function isTaken(domain: string, host: string): boolean {
  return domain === host || (host.endsWith(`.${domain}`) && !isPublicSuffix(domain));
}

/** By the list that browsers have, with its private section, as they use it for cookies; an unknown name of one label is one. */
const isPublicSuffix = (domain: string): boolean => getPublicSuffix(domain, { allowPrivateDomains: true }) === domain;

/** What keeps those who open ODC by a name or address from working with it; undefined when nothing does. */
export function nameProblem(name: string): NameProblem | undefined {
  const host = name.toLowerCase();
  if (isIP(host) === 6)
    return {
      rule: 'ODC answers 400 "invalid domain" at an IPv6 address, since a cookie cannot be for one',
      fix: "let users open a name that leads there, like odc.example.com",
    };
  const domain = cookieDomain(host);
  if (isTaken(domain, host)) return undefined;
  const why = isPublicSuffix(domain) ? "is a public suffix or a top-level domain" : `does not end ${host}`;
  return {
    rule: `ODC's cookie XSRF-TOKEN would be for the domain ${domain}, which ${why}, so that browsers drop it and users can log in and do nothing else (400 MissingCsrfToken)`,
    fix: `take a name like ${suggestion(host)}, one of a single label, or an IPv4 address`,
  };
}

/** A name of the same place for which browsers keep the cookie. */
function suggestion(host: string): string {
  const longer = ["web", "odc", "db"].map((label) => `${label}.${host}`);
  return longer.find((name) => isTaken(cookieDomain(name), name)) ?? "odc.example.com";
}
