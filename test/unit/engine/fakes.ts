import type { Config } from "../../../lab/engine/project/config";
import type { Project } from "../../../lab/engine/project/project";
import { holdsUnknown } from "../../../lab/engine/property";
import { PartialFailure } from "../../../lab/engine/provider";
import type * as api from "../../../lab/engine/provider";
import { Deployment } from "../../../lab/engine/run/deployment";
import { Executor } from "../../../lab/engine/run/executor";
import type { EngineEvent } from "../../../lab/engine/run/events";
import { goalOf } from "../../../lab/engine/run/goal";
import type { Goal } from "../../../lab/engine/run/goal";
import { Hooks } from "../../../lab/engine/run/hooks";
import { ProviderRegistry } from "../../../lab/engine/run/provider-registry";
import type { Deployment as StackState } from "../../../lab/engine/state/deployment";
import { Snapshot } from "../../../lab/engine/state/snapshot";

/** Names of inputs that mean something to the fake provider; every other one is updated in place. */
const REPLACES = ["key", "fixed"];

/** A provider that writes down what it is asked to do, and does nothing. */
export class FakeProvider implements api.Provider {
  readonly supportsPreview = true;
  readonly calls: string[] = [];
  /** What exists; `read` gives it back. */
  readonly existing = new Map<string, api.Values>();
  private count = 0;

  configure(args: api.Values): Promise<void> {
    this.calls.push(`configure ${JSON.stringify(args)}`);
    return Promise.resolve();
  }

  check({ news }: api.CheckRequest): Promise<api.CheckResult> {
    const failures = news.key === "bad" ? [{ property: "key", reason: "is bad" }] : [];
    return Promise.resolve({ inputs: news, failures });
  }

  diff({ oldInputs, news }: api.DiffRequest): Promise<api.DiffResult> {
    const names = [...new Set([...Object.keys(oldInputs), ...Object.keys(news)])];
    const diffs = names.filter(
      (name) => holdsUnknown(news[name]) || JSON.stringify(oldInputs[name]) !== JSON.stringify(news[name]),
    );
    return Promise.resolve({
      changes: diffs.length > 0 ? "some" : "none",
      replaces: diffs.filter((name) => REPLACES.includes(name)),
      deleteBeforeReplace: diffs.includes("fixed"),
      diffs,
    });
  }

  async create({ name, inputs, preview }: api.CreateRequest): Promise<api.CreateResult> {
    if (preview) return { id: "", outputs: inputs };
    this.calls.push(`create ${name}`);
    await this.pause();
    if (inputs.fail === "create") throw new Error(`cannot create ${name}`);
    this.count += 1;
    const id = `${name}-${this.count}`;
    this.existing.set(id, inputs);
    if (inputs.fail === "partly") throw new PartialFailure(id, inputs, ["it limps"]);
    return { id, outputs: inputs };
  }

  read({ id, outputs }: api.ReadRequest): Promise<api.ReadResult | undefined> {
    const inputs = this.existing.get(id);
    return Promise.resolve(inputs && { id, inputs, outputs: { ...outputs, ...inputs } });
  }

  async update({ name, news, preview }: api.UpdateRequest): Promise<api.UpdateResult> {
    if (!preview) this.calls.push(`update ${name}`);
    await this.pause();
    return { outputs: news };
  }

  async delete({ name, id, inputs }: api.DeleteRequest): Promise<void> {
    this.calls.push(`delete ${name}`);
    await this.pause();
    if (inputs.fail === "delete") throw new Error(`cannot delete ${name}`);
    this.existing.delete(id);
  }

  invoke(_token: string, args: api.Values): Promise<api.InvokeResult> {
    return Promise.resolve({ outputs: args, failures: [] });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Lets whatever else can run go first, so that a wrong order shows. */
  private pause(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }
}

const PROJECT: Project = {
  name: "project",
  root: "/",
  entryPoint: ".",
  typescript: false,
  nodeArguments: [],
  pluginPaths: new Map(),
  config: new Map(),
};

/** A stack whose program is the test itself. */
export class FakeStack {
  readonly provider = new FakeProvider();
  state: StackState = { resources: [], pendingOperations: [] };
  events: EngineEvent[] = [];
  config: Config = new Map();

  /** Runs a program, and then deletes what it did not register. Returns what the provider was asked to do. */
  async run(
    program: (deployment: Deployment) => Promise<unknown>,
    options: { preview?: boolean } = {},
  ): Promise<string[]> {
    const report = (event: EngineEvent): void => void this.events.push(event);
    const preview = options.preview === true;
    this.events = [];
    const before = this.provider.calls.length;
    const registry = new ProviderRegistry(() => Promise.resolve(this.provider), preview, report);
    const snapshot = new Snapshot(structured(this.state), (state) => {
      this.state = state;
      return Promise.resolve();
    });
    const context = {
      stack: "stack",
      project: PROJECT,
      config: this.config,
      preview,
      parallel: 8,
      snapshot,
      registry,
      hooks: new Hooks(),
      report,
    };
    const executor = new Executor(context);
    const deployment = new Deployment(context, executor);
    try {
      await program(deployment);
      await executor.settled();
      await deployment.deleteUnwanted();
    } finally {
      if (!preview) await snapshot.flush();
    }
    return this.provider.calls.slice(before).filter((call) => !call.startsWith("configure"));
  }

  get names(): string[] {
    return this.state.resources.map(
      ({ urn, delete: isOld }) => `${urn.split("::").pop() ?? ""}${isOld ? " (old)" : ""}`,
    );
  }

  get errors(): string[] {
    return this.events.flatMap((event) => (event.kind === "message" && event.severity === "error" ? [event.text] : []));
  }

  /** What happened, as `operation name`. */
  get operations(): string[] {
    return this.events.flatMap((event) => {
      if (event.kind !== "step" || event.phase !== "done") return [];
      const { urn } = event.state;
      return urn.includes("pulumi:providers:") ? [] : [`${event.operation} ${urn.split("::").pop() ?? ""}`];
    });
  }
}

/** A copy, as a new run would read it from disk. */
function structured(state: StackState): StackState {
  return {
    resources: state.resources.map((resource) => ({ ...resource })),
    pendingOperations: [...state.pendingOperations],
  };
}

/** A resource of the fake provider with everything at its default but what is given. */
export function thing(name: string, given: Partial<Goal> = {}): Goal {
  return goalOf("fake:index:Thing", name, { inputs: { key: name }, ...given });
}
