import { EXIT, UserError } from "../errors";
import { makeSecret } from "../property";
import type { Properties } from "../property";
import type { Crypter } from "../state/deployment";
import type { ConfigItems, ConfigSchema, Project } from "./project";
import { decryptConfig, fullKey } from "./settings";
import type { StackSettings } from "./settings";

/** One configuration value as the program gets it: text, or JSON for lists and objects. */
export interface ConfigValue {
  text: string;
  secret: boolean;
}

export type Config = Map<string, ConfigValue>;

/**
 * The stack's configuration with the project's defaults, checked against the types in Pulumi.yaml.
 * @throws UserError for what is missing or of the wrong type, in the words of the CLI.
 */
export function resolveConfig(project: Project, stack: string, settings: StackSettings, crypter: Crypter): Config {
  const config: Config = new Map();
  const missing: string[] = [];
  for (const [key, value] of Object.entries(settings.config)) {
    const { plain, secret } = decryptConfig(value, crypter);
    config.set(key, { text: toText(plain), secret });
    const schema = project.config.get(key) ?? project.config.get(key.replace(`${project.name}:`, ""));
    if (schema?.type !== undefined) checkValue(stack, key.replace(`${project.name}:`, ""), schema, plain, secret);
  }
  for (const [name, schema] of [...project.config].sort(([left], [right]) => left.localeCompare(right))) {
    const key = fullKey(project, name);
    if (config.has(key)) continue;
    const fallback = schema.default ?? schema.value;
    if (fallback !== undefined && fallback !== null) config.set(key, { text: toText(fallback), secret: false });
    else if (key.startsWith(`${project.name}:`)) missing.push(name);
  }
  if (missing.length > 0) {
    const names = missing.map((name) => `'${name}'`);
    const list =
      names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names[names.length - 1] ?? ""}` : names.join("");
    throw new UserError(
      `Stack '${stack}' is missing configuration ${names.length > 1 ? "values" : "value"} ${list}`,
      EXIT.error,
    );
  }
  return config;
}

/** A configuration value as text; lists and objects as JSON. */
export function toText(value: unknown): string {
  if (typeof value === "string") return value;
  return value === null || value === undefined ? "" : JSON.stringify(value);
}

function checkValue(stack: string, key: string, schema: ConfigSchema, value: unknown, secret: boolean): void {
  if (schema.secret === true && !secret) {
    throw new UserError(`Stack '${stack}' with configuration key '${key}' must be encrypted as it's secret`);
  }
  if (!isOfType(schema.type ?? "", schema.items, value)) {
    throw new UserError(
      `Stack '${stack}' with configuration key '${key}' must be of type '${typeName(schema.type ?? "", schema.items)}'`,
    );
  }
}

function isOfType(type: string, items: ConfigItems | undefined, value: unknown): boolean {
  if (type === "string") return typeof value !== "object";
  if (type === "integer") return /^[+-]?\d+$/.test(String(value));
  if (type === "boolean") return value === true || value === false || value === "true" || value === "false";
  if (type === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  return items !== undefined && Array.isArray(value) && value.every((item) => isOfType(items.type, items.items, item));
}

function typeName(type: string, items: ConfigItems | undefined): string {
  return items ? `array<${typeName(items.type, items.items)}>` : type;
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
