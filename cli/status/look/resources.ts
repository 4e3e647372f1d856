import { changesOf } from "../../../provider/diff";
import { kinds } from "../../../provider/kinds";
import { dolphinClusterQuery } from "../../../provider/kinds/dolphin-cluster";
import type { Context } from "../../../provider/kinds/kind";
import { HostError } from "../../../provider/ssh/host-error";
import type { Properties } from "../../../provider/wire";
import type { Resource } from "../state/state";
import type { SeenCluster, SeenContainer, SeenResource, Unseen } from "./seen";

/** What tells of health and not of drift: who is down is told of as such. */
const HEALTH = ["healthy", "states", "active"];

/**
 * Kinds that compare with a file of this machine, which may be another one by now, or not here at all. Of these what was found
 * is held against what was there after the last `up`, by these outputs.
 */
const OF_FILES: Record<string, string[]> = {
  "dbha:index:Image": ["imageId", "loadedReference"],
  "dbha:index:Archive": ["manifest", "directory"],
};

/** Reads a resource as a refresh does, and compares it with what was deployed. */
export async function seeResource(resource: Resource, context: Context): Promise<SeenResource> {
  const { type, outputs, ignoreChanges } = resource;
  const kind = kinds.find(({ token }) => token === type);
  if (kind === undefined) return { state: "unknown", problem: `this version of dbha does not know ${type}` };
  try {
    const found = await kind.read(outputs, context);
    if (found === undefined) return { state: "gone" };
    const names = [...Object.keys(kind.inputs), ...(OF_FILES[type] ?? [])];
    const changes = [
      ...changesOf(names, outputs, found),
      ...(type in OF_FILES ? [] : ((await kind.drift?.(found, resource.inputs)) ?? [])),
    ];
    const differs = changes.map(({ path }) => path).filter((path) => !isIgnored(path, ignoreChanges));
    return { state: "found", properties: found, differs: [...new Set(differs)] };
  } catch (error) {
    return unseen(error);
  }
}

function isIgnored(path: string, ignored: string[]): boolean {
  const top = path.split(/[.[]/)[0] ?? path;
  return HEALTH.includes(top) || ignored.includes("*") || ignored.includes(top);
}

/** What was found in place of a container of the state. */
export function judgeContainer({ id, inputs }: Resource, found: SeenContainer | undefined): SeenResource {
  if (found === undefined) return { state: "gone" };
  const differs = [
    ...(found.id !== id ? ["id"] : []),
    ...(typeof inputs.image === "string" && inputs.image.startsWith("sha256:") && inputs.image !== found.image
      ? ["image"]
      : []),
  ];
  return { state: "container", container: found, differs };
}

type ClusterQuestion = Parameters<typeof dolphinClusterQuery.answer>[0];

/** Asks a DolphinDB cluster who leads, and which nodes are online. @param inputs of the resource that knows its nodes */
export async function seeCluster(inputs: Properties, context: Context): Promise<SeenCluster> {
  try {
    return await dolphinClusterQuery.answer(inputs as ClusterQuestion, context);
  } catch (error) {
    if (error instanceof HostError) return { leader: "", nodes: [] };
    throw error;
  }
}

/** Why something could not be looked at. @throws what is no problem of a host */
export function unseen(error: unknown): Unseen {
  if (!(error instanceof HostError)) throw error;
  const isHost = ["unreachable", "refused", "lost", "cancelled"].includes(error.trouble);
  return isHost ? { state: "hidden" } : { state: "unknown", problem: error.problem };
}
