import type { Architecture } from "./parts";

/** What a bundle has, in plain values. */
export interface Contents {
  /** Of this package. */
  version: string;
  /** Seconds since 1970. */
  date: number;
  /** Of Node, the oldest that will do: "20.19". */
  node: string;
  /** Version of each archive by name: "pulumi", "docker", … */
  versions: Record<string, string>;
  /** How much room each architecture takes when it is installed, in bytes. */
  room: Partial<Record<Architecture, number>>;
  /** Names of files below `images/`. */
  images: string[];
  /** Names of archives of Node below `node/`. */
  nodeArchives: string[];
  /** How many npm packages there are. */
  packages: number;
}

/** What programs and people read. */
export function manifestText({ date, ...contents }: Contents): string {
  const made = new Date(date * 1000).toISOString();
  return `${JSON.stringify({ bundle: "dbha", made, ...contents }, undefined, 2)}\n`;
}

/** The same for `install`, in lines of shell; nothing in them is from outside but versions. */
export function installLines({ version, node, versions, room }: Contents): string {
  const kib = Object.entries(room).map(([name, bytes]) => `KIB_${name}=${Math.ceil(bytes / 1024)}`);
  return [
    `VERSION=${version}`,
    `ARCHITECTURES='${Object.keys(room).join(" ")}'`,
    `NODE_LEAST=${node}`,
    `CLI_VERSION=${versions["pulumi"] ?? ""}`,
    ...kib,
    "",
  ].join("\n");
}

/** SHA256SUMS, as `sha256sum` writes and reads it, in the order of paths. */
export function sumsText(sums: Map<string, string>): string {
  const paths = [...sums.keys()].sort();
  return paths.map((path) => `${sums.get(path) ?? ""}  ./${path}\n`).join("");
}

/** The least version in a range of engines like ">=20.19". */
export const leastOf = (range: string): string => range.replace(/[^\d.]/g, "");
