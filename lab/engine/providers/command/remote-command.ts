import { randomBytes } from "node:crypto";
import {
  UNKNOWN,
  type CheckRequest,
  type CheckResult,
  type CreateRequest,
  type CreateResult,
  type DeleteRequest,
  type DiffKind,
  type DiffRequest,
  type DiffResult,
  type ProviderLog,
  type ReadRequest,
  type ReadResult,
  type UpdateRequest,
  type UpdateResult,
  type Values,
} from "../../provider";
import { comparePropertiesDeeply, topLevel } from "../property-diff";
import type { ResourceKind } from "../stand-in";
import { dial, type OpenConnection } from "./dial";
import { checkFields, remoteCommand } from "./fields";
import { run, type CommandInputs, type CommandOutput } from "./run";

const NOTHING: CommandOutput = { stdout: "", stderr: "" };

/** `command:remote:Command`: a command on creation, one on update and one on deletion, over SSH. */
export class RemoteCommand implements ResourceKind {
  readonly secretOutputs = ["connection"];
  readonly secretInputs = ["connection", ...secretsOf("connection"), ...secretsOf("connection.proxy")];
  private readonly open = new Set<OpenConnection>();

  check(request: CheckRequest): CheckResult {
    return checkFields(remoteCommand, request.news);
  }

  /**
   * Compares inputs with inputs. Triggers that come or go as a whole replace; that changed ones do is what the program's
   * SDK asks of the engine.
   */
  diff(request: DiffRequest): DiffResult {
    const detailedDiff = comparePropertiesDeeply(request.oldInputs, request.news);
    const { triggers } = detailedDiff;
    if (triggers) triggers.kind = `${triggers.kind}-replace` as DiffKind;
    const diffs = [...new Set(Object.keys(detailedDiff).map(topLevel))];
    return {
      changes: diffs.length > 0 ? "some" : "none",
      replaces: triggers ? ["triggers"] : [],
      deleteBeforeReplace: false,
      diffs,
      detailedDiff,
    };
  }

  async create(request: CreateRequest, log: ProviderLog): Promise<CreateResult> {
    if (request.preview) return { id: "", outputs: { ...request.inputs, stdout: UNKNOWN, stderr: UNKNOWN } };
    const id = request.name + randomBytes(4).toString("hex");
    const inputs = request.inputs as unknown as CommandInputs;
    const output = await this.runIfAny(inputs.create, inputs, NOTHING, request.timeoutSeconds, log);
    return { id, outputs: { ...request.inputs, ...output } };
  }

  /** A command cannot be read back: what is in state is what there is. */
  read(request: ReadRequest): Promise<ReadResult> {
    return Promise.resolve({ id: request.id, inputs: request.inputs, outputs: request.outputs });
  }

  async update(request: UpdateRequest, log: ProviderLog): Promise<UpdateResult> {
    const previous = outputOf(request.olds);
    if (request.preview) {
      const output = changesOld(request.oldInputs, request.news) ? { stdout: UNKNOWN, stderr: UNKNOWN } : previous;
      return { outputs: { ...request.news, ...output } };
    }
    const inputs = request.news as unknown as CommandInputs;
    const command = inputs.update ?? inputs.create;
    const output = await this.runIfAny(command, inputs, previous, request.timeoutSeconds, log);
    return { outputs: { ...request.news, ...output } };
  }

  async delete(request: DeleteRequest, log: ProviderLog): Promise<void> {
    const inputs = request.outputs as unknown as CommandInputs;
    await this.runIfAny(inputs.delete, inputs, outputOf(request.outputs), request.timeoutSeconds, log);
  }

  /** Cuts every connection, so that calls in flight end with an error. */
  endConnections(): void {
    for (const connection of this.open) connection.end();
  }

  private async runIfAny(
    command: string | undefined,
    inputs: CommandInputs,
    previous: CommandOutput,
    timeoutSeconds: number,
    log: ProviderLog,
  ): Promise<CommandOutput> {
    if (command === undefined) return previous;
    const connection = await dial(inputs.connection, log);
    this.open.add(connection);
    const limit = timeoutSeconds > 0 ? setTimeout(() => connection.end(), timeoutSeconds * 1000) : undefined;
    try {
      return await run(connection.client, command, inputs, previous, log);
    } finally {
      clearTimeout(limit);
      this.open.delete(connection);
      connection.end();
    }
  }
}

function secretsOf(endpoint: string): string[] {
  return ["password", "privateKey", "privateKeyPassword"].map((name) => `${endpoint}.${name}`);
}

/** Inputs that are only added leave the outputs known in a preview of the real provider. */
function changesOld(olds: Values, news: Values): boolean {
  const kept = Object.keys(olds).flatMap((name) => (news[name] === undefined ? [] : [[name, news[name]] as const]));
  return Object.keys(comparePropertiesDeeply(olds, Object.fromEntries(kept))).length > 0;
}

function outputOf(outputs: Values): CommandOutput {
  return { stdout: textOf(outputs.stdout), stderr: textOf(outputs.stderr) };
}

function textOf(value: Values[string] | undefined): string {
  return typeof value === "string" ? value : "";
}
