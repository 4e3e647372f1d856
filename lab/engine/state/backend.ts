import { constants, existsSync } from "node:fs";
import { copyFile, mkdir, readFile, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import writeFileAtomic from "write-file-atomic";
import { EXIT, messageOf, Unsupported, UserError } from "../errors";
import type { DeploymentJson } from "./deployment";

interface Checkpoint {
  version: number;
  checkpoint: { stack: string; latest?: DeploymentJson | null };
}

/** Pulumi's file backend: one JSON file per stack below `.pulumi/stacks/PROJECT/`. */
export class FileBackend {
  private constructor(
    /** The directory that holds `.pulumi`. */
    readonly root: string,
    readonly url: string,
  ) {}

  /** @throws Unsupported for backends other than `file://`. */
  static fromEnvironment(env: NodeJS.ProcessEnv): FileBackend {
    const url = env.PULUMI_BACKEND_URL;
    if (url === undefined || url === "") {
      throw new UserError(
        'PULUMI_BACKEND_URL must name where states are kept, for instance "file:///var/lib/pulumi"',
        EXIT.configuration,
      );
    }
    if (!url.startsWith("file://")) throw new Unsupported(`the backend "${url.split(":")[0] ?? ""}://" (only file://)`);
    const path = url.slice("file://".length);
    if (path === "~" || path.startsWith("~/")) return new FileBackend(join(homedir(), path.slice(1)), url);
    return new FileBackend(path.startsWith("/") ? fileURLToPath(url) : path, url);
  }

  exists(project: string, stack: string): boolean {
    return existsSync(this.pathOf(project, stack));
  }

  /** The stack's last deployment; undefined when it has none yet. */
  async read(project: string, stack: string): Promise<DeploymentJson | undefined> {
    const path = this.pathOf(project, stack);
    if (!existsSync(path)) throw new UserError(`no stack named '${stack}' found`, EXIT.stackNotFound);
    let checkpoint: Checkpoint;
    try {
      checkpoint = JSON.parse(await readFile(path, "utf8")) as Checkpoint;
    } catch (error) {
      throw new UserError(`the state file ${path} is damaged: ${messageOf(error)}`);
    }
    if (checkpoint.version !== 3) throw new Unsupported(`state of version ${checkpoint.version} (only version 3)`);
    return checkpoint.checkpoint.latest ?? undefined;
  }

  /** Replaces the state atomically, readable by its owner alone; the one before it stays as `.bak`. */
  async write(project: string, stack: string, latest: DeploymentJson | undefined): Promise<void> {
    const path = this.pathOf(project, stack);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const meta = join(this.root, ".pulumi", "meta.yaml");
    if (!existsSync(meta)) await writeFileAtomic(meta, "version: 1\n", { mode: 0o600 });
    if (existsSync(path)) await copyFile(path, `${path}.bak`, constants.COPYFILE_FICLONE);
    const checkpoint: Checkpoint = {
      version: 3,
      checkpoint: { stack: `organization/${project}/${stack}`, ...(latest && { latest }) },
    };
    await writeFileAtomic(path, JSON.stringify(checkpoint), { mode: 0o600 });
  }

  async remove(project: string, stack: string): Promise<void> {
    const path = this.pathOf(project, stack);
    for (const suffix of ["", ".bak", ".attrs", ".bak.attrs"]) await rm(path + suffix, { force: true });
    for (const folder of ["backups", "history"]) {
      await rm(join(this.root, ".pulumi", folder, project, stack), { recursive: true, force: true });
    }
  }

  lockDirectory(project: string, stack: string): string {
    return join(this.root, ".pulumi", "locks", "organization", project, stack);
  }

  private pathOf(project: string, stack: string): string {
    return join(this.root, ".pulumi", "stacks", project, `${stack}.json`);
  }
}
