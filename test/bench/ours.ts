import { runCommand } from "../../lab/src/command";
import type { Lab } from "../../lab/src/lab";
import { devConfig, type Job } from "./job";
import { measure, type Command } from "./measure";
import { BenchStack } from "./stack";
import type { Tool } from "./tool";

/** Version of the engine that lab/bin/pulumi takes; the fallback engine says that it is one. */
export const engineVersion = (): Promise<string> => runCommand("lab/bin/pulumi", ["version"], { limitSeconds: 120 });

/** Stack dev, whose state and configuration are those of the benchmark. */
export class Ours implements Tool {
  readonly name = "dbha";
  readonly stack: BenchStack;
  private lab?: Lab;

  /** @param folder where the state is kept. */
  constructor(folder: string) {
    this.stack = new BenchStack(".", folder);
  }

  async prepare(lab: Lab): Promise<string> {
    this.lab = lab;
    return `pulumi up --refresh, engine ${(await engineVersion()).trim()}, Node ${process.versions.node}`;
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
    return this.stack.command("destroy", "--yes", "--skip-preview");
  }

  remove(): void {
    this.stack.remove();
  }

  private known(): Lab {
    if (this.lab === undefined) throw new Error("prepare() tells which lab is meant, so it must be called first");
    return this.lab;
  }
}
