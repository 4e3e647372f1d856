import { childPath } from "../property-diff";
import { isObject, isUnknown, type CheckFailure, type Value, type Values } from "../../provider";

/** One input of a command resource, as the real provider's Go types describe it. */
export interface Field {
  type: "string" | "number" | "boolean" | "array" | "stringMap" | FieldGroup;
  required?: boolean;
  default?: Value;
}

export interface FieldGroup {
  /** Name of the type in messages. */
  name: string;
  fields: Readonly<Record<string, Field>>;
}

const connectionFields: Record<string, Field> = {
  agentSocketPath: { type: "string" },
  dialErrorLimit: { type: "number", default: 10 },
  host: { type: "string", required: true },
  hostKey: { type: "string" },
  password: { type: "string" },
  perDialTimeout: { type: "number", default: 15 },
  port: { type: "number", default: 22 },
  privateKey: { type: "string" },
  privateKeyPassword: { type: "string" },
  user: { type: "string", default: "root" },
};

const proxyConnection: FieldGroup = { name: "remote.ProxyConnection", fields: connectionFields };

const connection: FieldGroup = {
  name: "remote.Connection",
  fields: { ...connectionFields, proxy: { type: proxyConnection } },
};

/** Inputs of `command:remote:Command`. */
export const remoteCommand: FieldGroup = {
  name: "remote.CommandInputs",
  fields: {
    addPreviousOutputInEnv: { type: "boolean" },
    connection: { type: connection, required: true },
    create: { type: "string" },
    delete: { type: "string" },
    environment: { type: "stringMap" },
    logging: { type: "string" },
    stdin: { type: "string" },
    triggers: { type: "array" },
    update: { type: "string" },
  },
};

/** Fills in defaults, unless there is something to refuse. Unknown values are left alone. */
export function checkFields(group: FieldGroup, values: Values): { inputs: Values; failures: CheckFailure[] } {
  const failures: CheckFailure[] = [];
  const inputs = withDefaults(group, values, "", failures);
  return { inputs: failures.length > 0 ? values : inputs, failures };
}

function withDefaults(group: FieldGroup, values: Values, path: string, failures: CheckFailure[]): Values {
  const result: Values = {};
  for (const [name, field] of Object.entries(group.fields)) {
    const property = childPath(path, name);
    const value = values[name] ?? field.default;
    if (value !== undefined) {
      result[name] = checkValue(field, value, property, failures);
    } else if (field.required) {
      failures.push({ property, reason: `Missing required field '${name}' on '${group.name}'` });
    }
  }
  for (const name of Object.keys(values)) {
    if (name in group.fields || name.startsWith("__")) continue;
    failures.push({ property: childPath(path, name), reason: `Unrecognized field '${name}' on '${group.name}'` });
  }
  return result;
}

function checkValue(field: Field, value: Value, property: string, failures: CheckFailure[]): Value {
  if (isUnknown(value)) return value;
  if (typeof field.type === "object") {
    if (isObject(value)) return withDefaults(field.type, value, property, failures);
    failures.push({ property, reason: `must be an object (${field.type.name})` });
  } else if (!isOfType(field.type, value)) {
    failures.push({ property, reason: `must be a ${field.type === "stringMap" ? "map of strings" : field.type}` });
  }
  return value;
}

function isOfType(type: Exclude<Field["type"], FieldGroup>, value: Value): boolean {
  if (type === "array") return Array.isArray(value);
  if (type !== "stringMap") return typeof value === type;
  return isObject(value) && Object.values(value).every((entry) => typeof entry === "string" || isUnknown(entry));
}
