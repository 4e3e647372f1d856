import { createReadStream, createWriteStream, readdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { pack } from "tar-stream";

/** Paths of all files below a folder, relative to it, in order. */
export function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).sort();
}

/**
 * Writes a folder as a tar, the same bytes whoever makes it and when: files in order, of root, at one time.
 * @param name of the folder in the tar
 * @param date seconds since 1970
 */
export async function writeTar(folder: string, name: string, date: number, target: string): Promise<void> {
  const tar = pack();
  const unfinished = `${target}.part`;
  const written = pipeline(tar, createWriteStream(unfinished));
  for (const path of filesBelow(folder)) {
    const file = join(folder, path);
    const { size, mode } = statSync(file);
    const owner = { uid: 0, gid: 0, uname: "root", gname: "root" };
    const header = {
      name: `${name}/${path}`,
      size,
      mode: mode & 0o100 ? 0o755 : 0o644,
      mtime: new Date(date * 1000),
      ...owner,
    };
    await pipeline(createReadStream(file), tar.entry(header));
  }
  tar.finalize();
  await written;
  renameSync(unfinished, target);
}
