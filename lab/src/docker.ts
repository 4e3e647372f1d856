import Docker from "dockerode";

/** Label on every container, network, volume of a lab: its name. */
export const LAB_LABEL = "dbha.lab";
/** Label beside it: the lab's runtime directory, which tells labs of several checkouts apart and finds orphans. */
export const DIRECTORY_LABEL = "dbha.lab.directory";
/** Label of a container or network: hash of all that it was made from; another hash means that it is out of date. */
export const DEFINITION_LABEL = "dbha.lab.definition";
/** Label of an image that the lab built: which one. */
export const IMAGE_LABEL = "dbha.lab.image";

/** Client of this machine's Docker daemon, at the usual socket or the one that DOCKER_HOST names. */
export function dockerClient(options: { limitSeconds?: number } = {}): Docker {
  const target = process.env["DOCKER_HOST"] ?? "";
  if (target !== "" && !target.startsWith("unix://")) {
    throw new Error(`DOCKER_HOST=${target}: the lab's hosts must be on this machine; unset DOCKER_HOST`);
  }
  return new Docker(options.limitSeconds === undefined ? {} : { timeout: options.limitSeconds * 1000 });
}

/** True for the daemon's answer 404. */
export function isNotFound(error: unknown): boolean {
  return statusOf(error) === 404;
}

function statusOf(error: unknown): unknown {
  return error instanceof Error && "statusCode" in error ? error.statusCode : undefined;
}

/** Runs `request` and turns "no such object" into undefined. */
export async function orUndefined<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Runs a removal; what is already gone is fine. */
export async function removing(request: Promise<unknown>): Promise<void> {
  await orUndefined(request);
}

/** Version of the daemon of this machine, or undefined when none answers. */
export async function daemonVersion(): Promise<string | undefined> {
  try {
    return (await dockerClient({ limitSeconds: 5 }).version()).Version;
  } catch {
    return undefined;
  }
}

/**
 * What keeps the daemon of this machine from working; undefined when nothing does. One that lost its containerd answers, lists
 * containers and runs none; it starts a new one by itself after a few seconds.
 */
export async function daemonFault(): Promise<string | undefined> {
  try {
    const { Components: components } = await dockerClient({ limitSeconds: 5 }).version();
    const whole = components.some(({ Name }) => Name === "containerd");
    return whole ? undefined : "the Docker daemon answers, but its containerd does not";
  } catch {
    return "no Docker daemon answers";
  }
}

/** Names used in image tarballs: `amd64`, `arm64`. */
export function architecture(): string {
  return process.arch === "x64" ? "amd64" : process.arch;
}
