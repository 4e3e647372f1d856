import { z } from "zod";
import type { NodeRow } from "../resources/dolphin/node-rows";
import type { DolphinScalar, DolphinValue } from "./answer";
import { CHECK_TABLE, checkScripts } from "./check-scripts";
import type { DolphinCluster } from "./cluster";
import { DolphinRefused, isPassing } from "./refusal";
import { Silent } from "./silence";
import type { Site } from "./site";
import type { UnderWay } from "./under-way";

/** The database that a check makes, from before it is made until it is dropped. */
export const checkUnderWay = z.strictObject({ database: z.string() });
export type CheckUnderWay = z.output<typeof checkUnderWay>;

/** Through which nodes rows went. */
export interface CheckedNodes {
  written: string;
  counted: string;
}

const CHOOSE = "choose nodes for the check";

/** Makes a database, writes rows through a data node, counts them through a compute node, and drops it. */
export class ClusterCheck {
  /** @param rows of the nodes that may take part */
  constructor(
    private readonly cluster: DolphinCluster,
    private readonly underWay: UnderWay<CheckUnderWay>,
    private readonly rows: readonly NodeRow[],
  ) {}

  async run(database: string, rows: number): Promise<CheckedNodes> {
    await this.clean();
    const { writer, reader } = await this.nodes();
    await this.refuseForeign(writer, database);
    await this.underWay.note({ database });
    try {
      await this.awaited("check the cluster", () => this.attempt(writer, reader, database, rows));
    } catch (error) {
      const left = await this.clean().then(
        () => "",
        () => `; dfs://${database} stays, and the next run drops it`,
      );
      if (left === "" || !(error instanceof Error)) throw error;
      throw new Error(`${error.message}${left}`, { cause: error });
    }
    await this.clean();
    return { written: writer.alias, counted: reader.alias };
  }

  /** Drops what a check has made that did not come to its end. */
  async clean(): Promise<void> {
    const left = await this.underWay.read();
    if (left === undefined) return;
    const { writer } = await this.nodes();
    await this.awaited("drop the database of the check", () => this.drop(writer, left.database));
    await this.underWay.forget();
  }

  /**
   * All of it anew, since rows that are appended a second time would be counted twice: where nobody knows whether they were written, the
   * table that they may be in goes.
   */
  private async attempt(writer: Site, reader: Site, database: string, rows: number): Promise<void> {
    await this.drop(writer, database);
    await this.ask("make a database", writer, checkScripts.create(database));
    await this.ask(`write ${rows} rows`, writer, checkScripts.append(database, rows));
    const step = `count ${rows} rows`;
    const found = scalarOf(await this.ask(step, reader, checkScripts.count(database)));
    if (found === rows) return;
    throw this.cluster.problem(
      reader,
      step,
      `${reader.alias} counts ${String(found)} rows, and ${writer.alias} has written ${rows}`,
      "see the logs of both and getClusterChunksStatus() of the leader",
    );
  }

  private async drop(node: Site, database: string): Promise<void> {
    const step = "drop the database of the check";
    if (scalarOf(await this.ask(step, node, checkScripts.exists(database))) !== true) return;
    const tables = await this.ask(step, node, checkScripts.tables(database));
    const foreign = tables.form === "vector" ? tables.value.filter((name) => name !== CHECK_TABLE) : [];
    if (foreign.length > 0)
      throw this.cluster.problem(
        node,
        step,
        `dfs://${database} has tables that are not the check's: ${foreign.join(", ")}`,
        "give check.database another name, and move those tables elsewhere",
      );
    await this.ask(step, node, checkScripts.drop(database));
  }

  private async refuseForeign(node: Site, database: string): Promise<void> {
    const step = "make a database";
    const isThere = await this.awaited(step, () => this.ask(step, node, checkScripts.exists(database)));
    if (scalarOf(isThere) === true)
      throw this.cluster.problem(
        node,
        step,
        `dfs://${database} is there, and no check has made it`,
        "give check.database another name",
      );
  }

  /** The one that counts is on another host where there is one, so that the way between hosts is gone, too. */
  private async nodes(): Promise<{ writer: Site; reader: Site }> {
    const { nodes } = await this.cluster.led(CHOOSE);
    const online = this.rows.filter(({ alias }) => nodes.some((node) => node.alias === alias && node.isOnline));
    const ofMode = (rows: readonly NodeRow[], mode: NodeRow["mode"]): NodeRow[] =>
      rows.filter((row) => row.mode === mode);
    const [writer] = ofMode(online, "datanode");
    if (writer === undefined) throw this.offline("data node");
    const hasCompute = ofMode(this.rows, "computenode").length > 0;
    const readers = ofMode(online, hasCompute ? "computenode" : "datanode");
    const reader = readers.find(({ host }) => host !== writer.host) ?? readers[0];
    if (reader === undefined) throw this.offline("compute node");
    return { writer, reader };
  }

  private offline(kind: string): Error {
    return this.cluster.problem(undefined, CHOOSE, `no ${kind} is online`, "see their logs, and run it again");
  }

  /** A refusal that passes is waited for. */
  private awaited<T>(step: string, attempt: () => Promise<T>): Promise<T> {
    return this.cluster.until(step, this.cluster.access.electionTimeout, "a cluster that takes it", attempt);
  }

  private async ask(step: string, node: Site, script: string): Promise<DolphinValue> {
    try {
      return await this.cluster.sessions.ask(node, { name: "executeCode", params: { script } });
    } catch (error) {
      if (error instanceof DolphinRefused && isPassing(error.said)) throw error;
      if (error instanceof DolphinRefused)
        throw this.cluster.problem(node, step, `${node.alias} refused it: ${error.said}`, "correct what it names");
      if (error instanceof Silent)
        throw this.cluster.problem(
          node,
          step,
          `${node.alias} did not answer: ${error.message}`,
          "see its log, and run it again",
        );
      throw this.cluster.explained(step, error);
    }
  }
}

const scalarOf = (value: DolphinValue): DolphinScalar | undefined =>
  value.form === "scalar" ? value.value : undefined;
