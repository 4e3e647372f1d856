import { setTimeout as delay } from "node:timers/promises";
import type Docker from "dockerode";
import type { ProviderLog, Values } from "../../provider";
import { comparePropertiesDeeply } from "../property-diff";
import { createOptions, mebibytes } from "./container-create";
import { daemonMessage, isNotFound } from "./daemon";
import { Given } from "./given";

/** The daemon's description of a container; undefined when there is none. */
export async function inspectContainer(docker: Docker, id: string): Promise<Values | undefined> {
  try {
    return (await docker.getContainer(id).inspect()) as unknown as Values;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw new Error(`Unable to read container ${id}: ${daemonMessage(error)}`, { cause: error });
  }
}

/** Makes sure that an image is there, and pulls it (without credentials) where it is not. */
export async function findOrPullImage(docker: Docker, image: string, log: ProviderLog): Promise<void> {
  try {
    await docker.getImage(image).inspect();
    return;
  } catch (error) {
    if (!isNotFound(error))
      throw new Error(`Unable to look up image ${image}: ${daemonMessage(error)}`, { cause: error });
  }
  log.status(`Pulling ${image}`);
  try {
    const progress = await docker.pull(image);
    await new Promise<void>((resolve, reject) => {
      docker.modem.followProgress(progress, (error: Error | null, steps: { error?: string }[]) => {
        const refusal = steps.find((step) => step.error !== undefined)?.error;
        if (error ?? refusal) reject(error ?? new Error(refusal));
        else resolve();
      });
    });
  } catch (error) {
    throw new Error(`Unable to create container with image ${image}: unable to pull it: ${daemonMessage(error)}`, {
      cause: error,
    });
  }
}

/** Makes a container as planned. */
export async function createContainer(docker: Docker, planned: Values): Promise<Docker.Container> {
  const { name, ...body } = createOptions(planned);
  // left to itself, the library writes everything into the URL as well: secrets in the environment among it
  const request = { _query: { name }, _body: body } as Docker.ContainerCreateOptions;
  try {
    return await docker.createContainer(request);
  } catch (error) {
    throw new Error(`Unable to create container: ${daemonMessage(error)}`, { cause: error });
  }
}

/** Starts a container that was just made, and waits until it is healthy, as far as the plan asks for either. */
export async function startContainer(container: Docker.Container, planned: Values, log: ProviderLog): Promise<void> {
  if (planned.start !== true) return;
  try {
    await container.start();
  } catch (error) {
    throw new Error(`Unable to start container: ${daemonMessage(error)}`, { cause: error });
  }
  if (planned.wait === true) await waitUntilHealthy(container, planned.waitTimeout as number, log);
}

async function waitUntilHealthy(container: Docker.Container, seconds: number, log: ProviderLog): Promise<void> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const { Health: health } = (await container.inspect()).State;
    if (health === undefined) {
      throw new Error(
        "you have supplied a 'wait' argument, but the container does not have a healthcheck defined. " +
          "Please remove the 'wait' argument or add a 'healthcheck' attribute",
      );
    }
    if (health.Status === "healthy") return;
    if (Date.now() >= end)
      throw new Error(`container failed to be in healthy state within ${seconds} s: it is ${health.Status}`);
    log.status(`Waiting for the container to be healthy: ${health.Status}`);
    await delay(1_000);
  }
}

/** Outputs whose change reaches a running container. The real provider only notes a change of any other. */
const CHANGEABLE = ["cpuSet", "cpuShares", "maxRetryCount", "memory", "memoryReservation", "memorySwap", "restart"];

/** Starts a container that stopped, and applies what Docker can change in place. */
export async function changeContainer(container: Docker.Container, olds: Values, planned: Values): Promise<void> {
  try {
    if (olds.mustRun === false && planned.mustRun === true && planned.start === true) await container.start();
  } catch (error) {
    throw new Error(`Unable to start container: ${daemonMessage(error)}`, { cause: error });
  }
  const changes = comparePropertiesDeeply(pick(olds), pick(planned));
  if (Object.keys(changes).length === 0) return;
  const given = new Given(planned);
  try {
    await container.update({
      CpuShares: given.number("cpuShares") ?? 0,
      CpusetCpus: given.text("cpuSet") ?? "",
      Memory: mebibytes(given.number("memory")) ?? 0,
      MemoryReservation: mebibytes(given.number("memoryReservation")) ?? 0,
      MemorySwap: mebibytes(given.number("memorySwap")),
      RestartPolicy: { Name: given.text("restart") ?? "no", MaximumRetryCount: given.number("maxRetryCount") ?? 0 },
    });
  } catch (error) {
    throw new Error(`Unable to update a container: ${daemonMessage(error)}`, { cause: error });
  }
}

function pick(values: Values): Values {
  return Object.fromEntries(CHANGEABLE.map((name) => [name, values[name] ?? null]));
}

/** Stops and removes a container, with its anonymous volumes unless told otherwise. One that is gone is fine. */
export async function removeContainer(container: Docker.Container, outputs: Values): Promise<void> {
  const given = new Given(outputs);
  try {
    await container.stop({ t: given.number("destroyGraceSeconds") ?? 0 }).catch(ignoring(304, 404));
    await container.remove({ v: given.flag("removeVolumes") ?? true, force: true }).catch(ignoring(404, 409));
    await container.wait({ condition: "removed" }).catch(ignoring(404));
  } catch (error) {
    throw new Error(`Error deleting container ${container.id}: ${daemonMessage(error)}`, { cause: error });
  }
}

function ignoring(...statusCodes: number[]): (error: unknown) => void {
  return (error) => {
    if (!statusCodes.includes((error as { statusCode?: number }).statusCode ?? 0)) throw error;
  };
}
