import { z } from "zod";
import { hostKeyKinds, parseHostKey } from "../ssh/host-key";

/** A TCP port. */
export function port() {
  const rule = "a port is a whole number from 1 to 65535";
  return z.int(rule).min(1, rule).max(65535, rule);
}

/** A text that may not be empty. */
export function text(what: string) {
  return z.string(`${what} is a text`).min(1, `${what} may not be empty`);
}

/** An absolute path in its one form. */
export function absolutePath() {
  return z
    .string("a path is a text")
    .refine(
      isCleanPath,
      "a path starts with /, has no empty, . or .. parts, no / at its end, and no control characters",
    );
}

/** Whether a text is an absolute path in its one form. */
export function isCleanPath(path: string): boolean {
  const [root, ...parts] = path.split("/");
  return (
    root === "" && parts.length > 0 && !/\p{Cc}/u.test(path) && parts.every((part) => !["", ".", ".."].includes(part))
  );
}

/** Permission bits; three digits become four. */
export function mode() {
  const rule = 'permission bits are three or four octal digits in quotes, such as "0644"';
  return z
    .string(rule)
    .regex(/^[0-7]{3,4}$/, rule)
    .overwrite((digits) => digits.padStart(4, "0"));
}

/** A user or group, by name or number. */
export function account(what: "user" | "group") {
  const rule = `a ${what} is a name of letters, digits, ., _ and -, or a number`;
  return z.string(rule).regex(/^[A-Za-z0-9_][A-Za-z0-9._-]*\$?$/, rule);
}

/** Texts whose change sets something off. */
export function triggers() {
  const rule = "triggers are texts, such as hashes or IDs";
  return z.array(z.string(rule), rule).default([]);
}

const hostKeyRule = `a host key is TYPE BASE64 as in /etc/ssh/ssh_host_*_key.pub, of type ${hostKeyKinds.join(", ")}`;

const endpoint = {
  address: z
    .string("an address is an IP address or a DNS name")
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9.:_%-]*$|^:[A-Fa-f0-9:]+$/,
      "an address is an IP address or a DNS name, without user or port",
    )
    .describe("Address or DNS name of the SSH server."),
  port: port().default(22).describe("TCP port of the SSH server."),
  user: account("user").default("root").describe("User to log in as."),
  hostKeys: z
    .array(
      z.string(hostKeyRule).refine((key) => parseHostKey(key) !== undefined, hostKeyRule),
      "hostKeys is a list",
    )
    .default([])
    .describe("Public keys of the SSH server, `TYPE BASE64`; it must hold one of them."),
  acceptUnknownHostKey: z
    .boolean("acceptUnknownHostKey is true or false")
    .default(false)
    .describe("Accept whatever key the server shows when hostKeys is empty."),
};

function pinned(server: { hostKeys: string[]; acceptUnknownHostKey: boolean }): boolean {
  return server.hostKeys.length > 0 || server.acceptUnknownHostKey;
}

const pinning = {
  path: ["hostKeys"],
  error:
    "no host key is pinned; take it from the host's /etc/ssh/ssh_host_ed25519_key.pub, or set acceptUnknownHostKey: true to trust whoever answers",
};

/** The `host` input of every kind. */
export function host() {
  return z
    .strictObject(
      {
        name: z
          .string("a host's name is a text")
          .regex(
            /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
            "a host's name has letters, digits, ., _ and -, and starts with a letter or digit",
          )
          .describe("Name of the host, unique in the stack."),
        ...endpoint,
        sudo: z.boolean("sudo is true or false").default(false).describe("Run every step as root by sudo -n."),
        bastion: z
          .strictObject(
            endpoint,
            "a bastion has an address, and may have port, user, hostKeys and acceptUnknownHostKey",
          )
          .refine(pinned, pinning)
          .meta({ id: "BastionData", description: "An SSH server to go through." })
          .optional(),
      },
      "a host has a name and an address, and may have port, user, hostKeys, acceptUnknownHostKey, sudo and bastion",
    )
    .refine(pinned, pinning)
    .meta({ id: "HostData", description: "Where a host is and how its SSH server is recognised." });
}

/** Hosts as the schema gives them out. */
export type Host = z.output<ReturnType<typeof host>>;
