import { z } from "zod";
import { UNKNOWN } from "./resources/protocol-marks";
import { hasUnknown, Properties } from "./wire";

/** A problem with an input: which, and what was found, the rule, the fix. */
export interface Failure {
  /** Path of the property, such as `host.port`. */
  property: string;
  reason: string;
}

export interface Checked {
  inputs: Properties;
  failures: Failure[];
}

/**
 * Checks inputs against their schemas, all problems at once, and fills in defaults. What is unknown yet is let through.
 * @param quiet names of inputs whose values are not quoted
 */
export function checkInputs(shape: z.ZodRawShape, quiet: readonly string[], news: Properties): Checked {
  const inputs: Properties = {};
  const failures: Failure[] = [];
  for (const [key, schema] of Object.entries(shape)) {
    const value = news[key];
    const result: z.ZodSafeParseResult<unknown> = z.safeParse(schema, value);
    if (result.success) {
      inputs[key] = result.data;
      continue;
    }
    const issues = result.error.issues.filter((issue) => !leadsToUnknown(value, issue.path));
    failures.push(...issues.map((issue) => failure([key, ...issue.path], issue, news, quiet)));
    inputs[key] = value;
  }
  const known = Object.keys(shape);
  for (const key of Object.keys(news).filter((name) => !known.includes(name))) {
    failures.push({ property: key, reason: unknownKeys("", [key], known) });
  }
  return { inputs: Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== undefined)), failures };
}

/** Whether the path meets an unknown value on its way, or ends at something that holds one. */
function leadsToUnknown(value: unknown, path: readonly PropertyKey[]): boolean {
  let at: unknown = value;
  for (const step of path) {
    if (at === UNKNOWN) {
      return true;
    }
    at = member(at, step);
  }
  return hasUnknown(at);
}

function member(value: unknown, key: PropertyKey): unknown {
  return typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined;
}

function failure(path: PropertyKey[], issue: z.core.$ZodIssue, news: Properties, quiet: readonly string[]): Failure {
  const property = propertyPath(path);
  if (issue.code === "unrecognized_keys") {
    return { property, reason: unknownKeys(`${property}.`, issue.keys, []) };
  }
  const value = path.reduce<unknown>(member, news);
  const isQuiet = quiet.some(
    (name) => property === name || (/^[.[]/.test(property.slice(name.length)) && property.startsWith(name)),
  );
  return { property, reason: `${property}: ${isQuiet ? "" : `${show(value)}: `}${issue.message}` };
}

function unknownKeys(prefix: string, keys: readonly string[], known: readonly string[]): string {
  const names = keys.map((key) => `${prefix}${key}`).join(", ");
  const choice = known.length === 0 ? "" : `; known are ${known.join(", ")}`;
  return `${names}: there is no such argument; correct its spelling or remove it${choice}`;
}

/** A path as Pulumi writes it: `triggers[0]`, `http.json["/data"]`. */
export function propertyPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") {
      return `${text}[${step}]`;
    }
    const name = String(step);
    if (!/^[A-Za-z_$][\w$]*$/.test(name)) {
      return `${text}[${JSON.stringify(name)}]`;
    }
    return text === "" ? name : `${text}.${name}`;
  }, "");
}

function show(value: unknown): string {
  if (value === undefined) {
    return "missing";
  }
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
