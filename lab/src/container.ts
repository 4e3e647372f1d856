import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import type Docker from "dockerode";
import { runCommand } from "./command";
import { definitionHash } from "./definition";
import { DEFINITION_LABEL, DIRECTORY_LABEL, LAB_LABEL, orUndefined, removing } from "./docker";

/** A file put into a container before its first start. */
export interface SeedFile {
  /** Absolute path in the container; its directory exists in the image. */
  path: string;
  content: string;
  mode: number;
  owner: { uid: number; gid: number };
}

/** A container's address in the lab's network. */
export interface LabEndpoint {
  NetworkingConfig: { EndpointsConfig: Record<string, Docker.EndpointSettings> };
}

export interface ContainerSpec {
  name: string;
  lab: { name: string; directory: string };
  options: Docker.ContainerCreateOptions & LabEndpoint;
  files: readonly SeedFile[];
}

/** Hash over all that makes the container; it is kept as a label, without the secrets that went into it. */
export function specHash(spec: ContainerSpec): string {
  return definitionHash(undefined, { options: JSON.stringify(spec.options), files: JSON.stringify(spec.files) });
}

/** Networks that the container should be on, with its addresses there. */
function endpoints(spec: ContainerSpec): [network: string, endpoint: Docker.EndpointSettings][] {
  return Object.entries(spec.options.NetworkingConfig.EndpointsConfig);
}

/** True when the container is on the network that now has this name, not on one of the same name that was removed. */
async function isOn(docker: Docker, container: Docker.ContainerInspectInfo, name: string): Promise<boolean> {
  const network = await orUndefined(docker.getNetwork(name).inspect());
  return network !== undefined && container.NetworkSettings.Networks[name]?.NetworkID === network.Id;
}

/** What is wrong with a container as Docker sees it; undefined when it runs as `spec` says. */
export async function containerFault(docker: Docker, spec: ContainerSpec): Promise<string | undefined> {
  const container = await orUndefined(docker.getContainer(spec.name).inspect());
  if (container === undefined) return "no container; lab/up makes it";
  if (container.State.Paused) return "container paused; lab/up lets it go on";
  if (!container.State.Running) return `container ${container.State.Status}; lab/up starts it`;
  if (container.Config.Labels[DEFINITION_LABEL] !== specHash(spec))
    return "container is of an older definition; lab/up makes it anew";
  const loose = await Promise.all(endpoints(spec).map(([network]) => isOn(docker, container, network)));
  return loose.every(Boolean) ? undefined : "container is cut off from the lab's network; lab/up connects it";
}

/** How a container ended, and what it said last; undefined while it runs. */
export async function endOf(docker: Docker, name: string): Promise<string | undefined> {
  const container = docker.getContainer(name);
  const { State: state } = await container.inspect();
  if (state.Running) return undefined;
  const lines = textOf(await container.logs({ stdout: true, stderr: true, tail: 8 }));
  return [`its container ended with status ${state.ExitCode}, and said at last:`, ...lines].join("\n  ");
}

/** The lines in a container's log, as Docker frames them: a header of eight bytes, which ends with the length of what follows. */
function textOf(log: Buffer): string[] {
  let text = "";
  for (let at = 0; at + 8 <= log.length; at += 8 + log.readUInt32BE(at + 4))
    text += log.toString("utf8", at + 8, at + 8 + log.readUInt32BE(at + 4));
  return text.split("\n").filter((line) => line !== "");
}

/**
 * Makes sure that the container runs and is made as `spec` says. One made otherwise, or one that cannot be started any more, is
 * removed with its anonymous volumes and made anew; a stopped one is started. Returns what it did.
 */
export async function ensureContainer(docker: Docker, spec: ContainerSpec): Promise<"running" | "started" | "created"> {
  const existing = await orUndefined(docker.getContainer(spec.name).inspect());
  if (existing?.Config.Labels[DEFINITION_LABEL] === specHash(spec)) {
    try {
      return await revive(docker, spec, existing);
    } catch {
      // Docker refuses to start it, for example because its image was removed
    }
  }
  await createContainer(docker, spec);
  return "created";
}

async function revive(
  docker: Docker,
  spec: ContainerSpec,
  existing: Docker.ContainerInspectInfo,
): Promise<"running" | "started"> {
  const container = docker.getContainer(existing.Id);
  if (existing.State.Paused) await container.unpause();
  let connected = false;
  for (const [network, endpoint] of endpoints(spec)) {
    if (await isOn(docker, existing, network)) continue;
    if (existing.NetworkSettings.Networks[network] !== undefined)
      await docker.getNetwork(network).disconnect({ Container: existing.Id, Force: true });
    await docker.getNetwork(network).connect({ Container: existing.Id, EndpointConfig: endpoint });
    connected = true;
  }
  if (!existing.State.Running) await container.start();
  // its interface has another name until it starts anew
  else if (connected) await container.restart({ t: 5 });
  else if (!existing.State.Paused) return "running";
  return "started";
}

async function createContainer(docker: Docker, spec: ContainerSpec): Promise<void> {
  // made under another name, so that a container without its files never passes for a whole one
  const draft = `${spec.name}-new`;
  await removeContainer(docker, draft);
  const container = await docker.createContainer({
    ...spec.options,
    name: draft,
    Labels: {
      [LAB_LABEL]: spec.lab.name,
      [DIRECTORY_LABEL]: spec.lab.directory,
      [DEFINITION_LABEL]: specHash(spec),
    },
  });
  for (const file of spec.files) await container.putArchive(await archive(file), { path: dirname(file.path) });
  await removeContainer(docker, spec.name);
  await container.rename({ name: spec.name });
  await container.start();
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
