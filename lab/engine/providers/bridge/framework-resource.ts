import type {
  CheckRequest,
  CheckResult,
  CreateRequest,
  CreateResult,
  DiffRequest,
  DiffResult,
  ProviderLog,
  ReadRequest,
  ReadResult,
  UpdateRequest,
  UpdateResult,
  Value,
  Values,
} from "../../provider";
import { NotInTheStandIn } from "../refusal";
import type { ResourceKind } from "../stand-in";
import { checkInputs } from "./check";
import { diffPlan } from "./diff";
import { plan, withoutNulls } from "./plan";
import type { Schema } from "./schema";

/**
 * A resource of a Plugin Framework provider (random, tls): everything about it is in state, so that only its creation
 * does any work.
 */
export abstract class FrameworkResource implements ResourceKind {
  abstract readonly secretOutputs: readonly string[];
  readonly secretInputs: readonly string[] = [];
  protected abstract readonly packageName: string;
  protected abstract readonly schema: Schema;

  /** Value of `__meta`, where the real state has one. */
  protected readonly schemaVersion: number = 0;

  check(request: CheckRequest): CheckResult {
    return checkInputs(this.schema, request.olds, request.news, { packageName: this.packageName, sdkV2: false });
  }

  diff(request: DiffRequest): DiffResult {
    const planned = this.planFor(request.olds, request.news);
    const { changes, replaces, deleteBeforeReplace, diffs } = diffPlan(this.schema, request.olds, planned, {
      sdkV2: false,
      deleteBeforeReplace: false,
      replaces: (name, prior, value) => this.replaces?.(name, prior, value),
    });
    return { changes, replaces, deleteBeforeReplace, diffs };
  }

  async create(request: CreateRequest, log: ProviderLog): Promise<CreateResult> {
    const planned = this.planFor(undefined, request.inputs);
    if (request.preview) return { id: "", outputs: withoutNulls(planned) };
    const outputs = withoutNulls({ ...planned, ...(await this.make(planned, log)) });
    return { id: outputs.id as string, outputs: { ...this.meta(), ...outputs } };
  }

  read(request: ReadRequest): Promise<ReadResult | undefined> {
    if (Object.keys(request.outputs).length === 0) {
      return Promise.reject(new NotInTheStandIn(this.packageName, `import of ${request.type}`));
    }
    const known = withoutBridgeNotes(request.outputs);
    const outputs = { ...this.meta(), ...(this.refreshed?.(known) ?? known) };
    return Promise.resolve({ id: request.id, inputs: request.inputs, outputs });
  }

  update(request: UpdateRequest): Promise<UpdateResult> {
    const planned = withoutNulls(this.planFor(withoutBridgeNotes(request.olds), request.news));
    return Promise.resolve({ outputs: request.preview ? planned : { ...this.meta(), ...planned } });
  }

  delete(): Promise<void> {
    return Promise.resolve();
  }

  /** Makes the thing: all outputs that are still unknown in the plan, `id` among them. */
  protected abstract make(planned: Values, log: ProviderLog): Promise<Values>;

  /** Changes the plan beyond what the schema says. */
  protected modifyPlan?(planned: Values, prior: Values | undefined, config: Values): void;

  /** Whether a change replaces, where that depends on the values; undefined leaves it to the schema. */
  protected replaces?(name: string, prior: Value, value: Value): boolean | undefined;

  /** What a look at the outputs changes in them. */
  protected refreshed?(outputs: Values): Values;

  private planFor(prior: Values | undefined, config: Values): Values {
    const planned = plan(this.schema, prior, config, false);
    this.modifyPlan?.(planned, prior, config);
    return planned;
  }

  private meta(): Values {
    return this.schemaVersion === 0 ? {} : { __meta: JSON.stringify({ schema_version: String(this.schemaVersion) }) };
  }
}

/**
 * The real bridge keeps notes about the Terraform state under keys of its own. They would no longer fit outputs that
 * the stand-in wrote, and are optional to the bridge.
 */
export function withoutBridgeNotes(outputs: Values): Values {
  return Object.fromEntries(Object.entries(outputs).filter(([name]) => !name.startsWith("__")));
}
