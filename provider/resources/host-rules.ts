import { isIP } from "node:net";
import { z } from "zod";
import { hostKeyKinds, parseHostKey } from "../ssh/host-key";

// What a host is given as, checked by the plugin for every resource and by the components for every `Host`: worded once.

const label = /^(?!-)[A-Za-z0-9-]{1,63}(?<!-)$/;

/** An address as it stands before a port and in a URL: IPv6 in brackets. */
export const bracketed = (address: string): string => (address.includes(":") ? `[${address}]` : address);

/** True for an IPv4 or IPv6 address or a DNS name (RFC 1123; underscores are refused). */
export function isHostAddress(text: string): boolean {
  if (isIP(text) !== 0) {
    return true;
  }
  return !/^[\d.]+$/.test(text) && text.length <= 253 && text.split(".").every((part) => label.test(part));
}

/** The rules in words, each with what to do. */
export const rules = {
  address:
    "must be an IP address or a DNS name; fix: write it like 10.0.0.9 or metadb.example.com, without port or scheme",
  port: "must be a whole number from 1 to 65535; fix: give the TCP port, like 8989",
  user: "must be a name of letters, digits, ., _ and -, or a number; fix: give one that exists on the host",
  flag: "must be true or false; fix: write it without quotes",
  hostKeys: "must be a list; fix: write each key as an entry of its own",
  hostKey:
    "must be a public key: type and base64 text; fix: copy it from `ssh-keyscan ADDRESS` or the host's /etc/ssh/ssh_host_ed25519_key.pub, without the host name",
  hostKeyKind: `must be of a type that is known here: ${hostKeyKinds.join(", ")}; fix: pin another key of the host`,
  pinned:
    "a host's key must be pinned, else anyone between could pose as it; fix: list its keys in hostKeys (ssh-keyscan ADDRESS shows them), or set acceptUnknownHostKey: true for a throw-away host",
} as const;

function hostKey() {
  return z.string(rules.hostKey).superRefine((key, context) => {
    const [, kind] = /^([a-z][\w@.-]*) [A-Za-z0-9+/]+=*$/.exec(key) ?? [];
    const isKnown = kind === undefined || hostKeyKinds.includes(kind);
    if (!isKnown || parseHostKey(key) === undefined) {
      context.addIssue({ code: "custom", message: isKnown ? rules.hostKey : rules.hostKeyKind });
    }
  });
}

/** A user or group, by name or number. */
export function account() {
  return z.string(rules.user).regex(/^[A-Za-z0-9_][A-Za-z0-9._-]*\$?$/, rules.user);
}

/** A TCP port. */
export function port() {
  return z.int(rules.port).min(1, rules.port).max(65535, rules.port);
}

const endpoint = {
  address: z
    .string(rules.address)
    .refine(isHostAddress, rules.address)
    .describe("Address or DNS name of the SSH server."),
  port: port().default(22).describe("TCP port of the SSH server."),
  user: account().default("root").describe("User to log in as."),
  hostKeys: z
    .array(hostKey(), rules.hostKeys)
    .default([])
    .describe("Public keys of the SSH server, `TYPE BASE64`; it must hold one of them."),
  acceptUnknownHostKey: z
    .boolean(rules.flag)
    .default(false)
    .describe("Accept whatever key the server shows when hostKeys is empty."),
};

/** An object with exactly these keys. */
function exactly<S extends z.ZodRawShape>(shape: S) {
  const known = Object.keys(shape).join(", ");
  return z.strictObject(shape, {
    error: ({ code }) =>
      code === "unrecognized_keys"
        ? `known here are: ${known}; fix: remove it or mend its spelling`
        : `must be an object; fix: give ${known}`,
  });
}

function isPinned(server: { hostKeys: string[]; acceptUnknownHostKey: boolean }): boolean {
  return server.hostKeys.length > 0 || server.acceptUnknownHostKey;
}

const pinning = { path: ["hostKeys"], message: rules.pinned };

const shape = {
  ...endpoint,
  sudo: z.boolean(rules.flag).default(false).describe("Run every step as root by sudo -n."),
  bastion: exactly(endpoint)
    .refine(isPinned, pinning)
    .meta({ id: "BastionData", description: "An SSH server to go through." })
    .optional(),
  lost: z.boolean(rules.flag).optional().describe("The host is gone for good: nothing there is contacted."),
};

/** A host without its name: what a `Host` takes. */
export const hostArgs = exactly(shape).refine(isPinned, pinning);

/** A host with a name by the given rule. */
export function namedHost<N extends z.ZodType>(name: N) {
  return exactly({ name, ...shape }).refine(isPinned, pinning);
}
