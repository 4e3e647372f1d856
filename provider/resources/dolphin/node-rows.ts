/** What a node is, as cluster.nodes calls it. */
export type NodeMode = "controller" | "agent" | "datanode" | "computenode";

/** Whether a node holds or computes data: one that an agent starts. */
export const isWorker = ({ mode }: { mode: NodeMode }): boolean => mode === "datanode" || mode === "computenode";

export const aliasesOf = (nodes: readonly { alias: string }[]): string[] => nodes.map(({ alias }) => alias);

/** A row of cluster.nodes. */
export interface NodeRow {
  host: string;
  port: number;
  /** Unique in the cluster; case counts. */
  alias: string;
  mode: NodeMode;
  /** Compute group; empty where there is none. */
  group: string;
  /** Empty where there is none. */
  zone: string;
}

/** As localSite, controllerSite and sites have a node. */
export const siteOf = ({ host, port, alias }: Pick<NodeRow, "host" | "port" | "alias">): string =>
  `${host}:${port}:${alias}`;

/**
 * cluster.nodes as it is written before the first start: as few columns as the rows need, since versions before 3.00.2 know two alone.
 * The first line is the header: the engine refuses a file that begins with an empty one.
 */
export function renderClusterNodes(rows: readonly NodeRow[]): string {
  const hasZones = rows.some(({ zone }) => zone !== "");
  const hasGroups = hasZones || rows.some(({ group }) => group !== "");
  const columns = ["localSite", "mode", ...(hasGroups ? ["computeGroup"] : []), ...(hasZones ? ["zone"] : [])];
  const lines = rows.map((row) =>
    [siteOf(row), row.mode, ...(hasGroups ? [row.group] : []), ...(hasZones ? [row.zone] : [])].join(","),
  );
  return `${[columns.join(","), ...lines].join("\n")}\n`;
}

/** Lines for saveClusterNodes: all four columns, no header, as getClusterNodesCfg tells them. */
export const nodeLines = (rows: readonly NodeRow[]): string[] =>
  rows.map((row) => [siteOf(row), row.mode, row.group, row.zone].join(","));

const MODES = new Set<string>(["controller", "agent", "datanode", "computenode"]);

/**
 * Reads lines of getClusterNodesCfg, or of the file, with a header or without.
 * @throws Error with the line that is none
 */
export function parseNodeLines(lines: readonly string[]): NodeRow[] {
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("localSite,"))
    .map((line) => {
      const [site = "", mode = "", group = "", zone = ""] = line.split(",").map((part) => part.trim());
      const [, host = "", port = "", alias = ""] = /^([^:]+):(\d{1,5}):([^:]+)$/.exec(site) ?? [];
      if (host === "" || !MODES.has(mode)) throw new Error(`a line of cluster.nodes that cannot be read: ${line}`);
      return { host, port: Number(port), alias, mode: mode as NodeMode, group, zone };
    });
}
