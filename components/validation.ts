import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { isSecretField } from "./secret-fields";

/** True for options like `--x.password=…`. Such a text never appears in a message either. */
export const carriesSecret = (text: string): boolean =>
  /(password|passwd|pwd|secret|token|credential|(access|private|api)[-_.]?key)[\w.-]*=/i.test(text);

/**
 * A schema for one setting: whatever is wrong with it is told as one rule and one fix, in the words of this project
 * rather than in those of the schema library.
 */
export function setting<T>(schema: z.ZodType<T>, rule: string, fix: string): z.ZodType<T> {
  return z.custom<T>().superRefine((value, context) => {
    if (!schema.safeParse(value).success) context.addIssue({ code: "custom", message: sentence(rule, fix) });
  });
}

/** The same for a setting that may be an Output: plain values are checked now, Outputs by {@link checkedOutput}. */
export function inputSetting<T>(schema: z.ZodType<T>): z.ZodType<pulumi.Input<T>> {
  return z.custom<pulumi.Input<T>>().superRefine((value, context) => {
    if (pulumi.Output.isInstance(value) || value instanceof Promise) return;
    const result = schema.safeParse(value);
    if (!result.success) for (const issue of result.error.issues) context.addIssue({ ...issue, path: [...issue.path] });
  });
}

/** An object with exactly these keys; an unknown key is refused and the known ones are listed. */
export function settings<S extends z.core.$ZodLooseShape>(shape: S): z.ZodObject<S, z.core.$strict> {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? sentence(`known here are: ${Object.keys(shape).join(", ")}`, "remove it or mend its spelling")
        : sentence("must be an object", `give ${Object.keys(shape).join(", ")}`),
  });
}

/** How every rule is worded: what must hold, then what to do. */
export function sentence(rule: string, fix: string): string {
  return `${rule}; fix: ${fix}`;
}

/** One line for each problem: field, the value found (never a secret), rule and fix. */
export function problems(error: z.ZodError, value: unknown): string[] {
  const misspelt = error.issues.flatMap((issue) => (issue.code === "unrecognized_keys" ? issue.keys : []));
  return error.issues.flatMap((issue) => {
    const fields =
      issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...issue.path, key]) : [[...issue.path]];
    // what stands under a misspelt name may be a secret
    const found = (path: PropertyKey[]): string =>
      issue.code === "unrecognized_keys" ? "(unknown key)" : shown(path, value, misspelt);
    return fields.map((path) => `${fieldName(path)} = ${found(path)}: ${issue.message}`);
  });
}

/** Resources whose arguments were refused, in a preview that went on. */
const refused = new WeakSet<object>();

/**
 * Checks all arguments at once. A preview tells what is wrong with them and goes on, so that the mistakes of all components of a
 * program are told in one run.
 * @returns the arguments with defaults filled in; undefined where a preview goes on without the component, because its arguments
 * were refused, or those of another one among them.
 * @throws pulumi.ResourceError that lists every problem as field, value, rule and fix, but for a preview.
 */
export function parseArgs<T>(schema: z.ZodType<T>, args: unknown, resource: pulumi.Resource, name: string) {
  const result = schema.safeParse(args);
  return accepted(result, result.success ? [] : problems(result.error, args), args, resource, name);
}

/**
 * The same for a component whose name is part of other names: what is wrong with it is told with the rest.
 * @param nameSchema of `{ name }`.
 */
export function parseNamed<T>(
  nameSchema: z.ZodType,
  schema: z.ZodType<T>,
  args: unknown,
  resource: pulumi.Resource,
  kind: string,
  name: string,
) {
  const named = nameSchema.safeParse({ name });
  const result = schema.safeParse(args);
  const lines = [
    ...(named.success ? [] : problems(named.error, { name })),
    ...(result.success ? [] : problems(result.error, args)),
  ];
  return accepted(result, lines, args, resource, `${kind} ${name}`);
}

function accepted<T>(
  result: z.ZodSafeParseResult<T>,
  lines: string[],
  args: unknown,
  resource: pulumi.Resource,
  name: string,
): T | undefined {
  if (lines.length > 0) refuseArguments(lines, resource, name);
  else if (!namesRefused(args)) return result.data;
  refused.add(resource);
  return undefined;
}

