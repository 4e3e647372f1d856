import { chunksOn, replicasOf, type ChunkRow } from "./chunks";
import type { NodeRow } from "./node-rows";

/** What is done with the replicas of a data node that goes. */
export interface ReplicaMoves {
  /** Chunks by the data node that takes their replica. */
  to: Map<string, string[]>;
  /** Chunks that have enough replicas without it, and no data node to take one: those on it are deleted. */
  spare: string[];
  /** Paths of chunks for which there is no data node. */
  stuck: string[];
}

/**
 * Spreads the replicas of a data node over others: on a host without the chunk where there is one, then where least is going.
 * @param targets data nodes that stay, and are online
 * @param replicas that each chunk must keep
 */
export function planReplicaMoves(
  chunks: readonly ChunkRow[],
  leaving: string,
  targets: readonly Pick<NodeRow, "alias" | "host">[],
  replicas: number,
): ReplicaMoves {
  const ids = new Set(chunksOn(chunks, leaving));
  const found: ReplicaMoves = { to: new Map(), spare: [], stuck: [] };
  for (const chunk of chunks.filter(({ chunkId }) => ids.has(chunkId))) {
    const others = replicasOf(chunk).filter(({ node }) => node !== leaving);
    const hosts = targets.filter(({ alias }) => others.some(({ node }) => node === alias)).map(({ host }) => host);
    const rank = ({ alias, host }: Pick<NodeRow, "alias" | "host">): number =>
      (hosts.includes(host) ? chunks.length : 0) + (found.to.get(alias)?.length ?? 0);
    const [best] = targets
      .filter(({ alias }) => !others.some(({ node }) => node === alias))
      .sort((a, b) => rank(a) - rank(b));
    if (best !== undefined) found.to.set(best.alias, [...(found.to.get(best.alias) ?? []), chunk.chunkId]);
    else if (others.filter(({ isCorrupted }) => !isCorrupted).length >= replicas) found.spare.push(chunk.chunkId);
    else found.stuck.push(chunk.file);
  }
  return found;
}
