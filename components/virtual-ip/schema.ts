import { isIP, isIPv6 } from "node:net";
import { z } from "zod";
import { hostSchema } from "../host-schema";
import { port, waitsFor } from "../rules";
import { sentence, setting, settings } from "../validation";
import { isSameAddress, parseNetwork } from "./network";

function isNetworkAddress(text: string): boolean {
  const [address = "", length = "", ...rest] = text.split("/");
  if (rest.length > 0 || !isIP(address) || !/^\d{1,3}$/.test(length)) return false;
  return Number(length) >= 1 && Number(length) <= (isIPv6(address) ? 128 : 32);
}

/** What a user says of a virtual IP beyond its hosts and checks; components put it in their own schemas. */
export const virtualIpFields = {
  address: setting(
    z.string().refine(isNetworkAddress),
    "must be an IP address with the length of its network's prefix",
    'write it like "10.0.0.100/24" or "fd00::100/64"',
  ),
  interface: setting(
    z.string().regex(/^[^\s/:'"{}!#]{1,15}$/),
    "must be the name of a network interface",
    'write it like "eth0", as `ip address` shows it',
  ).optional(),
  routerId: setting(
    z.number().int().min(1).max(255),
    "must be a whole number from 1 to 255, unique in the network segment",
    "leave it out to get the last byte of the address, or give a free one",
  ).optional(),
};

const check = settings({
  tcp: settings({ port }).optional(),
  http: settings({
    port,
    path: setting(
      z.string().regex(/^\/[!-&(-~]*$/),
      "must be a path that starts with /, without spaces and quotes",
      'write it like "/health"',
    ).default("/"),
    status: setting(
      z.number().int().min(100).max(599),
      "must be an HTTP status from 100 to 599",
      "give the status that a well host answers with, like 200",
    ).default(200),
  }).optional(),
}).refine((one) => (one.tcp === undefined) !== (one.http === undefined), {
  message: sentence("exactly one of tcp and http must be given", "give one and remove the other"),
});

/** The schema behind VirtualIpArgs. */
export const virtualIpSchema = settings({
  hosts: z
    .array(hostSchema)
    .min(2, { message: sentence("an address moves between at least two hosts", "name a second host") })
    .max(10, { message: sentence("at most ten hosts share an address", "name fewer") }),
  ...virtualIpFields,
  checks: z
    .array(check)
    .min(1, { message: sentence("at least one check is needed", "say what serves, like { tcp: { port: 80 } }") }),
  after: waitsFor,
}).superRefine((args, context) => {
  const refuse = (path: PropertyKey[], rule: string, fix: string): void => {
    context.addIssue({ code: "custom", path, message: sentence(rule, fix) });
  };
  args.hosts.forEach((host, i) => {
    if (args.hosts.indexOf(host) < i) refuse(["hosts", i], "each host can take part once", "name it once");
    if (isIP(host.address) && isSameAddress(host.address, parseNetwork(args.address).address))
      refuse(["address"], `is the address of host ${host.hostName}`, "give one that no host has");
  });
});

/** The arguments with defaults filled in. */
export type VirtualIpSettings = z.output<typeof virtualIpSchema>;

/** The name of a virtual IP is part of the names of its unit and files. */
export const virtualIpName = settings({
  name: setting(
    z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,60}$/),
    "must consist of letters, digits, _ . and -, since unit and files are called after it",
    'name it like "odc-vip"',
  ),
});
