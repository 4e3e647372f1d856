import { z } from "zod";
import { configShape, secretConfig } from "./config";
import { kinds, queries } from "./kinds";
import type { Kind } from "./kinds/kind";

type Json = Record<string, unknown>;

/** The plugin's schema with its components, which few ask for. @param version of the package; "" leaves it out */
export async function wholeSchema(version: string): Promise<Json> {
  const { components } = await import("./components-schema.js");
  const own = pluginSchema(version) as { resources: Json; types: Json };
  const resources = { ...own.resources, ...components.resources };
  return { ...own, resources, types: { ...own.types, ...components.types } };
}

/**
 * The schema of what the plugin itself makes in Pulumi's form, made from the same schemas that check the inputs.
 * @param version of the package; "" leaves it out
 */
export function pluginSchema(version: string): Json {
  const types: Json = {};
  const object = (shape: z.ZodRawShape, io: "input" | "output") => objectSpec(shape, io, types);
  const config = withSecrets(object(configShape, "input").properties);
  const resources = kinds.map((kind) => [kind.token, resourceSpec(kind, object)]);
  const functions = queries.map(({ token, description, inputs, outputs }) => [
    token,
    { description, inputs: object(inputs, "input"), outputs: object(outputs, "output") },
  ]);
  return {
    name: "dbha",
    ...(version === "" ? {} : { version }),
    description: "Remote resources on plain Linux hosts over SSH, for the pulumi-dbha components",
    config: { variables: config },
    provider: { inputProperties: config },
    resources: Object.fromEntries(resources) as Json,
    functions: Object.fromEntries(functions) as Json,
    types,
    // For the code that `pulumi import` writes: `import * as dbha from "pulumi-dbha"; new dbha.remote.File(…)`.
    language: { nodejs: { packageName: "pulumi-dbha", moduleToPackage: { index: "remote" } } },
  };
}

type ObjectSpec = { properties: Json; required: string[]; type: "object" };

function resourceSpec(kind: Kind, object: (shape: z.ZodRawShape, io: "input" | "output") => ObjectSpec): Json {
  const given = Object.entries(kind.inputs).filter(([, input]) => z.globalRegistry.get(input)?.computed !== true);
  const inputs = object(Object.fromEntries(given), "input");
  const outputs = object({ ...kind.inputs, ...kind.outputs }, "output");
  return {
    description: kind.description,
    inputProperties: inputs.properties,
    requiredInputs: inputs.required,
    properties: outputs.properties,
    required: outputs.required,
  };
}

/** Properties of an object in Pulumi's form; named objects inside it go to `types`. */
function objectSpec(shape: z.ZodRawShape, io: "input" | "output", types: Json): ObjectSpec {
  const json = z.toJSONSchema(z.object(shape), { io, unrepresentable: "any" }) as Json;
  for (const [name, definition] of Object.entries((json.$defs ?? {}) as Record<string, Json>)) {
    // A type is used both ways; what has a default may be left out of an input, and that is what programs write.
    if (io === "input" || !(`dbha:index:${name}` in types)) {
      types[`dbha:index:${name}`] = { description: definition.description, ...body(definition) };
    }
  }
  return body(json);
}

function body(json: Json): ObjectSpec {
  const properties = Object.entries((json.properties ?? {}) as Record<string, Json>);
  return {
    type: "object",
    properties: Object.fromEntries(properties.map(([name, property]) => [name, propertySpec(property)])),
    required: (json.required ?? []) as string[],
  };
}

function propertySpec(property: Json): Json {
  const { description } = property;
  const isScalar = ["string", "number", "boolean"].includes(typeof property.default);
  return {
    ...typeSpec(property),
    ...(description === undefined ? {} : { description }),
    ...(isScalar ? { default: property.default } : {}),
  };
}

function typeSpec(property: Json): Json {
  if (typeof property.$ref === "string") {
    return { $ref: `#/types/dbha:index:${property.$ref.split("/").at(-1) ?? ""}` };
  }
  if (property.type === "array") {
    return { type: "array", items: typeSpec((property.items ?? {}) as Json) };
  }
  if (property.type === "object") {
    return { type: "object", additionalProperties: typeSpec((property.additionalProperties ?? {}) as Json) };
  }
  return typeof property.type === "string" ? { type: property.type } : { $ref: "pulumi.json#/Any" };
}

function withSecrets(properties: Json): Json {
  const entries = Object.entries(properties) as [string, Json][];
  return Object.fromEntries(
    entries.map(([name, property]) => [name, secretConfig.includes(name) ? { ...property, secret: true } : property]),
  );
}
