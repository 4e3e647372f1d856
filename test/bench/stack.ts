import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as yaml from "yaml";
import type { Command } from "./measure";

/** A stack of a project, with its state in a folder of its own. */
export class BenchStack {
  private readonly backend: string;
  private readonly configFile: string;

  /**
   * @param project folder with the Pulumi.yaml.
   * @param folder where the state is kept.
   * @param name that no other stack of the project has at the same time.
   * @param engine DBHA_PULUMI of lab/bin/pulumi; undefined leaves it to that.
   * @param programEnv what the program reads from its environment.
   */
  constructor(
    private readonly project: string,
    folder: string,
    private readonly name = "bench",
    private readonly engine?: string,
    private readonly programEnv: Record<string, string> = {},
  ) {
    this.backend = join(folder, "backend");
    this.configFile = join(project, `Pulumi.${name}.yaml`);
  }

  /** Begins with an empty stack. @returns the command that makes it. */
  begin(): Command {
    this.remove();
    mkdirSync(this.backend, { recursive: true });
    return this.pulumi("stack", "init", this.name);
  }

  /** Sets the whole configuration, all but the engine's encryption salt. */
  configure(config: Record<string, unknown>): void {
    const { encryptionsalt } = yaml.parse(readFileSync(this.configFile, "utf8")) as Record<string, unknown>;
    writeFileSync(this.configFile, yaml.stringify({ encryptionsalt, config }));
  }

  /** `pulumi ARGS` on this stack. */
  command(...args: string[]): Command {
    return this.pulumi(...args, "--stack", this.name);
  }

  /** `pulumi up` that looks at everything first. */
  up(): Command {
    return this.command("up", "--yes", "--skip-preview", "--refresh");
  }

  destroy(): Command {
    return this.command("destroy", "--yes", "--skip-preview");
  }

  /** Removes what it keeps on this machine. */
  remove(): void {
    rmSync(this.backend, { recursive: true, force: true });
    rmSync(this.configFile, { force: true });
  }

  private pulumi(...args: string[]): Command {
    return {
      program: resolve("lab/bin/pulumi"),
      args: [...args, "--non-interactive"],
      cwd: this.project,
      env: {
        PULUMI_BACKEND_URL: `file://${this.backend}`,
        PULUMI_CONFIG_PASSPHRASE: "bench",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        ...(this.engine === undefined ? {} : { DBHA_PULUMI: this.engine }),
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        ...this.programEnv,
      },
    };
  }
}
