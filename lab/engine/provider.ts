import type { Values } from "./property";

export { UNKNOWN, isObject, isUnknown } from "./property";
export type { Unknown, Value, Values } from "./property";

/** How one property differs, as Pulumi's `PropertyDiff`. The path is Pulumi's (`a.b[0]["c.d"]`). */
export type DiffKind = "add" | "add-replace" | "delete" | "delete-replace" | "update" | "update-replace";

export interface PropertyDiff {
  kind: DiffKind;
  /** True when the difference is between the old inputs and the new ones, false when between old outputs and new inputs. */
  inputDiff: boolean;
}

export interface CheckFailure {
  /** Path of the property, empty for the resource as a whole. */
  property: string;
  reason: string;
}

export interface CheckResult {
  /** The inputs with defaults filled in; they are what is kept in state. */
  inputs: Values;
  failures: CheckFailure[];
}

export interface DiffResult {
  /** `unknown` leaves the answer to the engine, which then compares old inputs with new ones. */
  changes: "none" | "some" | "unknown";
  /** Names (or paths) of the properties that force a replacement. */
  replaces: string[];
  deleteBeforeReplace: boolean;
  /** Names of the top-level properties that changed. */
  diffs?: string[];
  /** The same, property by property, keyed by path. Preferred for display when present. */
  detailedDiff?: Record<string, PropertyDiff>;
}

/**
 * Receives progress for people. A status message lives only until the next one replaces it; a warning is listed among the
 * diagnostics of the resource.
 */
export interface ProviderLog {
  status(message: string): void;
  warn(message: string): void;
}

/** Which resource a call is about. */
export interface ResourceRef {
  urn: string;
  /** Type token, for instance `docker:index/container:Container`. */
  type: string;
  name: string;
}

export interface CheckRequest extends ResourceRef {
  /** Inputs in state; absent for a resource that is new or being replaced. */
  olds?: Values;
  news: Values;
  /** For names the provider makes up: the same bytes give the same name in preview and in the run. */
  randomSeed: Uint8Array;
}

export interface DiffRequest extends ResourceRef {
  id: string;
  /** Outputs in state. */
  olds: Values;
  oldInputs: Values;
  /** Checked inputs; may hold unknowns in a preview. */
  news: Values;
  ignoreChanges: string[];
}

export interface CreateRequest extends ResourceRef {
  inputs: Values;
  preview: boolean;
  /** Limit from customTimeouts, in seconds; 0 where none was set. */
  timeoutSeconds: number;
}

export interface UpdateResult {
  outputs: Values;
  /** Names of outputs that are secret beside those that `Provider.secretOutputs` gives. */
  secretOutputs?: string[];
}

export interface CreateResult extends UpdateResult {
  /** Empty in a preview where it is not known yet. */
  id: string;
}

export interface ReadRequest extends ResourceRef {
  id: string;
  inputs: Values;
  outputs: Values;
}

export interface ReadResult extends CreateResult {
  /** What the inputs would be if the program described what is really there. */
  inputs: Values;
}

export interface UpdateRequest extends DiffRequest {
  preview: boolean;
  timeoutSeconds: number;
}

export interface DeleteRequest extends ReadRequest {
  timeoutSeconds: number;
}

export interface InvokeResult {
  outputs: Values;
  failures: CheckFailure[];
}

/**
 * What the engine needs of a provider. Plugins are adapted to it by `plugin/provider.ts`; the stand-ins implement it.
 * One instance belongs to one provider resource. Calls run in parallel. Every method may throw an Error whose message
 * is shown to the user; `PartialFailure` is for a resource that exists but is not in order.
 */
export interface Provider {
  /** True when create and update may be called with `preview: true`; otherwise a preview shows the checked inputs. */
  readonly supportsPreview: boolean;

  /** Checks the provider's own configuration. Default: accepted as it is. */
  checkConfig?(request: CheckRequest): Promise<CheckResult>;

  /** Called once before anything else. In a preview the arguments may hold unknowns. */
  configure(args: Values, preview: boolean): Promise<void>;

  check(request: CheckRequest): Promise<CheckResult>;
  diff(request: DiffRequest): Promise<DiffResult>;
  create(request: CreateRequest, log: ProviderLog): Promise<CreateResult>;

  /** What is really there; undefined when it is gone. Unreachable is an error, never "gone". */
  read(request: ReadRequest, log: ProviderLog): Promise<ReadResult | undefined>;

  update(request: UpdateRequest, log: ProviderLog): Promise<UpdateResult>;

  /** Succeeds when the resource is gone already. */
  delete(request: DeleteRequest, log: ProviderLog): Promise<void>;

  invoke(token: string, args: Values, preview: boolean): Promise<InvokeResult>;

  /** Names of the outputs of a type that are always secret (what the real provider's schema marks). Default: none. */
  secretOutputs?(type: string): string[];

  /** Paths of names (`connection.password`) of the inputs of a type that are always secret. Default: none. */
  secretInputs?(type: string): string[];

  /** Whether the real one takes secrets as such, so that of a list single items are secret. Default: lists are secret as a whole. */
  readonly keepsSecretItems?: boolean;

  close(): Promise<void>;
}

/** The resource was created or updated, but is not in order: it is kept in state and the next `up` updates it. */
export class PartialFailure extends Error {
  override readonly name = "PartialFailure";

  constructor(
    readonly id: string,
    readonly outputs: Values,
    /** One sentence per reason; shown to the user and kept in state as `initErrors`. */
    readonly reasons: string[],
    /** The inputs to keep in state, where they differ from what was asked for. */
    readonly inputs?: Values,
  ) {
    super(reasons.join("\n"));
  }
}

/** Makes a provider of one package; `providers/index.ts` has one for each stand-in. */
export type ProviderFactory = () => Promise<Provider>;
