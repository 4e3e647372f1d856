import { randomBytes } from "node:crypto";
import { UNKNOWN, type DiffKind, type ProviderLog, type Values } from "../../provider";
import { checkInputs } from "../bridge/check";
import { comparePropertiesDeeply, topLevel } from "../property-diff";
import type { ResourceKind } from "../stand-in";
import type { OpenConnection } from "./dial";
import { run, type CommandInputs, type CommandOutput } from "./run";
import { remoteCommandSchema } from "./schema";

/**
 * `command:remote:Command`: a command on creation, one on update and one on deletion, over SSH.
 * @param open the connections of calls in flight; calls end with an error when theirs is ended
 */
export function remoteCommand(open: Set<OpenConnection>): ResourceKind {
  async function runIfAny(
    command: string | undefined,
    values: Values,
    previous: CommandOutput,
    timeoutSeconds: number,
    log: ProviderLog,
  ): Promise<CommandOutput> {
    if (command === undefined) return previous;
    const inputs = values as unknown as CommandInputs;
    // a large library, which a run that changes nothing can do without
    const { dial } = await import("./dial.js");
    const connection = await dial(inputs.connection, log);
    open.add(connection);
    const limit = timeoutSeconds > 0 ? setTimeout(() => connection.end(), timeoutSeconds * 1000) : undefined;
    try {
      return await run(connection.client, command, inputs, previous, log);
    } finally {
      clearTimeout(limit);
      open.delete(connection);
      connection.end();
    }
  }

  return {
    secretOutputs: [],
    secretInputs: ["connection", ...secretsOf("connection"), ...secretsOf("connection.proxy")],

    check: async ({ olds, news }) => {
      const context = { packageName: "command", defaults: "written" } as const;
      return Promise.resolve(checkInputs(remoteCommandSchema, olds, news, context));
    },

    /**
     * Compares inputs with inputs. Triggers that come or go as a whole replace; that changed ones do is what the
     * program's SDK asks of the engine.
     */
    diff: async ({ oldInputs, news }) => {
      const detailedDiff = comparePropertiesDeeply(oldInputs, news);
      const { triggers } = detailedDiff;
      if (triggers) triggers.kind = `${triggers.kind}-replace` as DiffKind;
      const diffs = [...new Set(Object.keys(detailedDiff).map(topLevel))];
      const changes = diffs.length > 0 ? "some" : "none";
      const replaces = triggers ? ["triggers"] : [];
      return Promise.resolve({ changes, replaces, deleteBeforeReplace: false, diffs, detailedDiff });
    },

    create: async ({ name, inputs, preview, timeoutSeconds }, log) => {
      if (preview) return { id: "", outputs: { ...inputs, stdout: UNKNOWN, stderr: UNKNOWN } };
      const nothing = { stdout: "", stderr: "" };
      const output = await runIfAny(textOf(inputs.create), inputs, nothing, timeoutSeconds, log);
      return { id: name + randomBytes(4).toString("hex"), outputs: { ...inputs, ...output } };
    },

    /** A command cannot be read back: what is in state is what there is. */
    read: ({ id, inputs, outputs }) => Promise.resolve({ id, inputs, outputs }),

    update: async ({ olds, oldInputs, news, preview, timeoutSeconds }, log) => {
      const previous = outputOf(olds);
      if (preview) {
        const output = changesOld(oldInputs, news) ? { stdout: UNKNOWN, stderr: UNKNOWN } : previous;
        return { outputs: { ...news, ...output } };
      }
      const command = textOf(news.update) ?? textOf(news.create);
      return { outputs: { ...news, ...(await runIfAny(command, news, previous, timeoutSeconds, log)) } };
    },

    delete: async ({ outputs, timeoutSeconds }, log) => {
      await runIfAny(textOf(outputs.delete), outputs, outputOf(outputs), timeoutSeconds, log);
    },
  };
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
  return { stdout: textOf(outputs.stdout) ?? "", stderr: textOf(outputs.stderr) ?? "" };
}

function textOf(value: Values[string] | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
