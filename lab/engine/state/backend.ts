import { constants, existsSync } from "node:fs";
import { copyFile, mkdir, readFile, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { EXIT, messageOf, Unsupported, UserError } from "../errors";
import { checkFormat, formatOf, type DeploymentJson, type Format } from "./deployment";

interface Checkpoint extends Format {
  checkpoint: { stack: string; latest?: DeploymentJson | null };
}

/** A stack in Pulumi's file backend: a JSON file below `.pulumi/stacks/PROJECT/`. */
export class StackFile {
  private readonly root: string;
  private readonly path: string;

  /** @throws UserError where the environment names no backend, Unsupported for others than `file://`. */
  constructor(
    private readonly project: string,
    private readonly stack: string,
    env: NodeJS.ProcessEnv,
  ) {
    const url = env.PULUMI_BACKEND_URL;
    if (!url) {
      throw new UserError(
        'PULUMI_BACKEND_URL must name where states are kept, for instance "file:///var/lib/pulumi"',
        EXIT.configuration,
      );
    }
    if (!url.startsWith("file://")) throw new Unsupported(`the backend "${url.split(":")[0] ?? ""}://" (only file://)`);
    const directory = decodeURIComponent(url.slice("file://".length)).replace(/^~(?=\/|$)/, homedir());
    this.root = join(directory, ".pulumi");
    this.path = join(this.root, "stacks", project, `${stack}.json`);
  }

  get exists(): boolean {
    return existsSync(this.path);
  }

  /** The stack's last deployment; undefined when it has none yet. */
  async read(): Promise<DeploymentJson | undefined> {
    if (!this.exists) throw new UserError(`no stack named '${this.stack}' found`, EXIT.stackNotFound);
    let checkpoint: Checkpoint;
    try {
      checkpoint = JSON.parse(await readFile(this.path, "utf8")) as Checkpoint;
    } catch (error) {
      throw new UserError(`the state file ${this.path} is damaged: ${messageOf(error)}`);
    }
    checkFormat(checkpoint);
    return checkpoint.checkpoint.latest ?? undefined;
  }

  /** Replaces the state atomically, readable by its owner alone; the one before it stays as `.bak`. */
  async write(latest: DeploymentJson | undefined): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    const meta = join(this.root, "meta.yaml");
    if (!existsSync(meta)) await writeFileAtomic(meta, "version: 1\n", { mode: 0o600 });
    if (this.exists) await copyFile(this.path, `${this.path}.bak`, constants.COPYFILE_FICLONE);
    const name = `organization/${this.project}/${this.stack}`;
    const checkpoint: Checkpoint = { ...formatOf(latest), checkpoint: { stack: name, ...(latest && { latest }) } };
    await writeFileAtomic(this.path, JSON.stringify(checkpoint), { mode: 0o600 });
  }

  async remove(): Promise<void> {
    for (const path of [this.path, `${this.path}.bak`]) await rm(path, { force: true });
  }

  get lockDirectory(): string {
    return join(this.root, "locks", "organization", this.project, this.stack);
  }
}
