import type { ChunkRow } from "../resources/dolphin/chunks";
import { rowsOf, type DolphinValue } from "./answer";

/** Reads the answer to getClusterChunksStatus. */
export function chunkRowsOf(value: DolphinValue): ChunkRow[] {
  const rows = rowsOf(value);
  if (rows === undefined) throw new Error("getClusterChunksStatus answered no table");
  return rows.map((row) => ({
    chunkId: String(row.chunkId),
    file: String(row.file),
    version: Number(row.version),
    state: String(row.state),
    replicas: String(row.replicas ?? ""),
    replicaCount: Number(row.replicaCount),
  }));
}
