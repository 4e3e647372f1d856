import { messageOf } from "../../errors";
import type { ProviderLog, Values } from "../../provider";
import { comparePropertiesDeeply } from "../property-diff";
import { isNotFound, Refused } from "./api";
import type { Daemon } from "./daemon";
import { mebibytes } from "./forms";
import { creationBody } from "./translate";

/** The daemon's description of a container; undefined when there is none. */
export async function inspectContainer(daemon: Daemon, id: string): Promise<Values | undefined> {
  try {
    return await daemon.inspect(`/containers/${id}/json`);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw new Error(`Unable to read container ${id}: ${messageOf(error)}`, { cause: error });
  }
}

/** Makes sure that an image is there, and pulls it (without credentials) where it is not. */
export async function findOrPullImage(daemon: Daemon, image: string, log: ProviderLog): Promise<void> {
  try {
    await daemon.inspect(`/images/${encodeURI(image)}/json`);
    return;
  } catch (error) {
    if (!isNotFound(error)) throw new Error(`Unable to look up image ${image}: ${messageOf(error)}`, { cause: error });
  }
  log.status(`Pulling ${image}`);
  const failed = (reason: string, cause?: unknown): Error =>
    new Error(`Unable to create container with image ${image}: unable to pull it: ${reason}`, { cause });
  const query = new URLSearchParams(reference(image));
  const progress = await daemon.call("POST", `/images/create?${query.toString()}`).catch((error: unknown) => {
    throw failed(messageOf(error), error);
  });
  // the answer has a line for each step, whatever becomes of it
  const steps = progress.split("\n").filter((line) => line.trim() !== "");
  const { error } = steps.map((line) => JSON.parse(line) as { error?: string }).find((step) => step.error) ?? {};
  if (error !== undefined) throw failed(error);
}

/** An image's name in the API's two parts: without a tag it would be all of its tags. */
function reference(image: string): { fromImage: string; tag: string } {
  const [, fromImage = image, tag = "latest"] = /^(.+?)(?:@|:(?=[^/]*$))(.+)$/.exec(image) ?? [];
  return { fromImage, tag };
}

/** Makes a container as planned. @returns its ID */
export async function createContainer(daemon: Daemon, planned: Values): Promise<string> {
  try {
    const path = `/containers/create?name=${encodeURIComponent(planned.name as string)}`;
    return (JSON.parse(await daemon.call("POST", path, creationBody(planned))) as { Id: string }).Id;
  } catch (error) {
    throw new Error(`Unable to create container: ${messageOf(error)}`, { cause: error });
  }
}

/** Starts a container, where the plan asks for it. */
export async function startContainer(daemon: Daemon, id: string, planned: Values): Promise<void> {
  if (planned.start !== true) return;
  try {
    await daemon.call("POST", `/containers/${id}/start`);
  } catch (error) {
    throw new Error(`Unable to start container: ${messageOf(error)}`, { cause: error });
  }
}

/** Outputs whose change reaches a running container. The real provider only notes a change of any other. */
const CHANGEABLE = ["memory", "memorySwap", "restart"];

/** Starts a container that stopped, and applies what Docker can change in place. */
export async function changeContainer(daemon: Daemon, id: string, olds: Values, planned: Values): Promise<void> {
  if (olds.mustRun === false && planned.mustRun === true) await startContainer(daemon, id, planned);
  const changes = comparePropertiesDeeply(pick(olds), pick(planned));
  if (Object.keys(changes).length === 0) return;
  try {
    await daemon.call("POST", `/containers/${id}/update`, {
      Memory: mebibytes.write(planned.memory ?? 0),
      MemorySwap: mebibytes.write(planned.memorySwap ?? 0),
      RestartPolicy: { Name: planned.restart ?? null },
    });
  } catch (error) {
    throw new Error(`Unable to update a container: ${messageOf(error)}`, { cause: error });
  }
}

function pick(values: Values): Values {
  return Object.fromEntries(CHANGEABLE.map((name) => [name, values[name] ?? null]));
}

/** Stops and removes a container, with its anonymous volumes unless told otherwise. One that is gone is fine. */
export async function removeContainer(daemon: Daemon, id: string, outputs: Values): Promise<void> {
  const seconds = typeof outputs.destroyGraceSeconds === "number" ? outputs.destroyGraceSeconds : 0;
  const volumes = outputs.removeVolumes !== false;
  try {
    await daemon.call("POST", `/containers/${id}/stop?t=${seconds}`).catch(ignoring(304, 404));
    await daemon.call("DELETE", `/containers/${id}?v=${volumes}&force=true`).catch(ignoring(404, 409));
    await daemon.call("POST", `/containers/${id}/wait?condition=removed`).catch(ignoring(404));
  } catch (error) {
    throw new Error(`Error deleting container ${id}: ${messageOf(error)}`, { cause: error });
  }
}

const ignoring =
  (...statuses: number[]) =>
  (error: unknown): void => {
    if (!(error instanceof Refused && statuses.includes(error.status))) throw error;
  };
