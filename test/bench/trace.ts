import { existsSync, readFileSync } from "node:fs";

/**
 * Reads what the dbha plugin wrote to the file that DBHA_TRACE names.
 * @returns SSH connections that it made, by host.
 */
export function tracedConnections(file: string): Record<string, number> {
  if (!existsSync(file)) return {};
  const counts: Record<string, number> = {};
  for (const line of readFileSync(file, "utf8").split("\n").filter(Boolean)) {
    const { event, host } = JSON.parse(line) as { event: string; host: string };
    if (event === "connect") counts[host] = (counts[host] ?? 0) + 1;
  }
  return counts;
}
