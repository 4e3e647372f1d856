import { Unsupported, UserError } from "../errors";
import { isMap, makeSecret, rebuild, type Properties, type Property } from "../property";
import type { Crypter } from "../state/deployment";
import type { Project } from "./project";
import { fullKey, type StackSettings } from "./settings";

/** One configuration value as the program gets it: text, or JSON for lists and objects. */
export interface ConfigValue {
  text: string;
  secret: boolean;
}

export type Config = Map<string, ConfigValue>;

/** The types that Pulumi.yaml may ask for. */
const TYPES: Record<string, (value: Property) => boolean> = {
  string: (value) => typeof value !== "object",
  integer: (value) => /^[+-]?\d+$/.test(toText(value)),
  object: isMap,
};

/**
 * The stack's configuration with the project's defaults, checked against the types in Pulumi.yaml.
 * @throws UserError for what is missing or of the wrong type, in the words of the CLI.
 */
export function resolveConfig(project: Project, stack: string, settings: StackSettings, crypter: Crypter): Config {
  const config: Config = new Map();
  for (const [key, value] of Object.entries(settings.config)) {
    const { plain, secret } = decrypt(value, crypter);
    config.set(key, { text: toText(plain), secret });
    const name = key.replace(`${project.name}:`, "");
    const type = project.config.get(name)?.type;
    if (type !== undefined && TYPES[type]?.(plain) === false) {
      throw new UserError(`Stack '${stack}' with configuration key '${name}' must be of type '${type}'`);
    }
  }
  for (const [name, { type, default: fallback }] of [...project.config].sort()) {
    if (type !== undefined && !(type in TYPES)) throw new Unsupported(`configuration of the type "${type}"`);
    const key = fullKey(project, name);
    if (config.has(key)) continue;
    if (fallback === undefined) throw new UserError(`Stack '${stack}' is missing configuration value '${name}'`);
    config.set(key, { text: toText(fallback), secret: false });
  }
  return config;
}

/** A configuration value as text; lists and objects as JSON. */
function toText(value: Property): string {
  if (typeof value === "string") return value;
  return value === null ? "" : JSON.stringify(value);
}

/** Replaces `{secure: CIPHERTEXT}` by the plain text, at any depth. */
function decrypt(value: Property, crypter: Crypter): { plain: Property; secret: boolean } {
  let secret = false;
  const plain = rebuild(value, (part) => {
    if (!isMap(part) || typeof part.secure !== "string" || Object.keys(part).length > 1) return undefined;
    secret = true;
    return crypter.decrypt(part.secure);
  });
  return { plain, secret };
}

/** What `PACKAGE:*` says: the inputs of the package's default provider. */
export function packageConfig(config: Config, packageName: string): Properties {
  const prefix = `${packageName}:`;
  const inputs: Properties = {};
  for (const [key, { text, secret }] of config) {
    if (key.startsWith(prefix)) inputs[key.slice(prefix.length)] = secret ? makeSecret(text) : text;
  }
  return inputs;
}
