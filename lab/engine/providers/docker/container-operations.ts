import type Docker from "dockerode";
import type { ProviderLog, Values } from "../../provider";
import { comparePropertiesDeeply } from "../property-diff";
import { daemonMessage, isNotFound } from "./daemon";
import { mebibytes } from "./forms";
import { creationBody } from "./translate";

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
  // left to itself, the library writes everything into the URL as well: secrets in the environment among it
  const request = { _query: { name: planned.name }, _body: creationBody(planned) } as Docker.ContainerCreateOptions;
  try {
    return await docker.createContainer(request);
  } catch (error) {
    throw new Error(`Unable to create container: ${daemonMessage(error)}`, { cause: error });
  }
}

/** Starts a container, where the plan asks for it. */
export async function startContainer(container: Docker.Container, planned: Values): Promise<void> {
  if (planned.start !== true) return;
  try {
    await container.start();
  } catch (error) {
    throw new Error(`Unable to start container: ${daemonMessage(error)}`, { cause: error });
  }
}

/** Outputs whose change reaches a running container. The real provider only notes a change of any other. */
const CHANGEABLE = ["memory", "memorySwap", "restart"];

/** Starts a container that stopped, and applies what Docker can change in place. */
export async function changeContainer(container: Docker.Container, olds: Values, planned: Values): Promise<void> {
  if (olds.mustRun === false && planned.mustRun === true) await startContainer(container, planned);
  const changes = comparePropertiesDeeply(pick(olds), pick(planned));
  if (Object.keys(changes).length === 0) return;
  try {
    await container.update({
      Memory: mebibytes.write(planned.memory ?? 0),
      MemorySwap: mebibytes.write(planned.memorySwap ?? 0),
      RestartPolicy: { Name: planned.restart },
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
  const seconds = outputs.destroyGraceSeconds;
  try {
    await container.stop({ t: typeof seconds === "number" ? seconds : 0 }).catch(ignoring(304, 404));
    await container.remove({ v: outputs.removeVolumes !== false, force: true }).catch(ignoring(404, 409));
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
