import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { HostData } from "../../provider/resources";
import type { ScaleHost } from "./scale-hosts";

/** What all tools have to bring about: text by path on each host, mode 0644, owned by root. */
export interface ScaleJob {
  hosts: { data: HostData; files: Record<string, string> }[];
  privateKeyFile: string;
  knownHostsFile: string;
}

/** Small files like those of a program's configuration, each with a text of its own. */
export function filesOf({ data, folder }: ScaleHost, count: number): Record<string, string> {
  const files = [...Array(count).keys()].map((i) => {
    const name = `part-${String(i + 1).padStart(2, "0")}.conf`;
    const lines = [...Array(12).keys()].map((line) => `setting.${line} = ${data.name}-${i}-${line}\n`);
    return [join(folder, name), `# ${name} of ${data.name}\n${lines.join("")}`] as const;
  });
  return Object.fromEntries(files);
}

/** What of the job is not done, past the tools. */
export const undone = ({ hosts }: ScaleJob): string[] =>
  hosts.flatMap(({ data, files }) =>
    Object.entries(files)
      .filter(([path, content]) => !isThere(path, content))
      .map(([path]) => `${data.name}: ${path}`),
  );

/** What of the job is still there. */
export const leftOver = ({ hosts }: ScaleJob): string[] =>
  hosts.flatMap(({ files }) => Object.keys(files).filter((path) => existsSync(path)));

function isThere(path: string, content: string): boolean {
  if (!existsSync(path)) return false;
  const { mode, uid, gid } = statSync(path);
  return readFileSync(path, "utf8") === content && (mode & 0o7777) === 0o644 && uid === 0 && gid === 0;
}
