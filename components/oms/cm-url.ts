import { bracketed, isHostAddress } from "../../provider/resources/host-rules";
import { parseNetwork } from "../virtual-ip/network";
import { regionPorts } from "./ports";
import type { OmsSettings } from "./schema";

/** A URL of the CM, taken apart. */
export interface CmUrl {
  scheme: string;
  /** IP address, without brackets, or name. */
  host: string;
  port: number;
}

/** Takes a URL of the CM apart; undefined unless it has scheme, host and port and nothing else. */
export function parseCmUrl(text: unknown): CmUrl | undefined {
  if (typeof text !== "string") return undefined;
  const [, scheme = "", v6, name = "", digits] =
    /^(https?):\/\/(?:\[([\da-fA-F:.]+)\]|([^\s/:@[\]]+)):([1-9]\d{0,4})$/.exec(text) ?? [];
  const host = v6 ?? name;
  const port = Number(digits);
  return isHostAddress(host) && port <= 65535 ? { scheme, host, port } : undefined;
}

type Region<H> = OmsSettings<H>["regions"][number];

/** The URL of a region's CM (cm_url): the given one, or the virtual IP with the port that leads to the CM. */
export function cmUrlOf<H>(settings: Pick<OmsSettings<H>, "ports">, region: Region<H>): string {
  if (region.cmUrl !== undefined) return region.cmUrl;
  const { address } = parseNetwork(region.virtualIp?.address ?? "");
  return `http://${bracketed(address)}:${regionPorts(settings, region).cm.port}`;
}
