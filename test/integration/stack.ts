import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as yaml from "yaml";
import { labName } from "../test-lab";
import type { Engine } from "./engines";

/** How a command ended. */
export interface Ran {
  code: number;
  /** Standard output and error as a user sees them. */
  text: string;
  /** Standard output alone. */
  stdout: string;
}

/**
 * The stack of a test in a project, with a backend of its own, and named after the lab, so that tests on several labs do not
 * meet. Its configuration is Pulumi.NAME.yaml in the project (ignored by git); both are gone after {@link TestStack.remove}.
 */
export class TestStack {
  private readonly folder = mkdtempSync(join(tmpdir(), "dbha-stack-"));
  private readonly configFile: string;
  private readonly environment: Record<string, string>;
  private salt: { encryptionsalt?: string } = {};

  /**
   * @param project folder with the Pulumi.yaml.
   * @param environment further variables for engine and plugin.
   */
  constructor(
    engine: Engine,
    private readonly project: string = ".",
    environment: Record<string, string> = {},
  ) {
    this.configFile = join(project, `Pulumi.${labName}.yaml`);
    const backend = join(this.folder, "backend");
    mkdirSync(backend);
    this.environment = {
      DBHA_PULUMI: engine.choice,
      PULUMI_BACKEND_URL: `file://${backend}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      ...environment,
    };
  }

  /** Makes the stack; the engine adds its encryption salt to the configuration file. */
  async init(config: Record<string, unknown>): Promise<void> {
    this.configure(config);
    const { code, text } = await this.execute(["stack", "init", labName]);
    if (code !== 0) throw new Error(`the stack was not made:\n${text}`);
    const { encryptionsalt } = yaml.parse(readFileSync(this.configFile, "utf8")) as { encryptionsalt: string };
    this.salt = { encryptionsalt };
  }

  /** Replaces the configuration, all but the encryption salt. */
  configure(config: Record<string, unknown>): void {
    writeFileSync(this.configFile, yaml.stringify({ ...this.salt, config }));
  }

  /** Runs `pulumi` on this stack and returns however it ends. */
  run(...args: string[]): Promise<Ran> {
    return this.execute([...args, "--stack", labName]);
  }

  /** Runs `dbha` on this stack, with the engine as its `pulumi`, and returns however it ends. */
  async dbha(...args: string[]): Promise<Ran> {
    const { execa } = await import("execa");
    const result = await execa(resolve("bin/dbha"), [...args, "--stack", labName], {
      cwd: this.project,
      env: { ...this.environment, PATH: `${resolve("lab/bin")}:${process.env.PATH}` },
      all: true,
      reject: false,
      timeout: 600_000,
    });
    return { code: result.exitCode ?? -1, text: result.all, stdout: result.stdout };
  }

  private async execute(args: string[]): Promise<Ran> {
    const result = await (await this.start(args)).process;
    return { code: result.exitCode ?? -1, text: result.all, stdout: result.stdout };
  }

  /** Starts `pulumi`. Within an object, as a process of execa alone would be waited for. */
  private async start(args: string[]) {
    const { execa } = await import("execa");
    const process = execa(resolve("lab/bin/pulumi"), [...args, "--non-interactive"], {
      cwd: this.project,
      env: this.environment,
      all: true,
      reject: false,
      timeout: 600_000,
    });
    return { process };
  }

  /**
   * Runs `pulumi up` and kills it with SIGKILL when the moment has come.
   * @param whole with all that it has started: a plugin notices the end of its engine within a second. @throws Error when it ends before.
   */
  async killUpAt(moment: Promise<unknown>, { whole = false } = {}): Promise<void> {
    const { process } = await this.start(["up", "--yes", "--skip-preview", "--stack", labName]);
    const early = process.then(({ all }) => Promise.reject(new Error(`up ended before the moment came:\n${all}`)));
    await Promise.race([moment, early]);
    const others = whole && process.pid !== undefined ? startedBy(process.pid) : [];
    process.kill("SIGKILL");
    for (const pid of others) kill(pid);
    await early.catch(() => undefined);
    // the real CLI would heed the lock of its dead predecessor
    if (this.environment.DBHA_PULUMI !== "fallback") await this.succeed("cancel", "--yes");
  }

  /** Runs `pulumi` and fails with what it printed unless it ends with 0. @returns all that it printed. */
  async succeed(...args: string[]): Promise<string> {
    return (await this.successful(args)).text;
  }

  private async successful(args: string[]): Promise<Ran> {
    const ran = await this.run(...args);
    if (ran.code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${ran.code}:\n${ran.text}`);
    return ran;
  }

  /** `pulumi up`, without a question. */
  up(...args: string[]): Promise<string> {
    return this.succeed("up", "--yes", "--skip-preview", ...args);
  }

  /** `pulumi destroy`, without a question. */
  destroy(): Promise<string> {
    return this.succeed("destroy", "--yes", "--skip-preview");
  }

  /** The stack's outputs, secrets shown. */
  async outputs(): Promise<Record<string, unknown>> {
    const { stdout } = await this.successful(["stack", "output", "--json", "--show-secrets"]);
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  /** The state as it lies on disk, secrets encrypted. */
  async exported(): Promise<string> {
    return (await this.successful(["stack", "export"])).stdout;
  }

  /** URNs of the resources in the state, sorted, and the operations that were cut off. */
  async recorded(): Promise<{ resources: string[]; pending: unknown[] }> {
    const { deployment } = JSON.parse(await this.exported()) as {
      deployment: { resources?: { urn: string; delete?: true }[]; pending_operations?: unknown[] };
    };
    const { resources = [], pending_operations: pending = [] } = deployment;
    return { resources: resources.map((each) => `${each.urn}${each.delete ? " to delete" : ""}`).sort(), pending };
  }

  /** A file with the state, for another engine to import. */
  async exportFile(): Promise<string> {
    const file = join(this.folder, "export.json");
    await this.succeed("stack", "export", "--file", file);
    return file;
  }

  /** Removes everything the stack kept on this machine. */
  remove(): void {
    rmSync(this.folder, { recursive: true });
    rmSync(this.configFile, { force: true });
  }
}

/** The processes that one has started, and those that they have. */
function startedBy(pid: number): number[] {
  const parents = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [
          [Number(name), Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${name}/status`, "utf8"))?.[1])] as const,
        ];
      } catch {
        // it has ended meanwhile
        return [];
      }
    });
  const of = (parent: number): number[] =>
    parents.flatMap(([child, its]) => (its === parent ? [child, ...of(child)] : []));
  return of(pid);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
