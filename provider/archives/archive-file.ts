import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { pipeline, Readable } from "node:stream";
import { pipeline as finished } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { Pack, pack } from "tar-stream";
import { z } from "zod";
import { readOnce } from "../archive-memory";
import { meter } from "../progress";
import { entriesOf, RawEntry } from "./entries";
import { EntryRefused, Node, Tree } from "./tree";

/** What an archive file holds. */
export interface ArchiveContents {
  /** SHA-256 of the file in hex. */
  sha256: string;
  /** Hash over what the unpacked directory is to be like; see `Tree`. */
  manifest: string;
  /** Length of all its files together in bytes. */
  size: number;
}

/**
 * Reads and checks an archive: every entry, before a host is asked for anything. An unchanged file is not read again, not
 * even by a later process.
 * @param path on this machine
 * @param strip how many leading parts of every name are left out
 * @throws Error naming the file, the entry where there is one, what was found and the fix
 */
export async function inspectArchive(path: string, strip: number): Promise<ArchiveContents> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) {
    const what = found === undefined ? "there is no such file on this machine" : "it is not a regular file";
    throw new Error(`archive ${path}: ${what}; correct the path, relative ones start at the project`);
  }
  const identity = { size: found.size, modified: Math.round(found.mtimeMs), inode: found.ino };
  const schema = z.object({
    strip: z.literal(strip),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    manifest: z.string().regex(/^[0-9a-f]{64}$/),
    size: z.int(),
  });
  return readOnce(resolve(path), identity, schema, () => inspect(path, strip), String(strip));
}

async function inspect(path: string, strip: number) {
  let size = 0;
  const tree = await walk(path, strip, async (entry, nodes) => {
    for await (const chunk of entry.content) {
      size += nodes.length > 0 ? chunk.length : 0;
    }
  });
  if (tree.size === 0) {
    const found = strip === 0 ? "it is empty" : `nothing is left without the first ${strip} parts of the names`;
    throw new Error(`archive ${path}: ${found}; give another file, or another stripComponents`);
  }
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    hash.update(chunk as Buffer);
  }
  return { strip, sha256: hash.digest("hex"), manifest: tree.manifest(), size };
}

/** Checks entry by entry and hands each on, with what becomes of it; whatever is wrong is an error that names the file. */
async function walk(
  path: string,
  strip: number,
  visit: (entry: RawEntry, nodes: Node[]) => Promise<void>,
): Promise<Tree> {
  const tree = new Tree(strip);
  try {
    for await (const entry of entriesOf(path)) {
      await visit(entry, tree.add(entry));
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const problem =
      error instanceof EntryRefused
        ? message
        : `it cannot be read (${message}); give a whole .tar, .tar.gz or .zip file that is not encrypted`;
    throw new Error(`archive ${path}: ${problem}`, { cause: error });
  }
  return tree;
}

/**
 * The archive as a tar through gzip: only what was checked, under the names that it is to have, owned by nobody in particular.
 * @param progress is told how much of the content was taken, as a whole percentage, at most every two seconds
 */
export function streamArchive(
  path: string,
  strip: number,
  size: number,
  progress: (percent: number) => void,
): Readable {
  const tar = pack();
  // Fast rather than small: what the fastest level leaves is seldom what takes the time.
  const gzip = pipeline(tar, createGzip({ level: 1 }), () => undefined);
  fill(tar, path, strip, meter(size, progress)).catch((error: unknown) => {
    gzip.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  return gzip;
}

async function fill(tar: Pack, path: string, strip: number, count: (bytes: number) => void): Promise<void> {
  async function* counted(content: AsyncIterable<Buffer>) {
    for await (const chunk of content) {
      count(chunk.length);
      yield chunk;
    }
  }
  await walk(path, strip, async (entry, nodes) => {
    for (const node of nodes) {
      const { name, type, mode, size } = node;
      const header = { name, type, mode, size, linkname: node.target, mtime: new Date(node.modified * 1000) };
      const sink = tar.entry(type === "directory" ? { ...header, name: `${name}/` } : header);
      if (type === "file") {
        await finished(entry.content, counted, sink);
      }
    }
  });
  tar.finalize();
}
