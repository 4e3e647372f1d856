import type {
  CheckRequest,
  CheckResult,
  CreateRequest,
  CreateResult,
  DeleteRequest,
  DiffRequest,
  DiffResult,
  InvokeResult,
  Provider,
  ProviderLog,
  ReadRequest,
  ReadResult,
  UpdateRequest,
  UpdateResult,
  Values,
} from "../provider";
import { NotInTheStandIn } from "./refusal";

/** The calls of a provider for one resource type. */
export interface ResourceKind {
  /** Outputs that are secret whatever the inputs are. */
  readonly secretOutputs: readonly string[];
  /** Paths of inputs that are secret whatever the program says. */
  readonly secretInputs?: readonly string[];
  check(request: CheckRequest): CheckResult;
  diff(request: DiffRequest): DiffResult;
  create(request: CreateRequest, log: ProviderLog): Promise<CreateResult>;
  read(request: ReadRequest, log: ProviderLog): Promise<ReadResult | undefined>;
  update(request: UpdateRequest, log: ProviderLog): Promise<UpdateResult>;
  delete(request: DeleteRequest, log: ProviderLog): Promise<void>;
}

/** What a stand-in does beside handling resources. */
export interface StandInHooks {
  configure?(args: Values): Promise<void> | void;
  cancel?(): Promise<void> | void;
  close?(): Promise<void> | void;
}

/** A stand-in of one provider package: hands each call to the kind of its type and refuses every other type by name. */
export class StandIn implements Provider {
  readonly supportsPreview = true;

  /** @param kinds the implemented types, by type token */
  constructor(
    private readonly packageName: string,
    private readonly kinds: Readonly<Record<string, ResourceKind>>,
    private readonly hooks: StandInHooks = {},
  ) {}

  async configure(args: Values): Promise<void> {
    await this.hooks.configure?.(args);
  }

  check(request: CheckRequest): Promise<CheckResult> {
    return Promise.resolve().then(() => this.kind(request.type).check(request));
  }

  diff(request: DiffRequest): Promise<DiffResult> {
    return Promise.resolve().then(() => this.kind(request.type).diff(request));
  }

  async create(request: CreateRequest, log: ProviderLog): Promise<CreateResult> {
    return await this.kind(request.type).create(request, log);
  }

  async read(request: ReadRequest, log: ProviderLog): Promise<ReadResult | undefined> {
    return await this.kind(request.type).read(request, log);
  }

  async update(request: UpdateRequest, log: ProviderLog): Promise<UpdateResult> {
    return await this.kind(request.type).update(request, log);
  }

  async delete(request: DeleteRequest, log: ProviderLog): Promise<void> {
    await this.kind(request.type).delete(request, log);
  }

  invoke(token: string): Promise<InvokeResult> {
    return Promise.reject(new NotInTheStandIn(this.packageName, `function ${token}`));
  }

  secretOutputs(type: string): string[] {
    return [...this.kind(type).secretOutputs];
  }

  secretInputs(type: string): string[] {
    return [...(this.kind(type).secretInputs ?? [])];
  }

  async cancel(): Promise<void> {
    await this.hooks.cancel?.();
  }

  async close(): Promise<void> {
    await this.hooks.close?.();
  }

  private kind(type: string): ResourceKind {
    const kind = this.kinds[type];
    if (kind === undefined) throw new NotInTheStandIn(this.packageName, `resource type ${type}`);
    return kind;
  }
}
