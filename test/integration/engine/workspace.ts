import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseDocument } from "yaml";
import { isAlive, until } from "./await";

export interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

export interface ResourceJson {
  urn: string;
  type: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

export interface StateJson {
  resources?: ResourceJson[];
  pending_operations?: { type: string; resource: ResourceJson }[];
}

export interface Running {
  pid: number;
  result: Promise<Result>;
}

const PROGRAM = resolve("test/fixtures/programs/things");

/** The program `things` in a project of its own, with a backend, a store and a stack. */
export class Workspace {
  readonly stack = "test";
  private constructor(
    readonly root: string,
    private readonly engine: string,
  ) {}

  /** `engine` is the value of DBHA_PULUMI: "fallback" or the path of a real CLI. */
  static async create(engine: string): Promise<Workspace> {
    // below the checkout, so that the SDK is found
    mkdirSync("test-output", { recursive: true });
    const workspace = new Workspace(mkdtempSync(resolve("test-output", "engine-")), engine);
    for (const folder of [workspace.program, join(workspace.root, "backend")]) mkdirSync(folder);
    // the program stays where it is, so that it is compiled once, not once in each workspace
    const project = readFileSync(join(PROGRAM, "Pulumi.yaml"), "utf8")
      .replace("main: index.ts", "main: index.js")
      .replaceAll(/(?:\.\.\/)+\w+/g, (path) => resolve(PROGRAM, path));
    writeFileSync(join(workspace.program, "Pulumi.yaml"), project);
    writeFileSync(join(workspace.program, "index.js"), `module.exports = require("${join(PROGRAM, "index.ts")}");\n`);
    await workspace.mustRun("stack", "init", workspace.stack);
    workspace.configure({ store: workspace.store }, "fixture");
    workspace.configure({ otherStore: join(workspace.root, "other") });
    return workspace;
  }

  /** The same workspace, worked on by another engine. */
  on(engine: string): Workspace {
    return new Workspace(this.root, engine);
  }

  get program(): string {
    return join(this.root, "program");
  }

  /** Where the things are. */
  get store(): string {
    return join(this.root, "store");
  }

  get stateFile(): string {
    return join(this.root, "backend", ".pulumi", "stacks", "things", `${this.stack}.json`);
  }

  /** Where whoever works on the stack says so. */
  get locks(): string {
    return join(this.root, "backend/.pulumi/locks/organization/things", this.stack);
  }

  get environment(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      DBHA_PULUMI: this.engine,
      PULUMI_BACKEND_URL: `file://${join(this.root, "backend")}`,
      PULUMI_HOME: join(this.root, "home"),
      PULUMI_CONFIG_PASSPHRASE: "a passphrase for tests",
      PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
      PULUMI_STACK: undefined,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      NO_COLOR: "1",
    };
  }

  /** Starts lab/bin/pulumi on the stack, as the leader of a process group. */
  start(args: string[], environment: NodeJS.ProcessEnv = {}): Running {
    const child = spawn(resolve("lab/bin/pulumi"), args, {
      cwd: this.program,
      env: { ...this.environment, ...environment },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const result = new Promise<Result>((done, failed) => {
      const texts = { stdout: "", stderr: "" };
      child.stdout.setEncoding("utf8").on("data", (text: string) => (texts.stdout += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => (texts.stderr += text));
      child.on("error", failed);
      child.on("close", (code, signal) => done({ code: code ?? (signal === "SIGKILL" ? 137 : 1), ...texts }));
    });
    return { pid: child.pid ?? 0, result };
  }

  run(...args: string[]): Promise<Result> {
    return this.start(args).result;
  }

  /**
   * Runs a command and kills it with SIGKILL, alone or with its process group, when the provider has stopped at a call:
   * `stop` is DBHA_FIXTURE_STOP of the fixture plugin. Returns when its plugins have ended, too.
   */
  async killAt(args: string[], stop: string, group: boolean): Promise<Result> {
    const stopped = join(this.store, "stopped");
    rmSync(stopped, { force: true });
    const running = this.start(args, { DBHA_FIXTURE_STOP: stop });
    const early = running.result.then(({ stdout, stderr }) => {
      if (!existsSync(stopped)) throw new Error(`${args.join(" ")} ended before call ${stop}:\n${stdout}\n${stderr}`);
    });
    await Promise.race([early, until(`call ${stop} of ${args.join(" ")}`, () => existsSync(stopped))]);
    process.kill(group ? -running.pid : running.pid, "SIGKILL");
    const result = await running.result;
    const pids = readFileSync(join(this.store, "pids.log"), "utf8").trim().split("\n").map(Number);
    await until("the end of the plugins", () => !pids.some(isAlive), 10_000);
    return result;
  }

  async mustRun(...args: string[]): Promise<Result> {
    const result = await this.run(...args);
    if (result.code !== 0)
      throw new Error(`pulumi ${args.join(" ")} ended with ${result.code}:\n${result.stdout}\n${result.stderr}`);
    return result;
  }

  /** Sets plain configuration in the stack's settings file, the program's unless another namespace is named. */
  configure(values: Record<string, unknown>, namespace = "things"): void {
    const document = parseDocument(readFileSync(this.settingsFile, "utf8"));
    for (const [key, value] of Object.entries(values)) document.setIn(["config", `${namespace}:${key}`], value);
    writeFileSync(this.settingsFile, document.toString());
  }

  get settingsFile(): string {
    return join(this.program, `Pulumi.${this.stack}.yaml`);
  }

  get state(): StateJson {
    const file = JSON.parse(readFileSync(this.stateFile, "utf8")) as { checkpoint: { latest: StateJson } };
    return file.checkpoint.latest;
  }

  /** What there is in the store: keys by file name. */
  get things(): Map<string, string> {
    const files = readdirSync(this.store).filter((name) => name.endsWith(".json"));
    return new Map(
      files.map((name) => [
        name.replace(/\.json$/, ""),
        (JSON.parse(readFileSync(join(this.store, name), "utf8")) as { key: string }).key,
      ]),
    );
  }

  /** What the provider was asked to do, line by line. */
  get calls(): string[] {
    try {
      return readFileSync(join(this.store, "calls.log"), "utf8").trim().split("\n");
    } catch {
      return [];
    }
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
