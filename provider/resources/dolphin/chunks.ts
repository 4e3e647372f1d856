/** A chunk, as getClusterChunksStatus tells it. */
export interface ChunkRow {
  chunkId: string;
  /** Path of its partition. */
  file: string;
  version: number;
  /** CONSTRUCTING in a transaction, RECOVERING while a replica is made, else COMPLETE. */
  state: string;
  /** `alias:version:corrupted:…` of each replica, with commas between. */
  replicas: string;
  replicaCount: number;
}

/** A replica of a chunk. */
export interface Replica {
  node: string;
  version: number;
  isCorrupted: boolean;
}

/** The replicas of a chunk; later versions of the engine tell more of each. */
export const replicasOf = ({ replicas }: Pick<ChunkRow, "replicas">): Replica[] =>
  replicas
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "")
    .map((one) => {
      const [node = "", version = "", corrupted = "0"] = one.split(":");
      return { node, version: Number(version), isCorrupted: !["0", "false", ""].includes(corrupted) };
    });

/** Whether nodes may be stopped. */
export interface ChunkGate {
  isOpen: boolean;
  /** Why it is closed, a line each, with the first chunk of each reason. */
  reasons: string[];
}

/**
 * The gate before a node is stopped: all chunks complete, each with all replicas.
 * @param factor replicas that each chunk must have.
 */
export function chunkGate(rows: readonly ChunkRow[], factor: number): ChunkGate {
  const states = new Map<string, ChunkRow[]>();
  for (const row of rows) if (row.state !== "COMPLETE") states.set(row.state, [...(states.get(row.state) ?? []), row]);
  const short = rows.filter(({ replicaCount }) => replicaCount < factor);
  const corrupted = rows.filter((row) => replicasOf(row).some(({ isCorrupted }) => isCorrupted));
  const reasons = [
    ...[...states].map(([state, found]) => reason(found, `in the state ${state}`)),
    ...(short.length > 0 ? [reason(short, `with fewer than ${factor} replicas`)] : []),
    ...(corrupted.length > 0 ? [reason(corrupted, "with a replica that is corrupted")] : []),
  ];
  return { isOpen: reasons.length === 0, reasons };
}

/** Chunks that lack replicas, or whose replicas are behind or corrupted, as nodes tell that have reported theirs; one that is written to is whole. */
export const incompleteChunks = (rows: readonly ChunkRow[], factor: number): ChunkRow[] =>
  rows.filter(
    (row) =>
      row.replicaCount < factor ||
      !["COMPLETE", "CONSTRUCTING"].includes(row.state) ||
      replicasOf(row).some(({ isCorrupted }) => isCorrupted),
  );

const reason = (rows: ChunkRow[], what: string): string =>
  `${rows.length} ${rows.length === 1 ? "chunk" : "chunks"} ${what}, like ${rows[0]?.file ?? ""}`;

/** Chunks of which no good replica is left but on some nodes: those must not be stopped, or taken away, together. */
export const heldOnlyBy = (rows: readonly ChunkRow[], nodes: ReadonlySet<string>): ChunkRow[] =>
  rows.filter((row) => {
    const good = replicasOf(row).filter(({ isCorrupted, version }) => !isCorrupted && version === row.version);
    return good.every(({ node }) => nodes.has(node));
  });

/** IDs of the chunks that have a replica on a node: what is to be moved before it goes. */
export const chunksOn = (rows: readonly ChunkRow[], node: string): string[] =>
  rows.filter((row) => replicasOf(row).some((one) => one.node === node)).map(({ chunkId }) => chunkId);
