import { createHash } from "node:crypto";
import {
  PartialFailure,
  type CheckRequest,
  type CheckResult,
  type CreateRequest,
  type CreateResult,
  type DeleteRequest,
  type DiffRequest,
  type DiffResult,
  type ProviderLog,
  type ReadRequest,
  type ReadResult,
  type UpdateRequest,
  type UpdateResult,
  type Values,
} from "../../provider";
import { checkInputs } from "../bridge/check";
import { diffPlan } from "../bridge/diff";
import { plan } from "../bridge/plan";
import { refreshedInputs, stateAfterCreate } from "../bridge/state";
import { NotInTheStandIn } from "../refusal";
import type { ResourceKind } from "../stand-in";
import {
  changeContainer,
  createContainer,
  findOrPullImage,
  inspectContainer,
  removeContainer,
  startContainer,
} from "./container-operations";
import { readOutputs } from "./container-read";
import { containerSchema as schema } from "./container-schema";
import type { Daemon } from "./daemon";

/** Seconds for any operation, where customTimeouts say nothing. */
const DEFAULT_TIMEOUT = 1200;

/** The bridge's notes on the Terraform resource: its default timeouts in nanoseconds and the version of its schema. */
const META = JSON.stringify({
  "e2bfb730-ecaa-11e6-8f88-34363bc7c4c0": { create: 1200e9, delete: 1200e9, update: 1200e9 },
  schema_version: "2",
});

/** `docker:index/container:Container`. */
export class Container implements ResourceKind {
  readonly secretOutputs = [];

  /** @param daemon the daemon of the provider, once it is configured */
  constructor(private readonly daemon: () => Daemon) {}

  check(request: CheckRequest): CheckResult {
    const computedDefaults = { name: () => autoName(request) };
    return checkInputs(schema, request.olds, request.news, { packageName: "docker", sdkV2: true, computedDefaults });
  }

  diff(request: DiffRequest): DiffResult {
    const planned = plan(schema, request.olds, request.news, true);
    return diffPlan(schema, request.olds, planned, { sdkV2: true, deleteBeforeReplace: true });
  }

  async create(request: CreateRequest, log: ProviderLog): Promise<CreateResult> {
    const planned = plan(schema, undefined, request.inputs, true);
    if (request.preview) return { id: "", outputs: planned };
    const seconds = request.timeoutSeconds || DEFAULT_TIMEOUT;
    return this.daemon().within(seconds, `Creating container ${planned.name as string}`, async (docker) => {
      await findOrPullImage(docker, planned.image as string, log);
      const container = await createContainer(docker, planned);
      const failure = await startContainer(container, planned, log).then(
        () => undefined,
        (error: unknown) => error as Error,
      );
      const inspection = await inspectContainer(docker, container.id);
      if (inspection === undefined)
        throw failure ?? new Error(`container ${container.id} vanished while it was created`);
      const outputs = stateAfterCreate(schema, planned, readOutputs(inspection, planned));
      const state = { ...outputs, __meta: META };
      if (failure !== undefined) throw new PartialFailure(container.id, state, [failure.message]);
      return { id: container.id, outputs: state };
    });
  }

  async read(request: ReadRequest): Promise<ReadResult | undefined> {
    if (Object.keys(request.outputs).length === 0) throw new NotInTheStandIn("docker", `import of ${request.type}`);
    const inspection = await this.daemon().within(DEFAULT_TIMEOUT, `Reading container ${request.id}`, (docker) => {
      return inspectContainer(docker, request.id);
    });
    if (inspection === undefined) return undefined;
    const state = stateOf(request.outputs);
    const outputs = { ...state, ...readOutputs(inspection, state), __meta: META };
    return { id: request.id, inputs: refreshedInputs(schema, request.inputs, outputs), outputs };
  }

  async update(request: UpdateRequest): Promise<UpdateResult> {
    const olds = stateOf(request.olds);
    const planned = plan(schema, olds, request.news, true);
    if (request.preview) return { outputs: planned };
    const seconds = request.timeoutSeconds || DEFAULT_TIMEOUT;
    await this.daemon().within(seconds, `Updating container ${request.id}`, (docker) => {
      return changeContainer(docker.getContainer(request.id), olds, planned);
    });
    return { outputs: { ...planned, __meta: META } };
  }

  async delete(request: DeleteRequest): Promise<void> {
    const seconds = request.timeoutSeconds || DEFAULT_TIMEOUT;
    await this.daemon().within(seconds, `Deleting container ${request.id}`, (docker) => {
      return removeContainer(docker.getContainer(request.id), request.outputs);
    });
  }
}

/** The outputs that belong to the schema. */
function stateOf(outputs: Values): Values {
  return Object.fromEntries(Object.keys(schema).map((name) => [name, outputs[name] ?? null]));
}

/** The resource's name and seven hex digits, the same for the same seed. */
function autoName(request: CheckRequest): string {
  const digest = createHash("sha256").update(request.randomSeed).update(request.urn).digest("hex");
  return `${request.name}-${digest.slice(0, 7)}`;
}
