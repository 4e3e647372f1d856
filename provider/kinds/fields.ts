import { z } from "zod";
import { namedHost, rules } from "../resources/host-rules";

export { account, port } from "../resources/host-rules";

/** A text that may not be empty. */
export function text(what: string) {
  const rule = `${what} must be a text that is not empty; fix: give one`;
  return z.string(rule).min(1, rule);
}

/** An absolute path in its one form. */
export function absolutePath() {
  const rule =
    "must be an absolute path without empty, . or .. parts, / at its end, or control characters; fix: write it like /opt/odc/log";
  return z.string(rule).refine(isCleanPath, rule);
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
  const rule = 'must be permission bits, three or four octal digits; fix: write them in quotes, like "0644"';
  return z
    .string(rule)
    .regex(/^[0-7]{3,4}$/, rule)
    .overwrite((digits) => digits.padStart(4, "0"));
}

/** True or false. */
export function flag() {
  return z.boolean(rules.flag);
}

/** Texts whose change sets something off. */
export function triggers() {
  const rule = "must be a list of texts; fix: give hashes or IDs, like [config.sha256]";
  return z.array(z.string(rule), rule).default([]);
}

/** The `host` input of every kind. */
export function host() {
  const rule =
    'must be a name of letters, digits, ., _ and - that starts with a letter or digit; fix: write it like "p1"';
  const name = z.string(rule).regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, rule);
  return namedHost(name.describe("Name of the host, unique in the stack.")).meta({
    id: "HostData",
    description: "Where a host is and how its SSH server is recognised.",
  });
}

/** Hosts as the schema gives them out. */
export type Host = z.output<ReturnType<typeof host>>;
