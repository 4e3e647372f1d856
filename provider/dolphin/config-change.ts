import { z } from "zod";
import type { Context } from "../kinds/kind";
import { configLines, isPattern, parseConfigLines, splitKey, type ConfigLine } from "../resources/dolphin/config-lines";
import { effective, planClusterConfig, type ConfigPlan } from "../resources/dolphin/config-plan";
import type { NodeRow } from "../resources/dolphin/node-rows";
import type { DolphinValue } from "./answer";
import type { DolphinCluster } from "./cluster";
import type { NodeWork } from "./node-work";
import type { UnderWay } from "./under-way";

/** What nodes have not taken yet of a configuration that is saved; names alone, since values may be secrets. */
export const configUnderWay = z.strictObject({
  online: z.array(z.strictObject({ alias: z.string(), parameter: z.string() })),
  restart: z.array(z.string()),
});
export type ConfigUnderWay = z.output<typeof configUnderWay>;

/** The nodes that it is for, a line each. */
export const tellConfigUnderWay = ({ online, restart }: ConfigUnderWay): string[] => [
  ...restart.map((alias) => `restart ${alias}`),
  ...online.map(({ alias, parameter }) => `tell ${alias} ${parameter}`),
];

const step = "change cluster.cfg";

/** Changes cluster.cfg of a running cluster, and has its nodes take it. */
export class ConfigChange {
  constructor(
    private readonly cluster: DolphinCluster,
    private readonly work: NodeWork,
    private readonly underWay: UnderWay<ConfigUnderWay>,
    private readonly workers: readonly NodeRow[],
    /** The nodes' home. */
    private readonly directory: string,
    private readonly context: Context,
  ) {}

  /**
   * Has the lines in force, and nodes that have taken them.
   * @param described lines, in whatever order
   */
  async apply(described: readonly ConfigLine[]): Promise<void> {
    const after = inOrder(described);
    const left = await this.underWay.read();
    const before = linesIn(await this.cluster.onLeader(step, { name: "loadClusterNodesConfigs" }));
    const { nodes } = await this.cluster.led(step);
    // one that is added later reads it at its start
    const workers = this.workers.filter(({ alias }) => nodes.some((node) => node.alias === alias));
    const plan = planClusterConfig(before, after, workers, this.directory);
    if (plan.refused.length > 0) throw this.refused(plan);
    const isSame = sameLines(before, after);
    if (isSame && left === undefined) return;
    const todo = together(
      left,
      plan,
      workers.map(({ alias }) => alias),
    );
    await this.underWay.note(todo);
    if (!isSame) await this.save(after);
    await this.reload(isSame ? undefined : before);
    await this.tell(todo, after);
    await this.restart(todo);
    await this.underWay.forget();
  }

  private refused({ refused }: ConfigPlan): Error {
    return this.cluster.problem(
      undefined,
      step,
      refused.join("; "),
      "describe what the nodes can do, and run it again",
    );
  }

  private async save(lines: readonly ConfigLine[]): Promise<void> {
    await this.cluster.onLeader("save cluster.cfg", {
      name: "saveClusterNodesConfigs",
      params: { configs: configLines(lines) },
    });
  }

  /** Has the engine read what was saved. What it refuses goes, as with its own console. @param before what is put back then */
  private async reload(before: readonly ConfigLine[] | undefined): Promise<void> {
    try {
      await this.cluster.onLeader("reload cluster.cfg", { name: "reloadClusterConfig" });
    } catch (error) {
      if (before === undefined || !(error instanceof Error) || this.context.cancelled.aborted) throw error;
      await this.save(before);
      await this.underWay.forget();
      throw new Error(`${error.message}; the former cluster.cfg was put back`, { cause: error });
    }
  }

  /** Tells nodes that run what they take while they do; others read it when they start. */
  private async tell({ online }: ConfigUnderWay, lines: readonly ConfigLine[]): Promise<void> {
    if (online.length === 0) return;
    const { nodes } = await this.cluster.led(step);
    for (const { alias, parameter } of online) {
      const node = nodes.find((one) => one.alias === alias && one.isOnline);
      const value = effective(lines, alias).get(parameter);
      if (node === undefined || value === undefined) continue;
      const name = `tell ${alias} ${parameter}`;
      await this.cluster.onNode(name, node, {
        name: "executeCode",
        params: { script: renderSetDynamicConfig(parameter, value) },
      });
    }
  }

  private async restart(todo: ConfigUnderWay): Promise<void> {
    const rest = new Set(todo.restart);
    await this.work.restart([...rest], async (alias) => {
      rest.delete(alias);
      await this.underWay.note({ online: [], restart: [...rest] });
    });
  }
}

/** What is left and what comes, for nodes that are there; one that restarts reads all of it then. */
function together(left: ConfigUnderWay | undefined, plan: ConfigPlan, aliases: readonly string[]): ConfigUnderWay {
  const restart = aliases.filter((alias) => plan.restart.includes(alias) || left?.restart.includes(alias));
  const online = [...(left?.online ?? []), ...plan.online].map(({ alias, parameter }) => ({ alias, parameter }));
  const isFirst = ({ alias, parameter }: (typeof online)[number], at: number): boolean =>
    online.findIndex((one) => one.alias === alias && one.parameter === parameter) === at;
  return {
    online: online.filter((one, at) => aliases.includes(one.alias) && !restart.includes(one.alias) && isFirst(one, at)),
    restart,
  };
}

/** Reads the answer to loadClusterNodesConfigs. */
export function linesIn(value: DolphinValue): ConfigLine[] {
  if (value.form !== "vector") throw new Error("loadClusterNodesConfigs answered no vector");
  return parseConfigLines(value.value.map(String));
}

/** What is for all nodes, then what names with wildcards are told, then each node's own. */
function inOrder(lines: readonly ConfigLine[]): ConfigLine[] {
  const rank = ([key]: ConfigLine): number => {
    const { qualifier } = splitKey(key);
    return qualifier === "" ? 0 : isPattern(qualifier) ? 1 : 2;
  };
  return [...lines].sort((a, b) => rank(a) - rank(b));
}

const sameLines = (one: readonly ConfigLine[], other: readonly ConfigLine[]): boolean => {
  const values = new Map(other);
  return one.length === values.size && one.every(([key, value]) => values.get(key) === value);
};

/** A script, since a call has no form for true and false. Parameters that are dynamic hold no secrets. */
export function renderSetDynamicConfig(parameter: string, value: string): string {
  const literal = /^(-?\d+(\.\d+)?|true|false)$/.test(value) ? value : JSON.stringify(value);
  return `setDynamicConfig(${JSON.stringify(parameter)}, ${literal})`;
}
