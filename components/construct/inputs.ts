import { deserializeProperty } from "@pulumi/pulumi/runtime/rpc";
import { components } from "../../provider/components-schema";
import {
  OUTPUT_SIGNATURE,
  RESOURCE_SIGNATURE,
  SECRET_SIGNATURE,
  SIGNATURE,
  UNKNOWNS,
} from "../../provider/resources/protocol-marks";
import type { ComponentOrder } from "../../provider/resources/component-order";
import { report, sentence } from "../validation";
import { hostOf } from "./hosts";

type Properties = Record<string, unknown>;

/** A type in the plugin's schema. */
interface Type {
  type?: string;
  $ref?: string;
  items?: Type;
  additionalProperties?: Type;
  /** Whether it is needed before anything is deployed. */
  plain?: boolean;
  /** Whether the component itself keeps it as a secret. */
  secret?: boolean;
}

/** What is known of a value from what it is in. */
interface Surroundings {
  path: string;
  isSecret: boolean;
  dependencies: string[];
  problems: string[];
}

/**
 * A component's arguments as a program in TypeScript gives them: hosts in place of references, plain values where the schema says
 * so, and Outputs elsewhere where something is secret, not known yet or depends on another resource.
 * @throws Error that lists every argument that is not known yet, is secret where it must not be, or refers to no host
 */
export function inputsOf(kind: string, { name, inputs, inputDependencies }: ComponentOrder): Properties {
  const { inputProperties } = components.resources[`dbha:index:${kind}`] as { inputProperties: Record<string, Type> };
  const problems: string[] = [];
  const entries = Object.entries(inputs).map(([path, value]) => {
    // a value that tells what it depends on itself is told so by its parts
    const dependencies = holdsMark(value) ? [] : (inputDependencies[path] ?? []);
    return [path, read(value, inputProperties[path], { path, isSecret: false, dependencies, problems })] as const;
  });
  if (problems.length > 0) throw new Error(report(`${kind} ${name}: its arguments were refused`, problems));
  return known(entries);
}

function read(value: unknown, type: Type | undefined, at: Surroundings): unknown {
  if (value === null || value === undefined) return undefined;
  const within = isInput(type) ? undefined : contents(value, at);
  if (within !== undefined) return read(within.value, type, within.at);
  if (isInput(type)) return inputValue(value, type?.secret === true, at);
  if (type?.$ref?.startsWith("#/resources/")) return host(value, at);
  if (Array.isArray(value)) {
    return value.map((item, i) => read(item, type?.items, { ...at, path: `${at.path}[${i}]` }));
  }
  if (isObject(value)) {
    const fields = fieldsOf(type);
    const entries = Object.entries(value).map(
      ([key, inner]) => [key, read(inner, fields(key), { ...at, path: `${at.path}.${key}` })] as const,
    );
    return known(entries);
  }
  return plainValue(value, at);
}

/** What is in the envelope of an output or a secret; an output that is not known yet is in none. */
function contents(value: unknown, at: Surroundings): { value: unknown; at: Surroundings } | undefined {
  if (!isObject(value)) return undefined;
  const isSecret = at.isSecret || value.secret === true;
  const dependencies = [...at.dependencies, ...((value.dependencies as string[] | undefined) ?? [])];
  if (value[SIGNATURE] === SECRET_SIGNATURE) return { value: value.value, at: { ...at, isSecret: true } };
  if (value[SIGNATURE] !== OUTPUT_SIGNATURE) return undefined;
  return { value: "value" in value ? value.value : [...UNKNOWNS][0], at: { ...at, isSecret, dependencies } };
}

/**
 * An argument that may be an Output.
 * @param kept whether the component keeps it as a secret: SDKs mark such a value whatever the program gave, and as a plain one it is
 * checked with all others, at once.
 */
function inputValue(given: unknown, kept: boolean, at: Surroundings): unknown {
  const inner = contents(given, at);
  if (inner !== undefined) return inputValue(inner.value, kept, inner.at);
  const isKnown = !isUnknown(given);
  const isOpen = kept || !at.isSecret;
  if (isKnown && isOpen && at.dependencies.length === 0) return deserializeProperty(given, true) as unknown;
  const { isSecret: secret, dependencies } = at;
  const mark = { [SIGNATURE]: OUTPUT_SIGNATURE, secret, dependencies };
  return deserializeProperty(isKnown ? { ...mark, value: given } : mark, true) as unknown;
}

function plainValue(value: unknown, { path, isSecret, problems }: Surroundings): unknown {
  if (isUnknown(value)) {
    problems.push(
      `${path} = (not known yet): ${sentence("must be known before anything is deployed", "give a value that is no output of a resource, such as one of the configuration")}`,
    );
  } else if (isSecret) {
    problems.push(
      `${path} = [secret]: ${sentence("is kept as plain text, in the state and on hosts", "give a value that is no secret")}`,
    );
  }
  return value;
}

function host(value: unknown, at: Surroundings): unknown {
  const urn = isObject(value) && value[SIGNATURE] === RESOURCE_SIGNATURE ? String(value.urn) : undefined;
  const found = urn === undefined ? undefined : hostOf(urn);
  if (found !== undefined) return found;
  const [shown, rule, fix] =
    urn === undefined
      ? [
          isUnknown(value) ? "(not known yet)" : JSON.stringify(value),
          "must be a Host",
          "make a resource of the type dbha:Host and give that",
        ]
      : [urn, "was not made by this provider", "make the hosts with the same dbha provider as the component"];
  at.problems.push(`${at.path} = ${shown}: ${sentence(rule, fix)}`);
  return undefined;
}

/** The types of what is in an object. */
function fieldsOf(type: Type | undefined): (key: string) => Type | undefined {
  const named = type?.$ref?.replace(/^#\/types\//, "");
  const spec = named === undefined ? undefined : (components.types[named] as { properties: Record<string, Type> });
  return (key) => spec?.properties[key] ?? type?.additionalProperties;
}

/** Whether an argument may be an Output; what is made of other values is not one itself. */
function isInput(type: Type | undefined): boolean {
  if (type === undefined || type.plain === true || type.$ref?.startsWith("#/")) return false;
  return type.type !== "array" && type.type !== "object";
}

function holdsMark(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsMark);
  return isObject(value) && (SIGNATURE in value || Object.values(value).some(holdsMark));
}

const known = (entries: (readonly [string, unknown])[]): Properties =>
  Object.fromEntries(entries.filter(([, value]) => value !== undefined));

const isUnknown = (value: unknown): boolean => typeof value === "string" && UNKNOWNS.has(value);

const isObject = (value: unknown): value is Properties =>
  typeof value === "object" && value !== null && !Array.isArray(value);