/** @throws pulumi.ResourceError that lists the problems, but for a preview, which tells them and goes on without the component. */
export function refuseArguments(lines: string[], resource: pulumi.Resource, name: string): void {
  const error = refusal(`${name}: its arguments were refused`, lines, resource);
  if (!pulumi.runtime.isDryRun()) throw error;
  // like any error that nobody catches it is told, and fails the run
  void Promise.reject(error);
  refused.add(resource);
}

/** Whether a resource that was refused stands among arguments. */
function namesRefused(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (refused.has(value)) return true;
  if (pulumi.Resource.isInstance(value) || pulumi.Output.isInstance(value) || value instanceof Promise) return false;
  return Object.values(value).some(namesRefused);
}

/** An output of a component until it is deployed, and for good where a preview goes on without it. */
export const unknown = <T>(): pulumi.Output<T> => pulumi.output(pulumi.unknown) as unknown as pulumi.Output<T>;

const UNCHANGED = "nothing was changed";

/** In an update, resources that do not depend on what is refused are made and changed meanwhile. */
const effectNow = (): string => (pulumi.runtime.isDryRun() ? UNCHANGED : "nothing that depends on it was changed");

/**
 * The error that names a resource and all its problems; no stack trace is shown with it. The SDK inspects it on the way, and
 * would walk through the resource and all that it reaches, for many seconds. It also puts the names of properties that wait
 * for it before the message, in place of which a fixed one stays as it is.
 */
export function refusal(
  headline: string,
  lines: string[],
  resource: pulumi.Resource,
  effect = effectNow(),
): pulumi.ResourceError {
  const message = report(headline, lines, effect);
  return Object.defineProperties(new pulumi.ResourceError(message, resource, true), {
    message: { get: () => message, set: () => undefined },
    [inspect.custom]: { value: () => message },
  });
}

/** A headline with what it means for what is deployed, and its problems, one a line. */
export function report(headline: string, lines: string[], effect = UNCHANGED): string {
  return `${headline} (${lines.length} ${lines.length === 1 ? "problem" : "problems"}); ${effect}:\n${lines
    .map((line) => `  - ${line}`)
    .join("\n")}`;
}

/** The Output of an input that is checked as soon as it is known, by the same rule as a plain value. */
export function checkedOutput<T>(
  input: pulumi.Input<T>,
  schema: z.ZodType<T>,
  field: string,
  resource: pulumi.Resource,
): pulumi.Output<T> {
  return pulumi.output(input).apply((value) => {
    const result = schema.safeParse(value);
    if (result.success) return value;
    const lines = result.error.issues.map(
      (issue) => `${field} = ${shown([field], { [field]: value })}: ${issue.message}`,
    );
    throw refusal("an argument was refused", lines, resource);
  }) as pulumi.Output<T>;
}

function fieldName(path: PropertyKey[]): string {
  return (
    path.map((key, i) => (typeof key === "number" ? `[${key}]` : `${i ? "." : ""}${String(key)}`)).join("") ||
    "arguments"
  );
}

/** @param hidden names of settings whose values do not appear either. */
function shown(path: PropertyKey[], root: unknown, hidden: string[] = []): string {
  if (path.some((key) => isSecretField(String(key)))) return "[secret]";
  const value = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], root);
  if (value === undefined) return "(missing)";
  if (pulumi.Output.isInstance(value)) return "(computed)";
  const isHidden = (key: string): boolean => isSecretField(key) || hidden.includes(key);
  const text = inJson(value, isHidden);
  if (text !== undefined && carriesSecret(text)) return "[secret]";
  return text === undefined ? typeof value : text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

/** Undefined where JSON has no word for it. What contains itself is told as such. */
function inJson(value: unknown, isHidden: (key: string) => boolean): string | undefined {
  try {
    return JSON.stringify(value, (key, inner: unknown) => (isHidden(key) ? "[secret]" : inner));
  } catch {
    return "(contains itself)";
  }
}
