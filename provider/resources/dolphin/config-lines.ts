/** A line of a .cfg file: a key, with an alias or wildcards before it or none, and its value. */
export type ConfigLine = readonly [key: string, value: string];

/** A .cfg file. Its first line is never empty: the engine refuses such a file. */
export const renderConfig = (lines: readonly ConfigLine[]): string =>
  lines.map(([key, value]) => `${key}=${value}\n`).join("");

/** Lines for saveClusterNodesConfigs and saveControllerConfigs, which replace the whole file. */
export const configLines = (lines: readonly ConfigLine[]): string[] => lines.map(([key, value]) => `${key}=${value}`);

/**
 * Reads lines of loadClusterNodesConfigs, or of a file; of a key that comes twice the last one.
 * @throws Error with the key part of a line that has no value; what follows may be a secret
 */
export function parseConfigLines(lines: readonly string[]): ConfigLine[] {
  const found = new Map<string, string>();
  for (const line of lines.map((one) => one.trim()).filter((one) => one !== "" && !/^(#|\/\/)/.test(one))) {
    const at = line.indexOf("=");
    if (at < 1) throw new Error(`a line of configuration without key=value, ${line.length} characters long`);
    const key = line.slice(0, at).trim();
    found.delete(key);
    found.set(key, line.slice(at + 1).trim());
  }
  return [...found];
}

/** What a key of cluster.cfg is for: `datanode1.volumes` is volumes of datanode1, `volumes` of all. */
export function splitKey(key: string): { qualifier: string; parameter: string } {
  const at = key.indexOf(".");
  return { qualifier: at < 0 ? "" : key.slice(0, at), parameter: key.slice(at + 1) };
}

/** Whether a name of cluster.cfg stands for several nodes. */
export const isPattern = (qualifier: string): boolean => /[%?]/.test(qualifier);

/** Whether a key's qualifier stands for a node: `%` is any number of characters, `?` one, nothing is all nodes. */
export function standsFor(qualifier: string, alias: string): boolean {
  if (qualifier === "") return true;
  const source = qualifier
    .replace(/[.*+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("%", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`).test(alias);
}

/** A value as a node has it. */
export const withAlias = (value: string, alias: string): string => value.replaceAll("<ALIAS>", alias);
