import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import type Docker from "dockerode";
import { runCommand } from "./command";
import { definitionHash } from "./definition";
import { DEFINITION_LABEL, DIRECTORY_LABEL, isNotModified, LAB_LABEL, orUndefined, removing } from "./docker";

/** A file put into a container before its first start. */
export interface SeedFile {
  /** Absolute path in the container; its directory exists in the image. */
  path: string;
  content: string;
  mode: number;
  owner: { uid: number; gid: number };
}

export interface ContainerSpec {
  name: string;
  lab: { name: string; directory: string };
  options: Docker.ContainerCreateOptions;
  files: readonly SeedFile[];
}

/** Hash over all that makes the container; it is kept as a label, without the secrets that went into it. */
export function specHash(spec: ContainerSpec): string {
  return definitionHash(undefined, { options: JSON.stringify(spec.options), files: JSON.stringify(spec.files) });
}

/**
 * Makes sure that the container runs and is made as `spec` says. One made otherwise is removed with its anonymous volumes and
 * made anew; a stopped one is started. Returns what it did.
 */
export async function ensureContainer(docker: Docker, spec: ContainerSpec): Promise<"running" | "started" | "created"> {
  const hash = specHash(spec);
  const existing = await orUndefined(docker.getContainer(spec.name).inspect());
  if (existing?.Config.Labels[DEFINITION_LABEL] === hash && !existing.State.Dead) {
    if (existing.State.Running && !existing.State.Paused) return "running";
    await startContainer(docker, spec.name, existing.State.Paused);
    return "started";
  }
  // made under another name, so that a container without its files never passes for a whole one
  const draft = `${spec.name}-new`;
  await removeContainer(docker, draft);
  const container = await docker.createContainer({
    ...spec.options,
    name: draft,
    Labels: { [LAB_LABEL]: spec.lab.name, [DIRECTORY_LABEL]: spec.lab.directory, [DEFINITION_LABEL]: hash },
  });
  for (const file of spec.files) await container.putArchive(await archive(file), { path: dirname(file.path) });
  await removeContainer(docker, spec.name);
  await container.rename({ name: spec.name });
  await startContainer(docker, spec.name, false);
  return "created";
}

async function startContainer(docker: Docker, name: string, paused: boolean): Promise<void> {
  try {
    if (paused) await docker.getContainer(name).unpause();
    else await docker.getContainer(name).start();
  } catch (error) {
    if (!isNotModified(error)) throw error;
  }
}

export async function removeContainer(docker: Docker, name: string): Promise<void> {
  await removing(docker.getContainer(name).remove({ force: true, v: true }));
}

/** A tar archive of one file. */
async function archive(file: SeedFile): Promise<Buffer> {
  const staging = mkdtempSync(join(tmpdir(), "dbha-lab-"));
  try {
    const member = basename(file.path);
    writeFileSync(join(staging, member), file.content, { mode: file.mode });
    const tar = join(staging, "tar");
    await runCommand("tar", ["-C", staging, "--numeric-owner", ...ownership(file.owner), "-cf", tar, member]);
    return readFileSync(tar);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

function ownership(owner: SeedFile["owner"]): string[] {
  return [`--owner=${owner.uid}`, `--group=${owner.gid}`];
}
