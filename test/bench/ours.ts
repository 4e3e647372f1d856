import { runCommand } from "../../lab/src/command";
import type { Lab } from "../../lab/src/lab";
import { devConfig, type Job } from "./job";
import { measure, type Command } from "./measure";
import { BenchStack } from "./stack";
import type { Tool } from "./tool";

/**
 * Version of the engine that lab/bin/pulumi takes; the fallback engine says that it is one.
 * @param engine DBHA_PULUMI; undefined leaves the choice to lab/bin/pulumi.
 */
export const engineVersion = async (engine: string | undefined): Promise<string> => {
  const env = engine === undefined ? {} : { env: { DBHA_PULUMI: engine } };
  return (await runCommand("lab/bin/pulumi", ["version"], { limitSeconds: 120, ...env })).trim();
};

const isFallback = (version: string): boolean => version.endsWith("-fallback");

/** Stack dev, whose state and configuration are those of the benchmark. */
export class Ours implements Tool {
  readonly stack: BenchStack;
  private lab?: Lab;

  /**
   * @param folder where the state is kept.
   * @param name of the tool in the tables.
   * @param engine "fallback" for the fallback engine, beside a real CLI; undefined for what lab/bin/pulumi takes.
   */
  constructor(
    folder: string,
    readonly name = "dbha",
    private readonly engine?: "fallback",
  ) {
    this.stack = new BenchStack(".", folder, engine === undefined ? "bench" : `bench-${engine}`, engine);
  }

  async prepare(lab: Lab): Promise<string> {
    this.lab = lab;
    if (this.engine !== undefined && isFallback(await engineVersion(undefined)))
      throw new Error("no Pulumi CLI is on PATH, so that dbha runs on it already");
    return `pulumi up --refresh, engine ${await engineVersion(this.engine)}, Node ${process.versions.node}`;
  }

  async forget(signal: AbortSignal): Promise<void> {
    await measure(this.stack.begin(), signal);
  }

  /** Refreshes first: every file, container and probe is looked at, as the others do. */
  deploy(job: Job): Command {
    this.stack.configure(devConfig(this.known(), { odcImage: job.odc, transferTimeout: job.nginx.transferTimeout }));
    return this.stack.up();
  }

  destroy(): Command {
    return this.stack.destroy();
  }

  remove(): void {
    this.stack.remove();
  }

  private known(): Lab {
    if (this.lab === undefined) throw new Error("prepare() tells which lab is meant, so it must be called first");
    return this.lab;
  }
}
