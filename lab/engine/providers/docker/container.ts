import { createHash } from "node:crypto";
import { PartialFailure, type CheckRequest, type Values } from "../../provider";
import { checkInputs } from "../bridge/check";
import type { ResourceKind } from "../stand-in";
import * as operations from "./container-operations";
import { containerSchema } from "./container-schema";
import type { Daemon } from "./daemon";
import { diffPlan, importedInputs, plan, refreshedInputs, stateAfterCreate, stateAfterUpdate } from "./plan";
import { readOutputs } from "./translate";

/** Seconds for any operation, where customTimeouts say nothing. */
const DEFAULT_TIMEOUT = 1200;

/** The bridge's notes on the Terraform resource: its default timeouts in nanoseconds and the version of its schema. */
const META = JSON.stringify({
  "e2bfb730-ecaa-11e6-8f88-34363bc7c4c0": { create: 1200e9, delete: 1200e9, update: 1200e9 },
  schema_version: "2",
});

/**
 * `docker:index/container:Container`.
 * @param daemon the daemon of the provider, once it is configured
 */
export function container(daemon: () => Daemon): ResourceKind {
  return {
    secretOutputs: [],

    check: async (request) => {
      const computedDefaults = { name: () => autoName(request) };
      const context = { packageName: "docker", defaults: "noted", computedDefaults } as const;
      return Promise.resolve(checkInputs(containerSchema, request.olds, request.news, context));
    },

    diff: ({ olds, news }) => Promise.resolve(diffPlan(olds, plan(olds, news))),

    create: async ({ inputs, preview, timeoutSeconds }, log) => {
      const planned = plan(undefined, inputs);
      if (preview) return { id: "", outputs: planned };
      const what = `Creating container ${planned.name as string}`;
      return daemon().within(timeoutSeconds || DEFAULT_TIMEOUT, what, async () => {
        await operations.findOrPullImage(daemon(), planned.image as string, log);
        const id = await operations.createContainer(daemon(), planned);
        // from here on there is a container, to be kept in the state whatever happens
        const kept = (read: Values): Values => ({ ...stateAfterCreate(planned, read), __meta: META });
        const failure = await operations.startContainer(daemon(), id, planned).then(
          () => undefined,
          (error: unknown) => error as Error,
        );
        const inspection = await operations.inspectContainer(daemon(), id).catch((error: unknown) => {
          const reasons = [failure, error as Error].flatMap((reason) => reason?.message ?? []);
          throw new PartialFailure(id, kept({ id }), reasons);
        });
        if (inspection === undefined) throw failure ?? new Error(`container ${id} vanished while it was created`);
        const state = kept(readOutputs(inspection, planned));
        if (failure !== undefined) throw new PartialFailure(id, state, [failure.message]);
        return { id, outputs: state };
      });
    },

    read: async ({ id, inputs, outputs: olds }) => {
      const inspection = await daemon().within(DEFAULT_TIMEOUT, `Reading container ${id}`, () => {
        return operations.inspectContainer(daemon(), id);
      });
      if (inspection === undefined) return undefined;
      const isImport = Object.keys(olds).length === 0;
      // a set of objects is read as an empty one, others as nothing
      const state = isImport ? { ...stateOf(olds), labels: [] } : stateOf(olds);
      const outputs = { ...state, ...readOutputs(inspection, state), __meta: META };
      return { id, inputs: isImport ? importedInputs(outputs) : refreshedInputs(inputs, outputs), outputs };
    },

    update: async ({ id, news, preview, timeoutSeconds, ...request }) => {
      const olds = stateOf(request.olds);
      const planned = plan(olds, news);
      if (preview) return { outputs: planned };
      await daemon().within(timeoutSeconds || DEFAULT_TIMEOUT, `Updating container ${id}`, () => {
        return operations.changeContainer(daemon(), id, olds, planned);
      });
      return { outputs: { ...stateAfterUpdate(olds, planned), __meta: META } };
    },

    delete: async ({ id, outputs, timeoutSeconds }) => {
      await daemon().within(timeoutSeconds || DEFAULT_TIMEOUT, `Deleting container ${id}`, () => {
        return operations.removeContainer(daemon(), id, outputs);
      });
    },
  };
}

/** The outputs that belong to the schema. */
function stateOf(outputs: Values): Values {
  return Object.fromEntries(Object.keys(containerSchema).map((name) => [name, outputs[name] ?? null]));
}

/** The resource's name and seven hex digits, the same for the same seed. */
function autoName(request: CheckRequest): string {
  const digest = createHash("sha256").update(request.randomSeed).update(request.urn).digest("hex");
  return `${request.name}-${digest.slice(0, 7)}`;
}
