import { X509Certificate } from "node:crypto";
import { reloadNginx } from "../../../components/load-balancer/commands";
import { reloadConsole } from "../../../components/oms/mounts";
import { bracketed } from "../../../provider/resources/host-rules";
import { CONTAINER, type ModelHost, type Placed } from "./placed";
import type { Part } from "./parts";

/** How certificates are told apart, and when they end. */
export interface Shown {
  /** SHA-256, as `AB:CD:…`. */
  fingerprint: string;
  /** ISO 8601. */
  end: string;
}

/** Something that shows a certificate to who connects to it. */
export interface Server {
  /** URN of the probe that connects to it. */
  urn: string;
  /** What it is called: "nginx", "node". */
  part: string;
  host: string;
  /** Where it is asked, as seen from its host. */
  address: string;
  port: number;
  /** The same for others. */
  endpoint: string;
  /** What its file has, as deployed. */
  deployed: Shown;
  /** Name of the stack's certificate that this is; empty of one that was given otherwise. */
  certificate: string;
  /** Whether its container was taken over as it was made by hand, and has files of its own. */
  isAsFound: boolean;
  /** Command on its host by which it takes over the file that is there. */
  reload: string;
}

/**
 * Servers are known by their HTTPS probes, what they are to show by the files beside these.
 * @param placed what is of the deployment, with its parts.
 * @param all what is of the stack.
 */
export function serversIn(placed: Placed[], parts: Part[], hosts: ModelHost[], all: Placed[]): Server[] {
  const named = namesOf(all);
  const byUrn = new Map(placed.map((one) => [one.resource.urn, one]));
  return parts.flatMap((part) => {
    const own = part.checks.flatMap(({ urn }) => byUrn.get(urn) ?? []);
    const container = own.find(({ resource }) => resource.type === CONTAINER)?.resource;
    const name = String(container?.inputs.name);
    return own.flatMap((probe): Server[] => {
      const request = securely(probe.resource.inputs);
      const deployed = request && shownIn(filesBeside(probe, placed));
      if (request === undefined || deployed === undefined) return [];
      const { port, address = "127.0.0.1" } = request;
      const outside = hosts.find((one) => one.name === part.host)?.address ?? part.host;
      return [
        {
          ...{
            urn: probe.resource.urn,
            part: part.part,
            host: part.host,
            address: String(address),
            port: Number(port),
          },
          endpoint: `${bracketed(outside)}:${String(port)}`,
          ...{ deployed, certificate: named.get(deployed.fingerprint) ?? "" },
          isAsFound: (container?.ignoreChanges.length ?? 0) > 0,
          reload: part.layer === "nginx" ? reloadNginx(name) : reloadConsole(name),
        },
      ];
    });
  });
}

/** The request of a probe, or of its further questions, that goes over HTTPS. */
function securely({ http, also = [] }: Record<string, unknown>): Record<string, unknown> | undefined {
  const requests = [http, ...(also as { http?: unknown }[]).map((one) => one.http)];
  return (requests as (Record<string, unknown> | undefined)[]).find((one) => one?.scheme === "https");
}

/** Texts of the files on a probe's host that are of the same component. */
const filesBeside = ({ resource: { parent }, hosts: [host] }: Placed, placed: Placed[]): string[] =>
  placed
    .filter(
      ({ resource, hosts }) => resource.type === "dbha:index:Files" && resource.parent === parent && hosts[0] === host,
    )
    .flatMap(({ resource: { outputs } }) =>
      Object.values((outputs.files ?? {}) as Record<string, { content?: unknown }>),
    )
    .flatMap(({ content }) => (typeof content === "string" ? [content] : []));

/** The first certificate of the text that begins with one, which is the server's. */
function shownIn(texts: string[]): Shown | undefined {
  const chain = texts.find((text) => text.startsWith("-----BEGIN CERTIFICATE-----"));
  if (chain === undefined) return undefined;
  try {
    const { fingerprint256: fingerprint, validTo } = new X509Certificate(chain);
    return { fingerprint, end: new Date(validTo).toISOString() };
  } catch {
    return undefined;
  }
}

/** Names of the stack's certificates, by fingerprint. */
const namesOf = (placed: Placed[]): Map<string, string> =>
  new Map(
    placed.flatMap(({ resource: { type, outputs }, name }) => {
      const shown = type === "dbha:index:Certificate" ? shownIn([String(outputs.chain)]) : undefined;
      return shown === undefined ? [] : [[shown.fingerprint, name] as const];
    }),
  );
