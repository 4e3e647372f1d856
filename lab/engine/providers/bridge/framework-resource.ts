import { isDeepStrictEqual } from "node:util";
import { UNKNOWN, type ProviderLog, type Value, type Values } from "../../provider";
import { NotInTheStandIn } from "../refusal";
import type { ResourceKind } from "../stand-in";
import { checkInputs } from "./check";
import type { Schema } from "./schema";

/**
 * A resource of a Plugin Framework provider (random, tls): everything about it is in state, so that only its creation
 * does any work.
 */
export interface FrameworkResource {
  packageName: string;
  schema: Schema;
  /** Value of `__meta`, where the real state has one. */
  schemaVersion?: number;
  secretOutputs?: readonly string[];
  secretInputs?: readonly string[];
  /** What is wrong with inputs as a whole, property and reason. */
  validate?(inputs: Values): [property: string, reason: string][];
  /** Changes the plan beyond what the schema says. */
  modifyPlan?(planned: Values, prior: Values | undefined, config: Values): void;
  /** Whether a change replaces, where that depends on the values; undefined leaves it to the schema. */
  replaces?(name: string, prior: Value, planned: Value): boolean | undefined;
  /** What a look at the outputs changes in them. */
  refreshed?(outputs: Values): Values;
  /** Makes the thing: all outputs that are still unknown in the plan, `id` among them. */
  make(planned: Values, log: ProviderLog): Promise<Values>;
}

/** The calls for such a resource. */
export function frameworkResource(resource: FrameworkResource): ResourceKind {
  const { packageName, schema, schemaVersion } = resource;
  const meta: Values = schemaVersion ? { __meta: JSON.stringify({ schema_version: String(schemaVersion) }) } : {};

  /** What the program says, else the default, else what is computed (the old value, or unknown for a new resource). */
  function plan(prior: Values | undefined, config: Values): Values {
    const entries = Object.entries(schema).map(([name, property]): [string, Value] => {
      const computed = property.computed ? (prior ? prior[name] : UNKNOWN) : undefined;
      return [name, config[name] ?? property.default ?? computed ?? null];
    });
    const planned = Object.fromEntries(entries);
    resource.modifyPlan?.(planned, prior, config);
    return planned;
  }

  return {
    secretOutputs: resource.secretOutputs ?? [],
    secretInputs: resource.secretInputs ?? [],
    check: ({ olds, news }) => {
      const { inputs, failures } = checkInputs(schema, olds, news, { packageName, defaults: "planned" });
      const more = resource.validate?.(inputs).map(([property, reason]) => ({ property, reason })) ?? [];
      return Promise.resolve({ inputs, failures: [...failures, ...more] });
    },
    diff: async ({ olds, news }) => {
      const planned = plan(olds, news);
      const diffs = Object.keys(schema).filter((name) => !isDeepStrictEqual(olds[name] ?? null, planned[name]));
      const replaces = diffs.filter((name) => {
        return resource.replaces?.(name, olds[name] ?? null, planned[name] ?? null) ?? schema[name]?.forceNew;
      });
      return Promise.resolve({
        changes: diffs.length > 0 ? "some" : "none",
        replaces,
        deleteBeforeReplace: false,
        diffs,
      });
    },
    create: async ({ inputs, preview }, log) => {
      const planned = plan(undefined, inputs);
      if (preview) return { id: "", outputs: withoutNulls(planned) };
      const outputs = withoutNulls({ ...planned, ...(await resource.make(planned, log)) });
      return { id: outputs.id as string, outputs: { ...meta, ...outputs } };
    },
    read: async ({ id, type, inputs, outputs }) => {
      if (Object.keys(outputs).length === 0) throw new NotInTheStandIn(packageName, `import of ${type}`);
      const known = withoutBridgeNotes(outputs);
      return Promise.resolve({ id, inputs, outputs: { ...meta, ...(resource.refreshed?.(known) ?? known) } });
    },
    update: async ({ olds, news, preview }) => {
      const planned = withoutNulls(plan(withoutBridgeNotes(olds), news));
      return Promise.resolve({ outputs: preview ? planned : { ...meta, ...planned } });
    },
    delete: () => Promise.resolve(),
  };
}

function withoutNulls(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

/**
 * The real bridge keeps notes about the Terraform state under keys of its own. They would no longer fit outputs that
 * the stand-in wrote, and are optional to the bridge.
 */
function withoutBridgeNotes(outputs: Values): Values {
  return Object.fromEntries(Object.entries(outputs).filter(([name]) => !name.startsWith("__")));
}
