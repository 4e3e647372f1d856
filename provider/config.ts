import { z } from "zod";
import { Failure, propertyPath } from "./check";
import type { Credentials } from "./ssh/credentials";
import { hasUnknown, Properties } from "./wire";

/** The configuration of the plugin, plain. */
export interface Config extends Credentials {
  /** Credentials by host name, or by a bastion's address. */
  credentials: Record<string, Credentials>;
  /** File with the hosts, for imports. */
  inventory?: string;
  /** Limit for reaching a host, in seconds. */
  connectTimeout: number;
}

const rule = {
  text: "this is a text",
  agent: "agent is true or false",
  seconds: "connectTimeout is a number of seconds from 1 to 600",
};

const credentials = {
  privateKey: z.string(rule.text).optional().describe("Private key in OpenSSH or PEM form."),
  privateKeyFile: z
    .string(rule.text)
    .optional()
    .describe("File with the private key, on the machine that runs Pulumi."),
  passphrase: z.string(rule.text).optional().describe("Passphrase of the private key."),
  password: z.string(rule.text).optional().describe("Password of the user."),
  agent: z.boolean(rule.agent).optional().describe("Offer the keys of the SSH agent at SSH_AUTH_SOCK."),
};

/** Schemas of the configuration, by key. */
export const configShape = {
  ...credentials,
  credentials: z
    .record(
      z.string(),
      z
        .strictObject(credentials, "credentials are privateKey, privateKeyFile, passphrase, password and agent")
        .meta({ id: "HostCredentials", description: "How to log in to a host." }),
      "credentials are an object: host name -> privateKey, privateKeyFile, passphrase, password, agent",
    )
    .default({})
    .describe("Credentials by host name, or by a bastion's address; what is named here uses these alone."),
  inventory: z
    .string(rule.text)
    .min(1, "inventory is the path of a YAML file")
    .optional()
    .describe("YAML file with the hosts that pulumi import finds by name, on the machine that runs Pulumi."),
  connectTimeout: z
    .number(rule.seconds)
    .min(1, rule.seconds)
    .max(600, rule.seconds)
    .default(20)
    .describe("Seconds to try to reach a host before giving up."),
};

/** Keys of the configuration that hold secrets. */
export const secretConfig = ["privateKey", "passphrase", "password", "credentials"];

/**
 * Checks a configuration as the engine has it: texts, anything else as JSON. All problems at once; values are never quoted.
 * Keys that the engine adds for itself are let through.
 */
export function checkConfig(inputs: Properties): { config: Config; failures: Failure[] } {
  const values: Properties = {};
  const failures: Failure[] = [];
  for (const [key, value] of Object.entries(inputs)) {
    if (key in configShape) {
      values[key] = hasUnknown(value) ? undefined : fromText(key, value);
    } else if (!engineKeys.includes(key)) {
      const known = Object.keys(configShape).join(", ");
      failures.push({ property: key, reason: `dbha:${key}: there is no such setting; known are ${known}` });
    }
  }
  const result = z.object(configShape).safeParse(values);
  for (const issue of result.error?.issues ?? []) {
    const property = propertyPath(issue.path);
    const what =
      issue.code === "unrecognized_keys" ? `unknown ${issue.keys.join(", ")}; ${issue.message}` : issue.message;
    failures.push({ property, reason: `dbha:${property}: ${what}` });
  }
  return { config: result.data ?? { credentials: {}, connectTimeout: 20 }, failures };
}

const engineKeys = ["version", "pluginDownloadURL", "__internal"];

function fromText(key: string, value: unknown): unknown {
  if (typeof value !== "string" || !["agent", "credentials", "connectTimeout"].includes(key)) {
    return value;
  }
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** The configuration out of Configure's variables, `dbha:config:KEY` -> text. */
export function configVariables(variables: Iterable<[string, string]>): Properties {
  const prefix = "dbha:config:";
  const own = [...variables].filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]));
}

/** The credentials under the first of the names that has some, and these alone; else those for all. */
export function credentialsFor(config: Config, names: readonly string[]): Credentials {
  const name = names.find((candidate) => Object.hasOwn(config.credentials, candidate));
  return (name === undefined ? undefined : config.credentials[name]) ?? config;
}

/** Every secret text in a configuration, for keeping them out of messages. */
export function secretsOf(config: Config): string[] {
  const all: Credentials[] = [config, ...Object.values(config.credentials)];
  return all.flatMap(({ privateKey, passphrase, password }) =>
    [privateKey, passphrase, password].filter((secret) => secret !== undefined && secret !== ""),
  ) as string[];
}
