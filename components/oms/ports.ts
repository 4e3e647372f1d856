import type { OmsSettings } from "./schema";

/** Ports of OMS by their names in the arguments. */
export interface OmsPorts {
  ghana: number;
  console: number;
  cm: number;
  supervisor: number;
  sshd: number;
}

/** Those of every version before 4.2.2, and the defaults since. */
export const DEFAULT_PORTS: OmsPorts = { ghana: 8090, console: 8089, cm: 8088, supervisor: 9000, sshd: 2023 };

/** Ports that OMS has besides, for which no version has a setting: first, last, and what they are for. */
export const FIXED_PORTS: { first: number; last: number; what: string }[] = [
  { first: 8084, last: 8084, what: "OMS's supervisord" },
  { first: 9001, last: 9001, what: "OMS" },
  { first: 7100, last: 7499, what: "a component of OMS" },
  { first: 16000, last: 16499, what: "a component of OMS" },
  { first: 17000, last: 17499, what: "a component of OMS" },
  { first: 18000, last: 18499, what: "a component of OMS" },
];

/** What of OMS has a port that cannot be set; undefined for every other port. */
export const fixedUse = (port: number): string | undefined =>
  FIXED_PORTS.find(({ first, last }) => port >= first && port <= last)?.what;

/** All ports of OMS that can be set, with defaults filled in. */
export const portsOf = <H>({ ports }: Pick<OmsSettings<H>, "ports">): OmsPorts => ({
  ghana: ports.ghana ?? DEFAULT_PORTS.ghana,
  console: ports.console ?? DEFAULT_PORTS.console,
  cm: ports.cm ?? DEFAULT_PORTS.cm,
  supervisor: ports.supervisor ?? DEFAULT_PORTS.supervisor,
  sshd: ports.sshd ?? DEFAULT_PORTS.sshd,
});

type Region<H> = OmsSettings<H>["regions"][number];

/** A port of the region's address, and the argument that tells it. */
export interface RegionPort {
  port: number;
  argument: string;
}

/** The ports under which a region's address leads to CM and console: the external address's, nginx's, or the nodes' own. */
export function regionPorts<H>(
  { ports }: Pick<OmsSettings<H>, "ports">,
  { mappedPorts, proxy }: Region<H>,
): { cm: RegionPort; console: RegionPort } {
  const own = portsOf({ ports });
  const of = (kind: "cm" | "console", proxied: "cmPort" | "consolePort"): RegionPort => {
    const mapped = mappedPorts?.[kind];
    if (mapped !== undefined) return { port: mapped, argument: `mappedPorts.${kind}` };
    const forwarded = proxy?.[proxied];
    if (forwarded !== undefined) return { port: forwarded, argument: `proxy.${proxied}` };
    return { port: own[kind], argument: `ports.${kind}` };
  };
  return { cm: of("cm", "cmPort"), console: of("console", "consolePort") };
}

/** The ports on which nginx listens for a region. */
export const proxyPorts = <H>(
  { ports }: Pick<OmsSettings<H>, "ports">,
  proxy: NonNullable<Region<H>["proxy"]>,
): { cmPort: number; consolePort: number } => {
  const own = portsOf({ ports });
  return { cmPort: proxy.cmPort ?? own.cm, consolePort: proxy.consolePort ?? own.console };
};
