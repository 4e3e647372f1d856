import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { PassThrough, pipeline, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";
import { readOnce } from "./archive-memory";
import { endMark } from "./archives/end-mark";
import { configLimit, Contents, contentsOf, contentsSchema, ImageFileProblem, noImageFile } from "./image-contents";
import { meter } from "./progress";

/** What a file written by `docker save` holds, with what tells whether the file is still the same. */
export interface DockerArchive extends Contents {
  path: string;
  size: number;
  /** Time of the last change in milliseconds since 1970. */
  modified: number;
}

/**
 * Reads what image a file holds, without unpacking it to disk. A file that did not change since it was read is not read
 * again: neither in this process, nor when `known` or the memory of earlier processes tells of it.
 * @throws Error naming the file, what was found and the fix
 */
export async function readDockerArchive(path: string, known?: DockerArchive): Promise<DockerArchive> {
  const { size, mtimeMs, ino } = await stat(path).catch(() => {
    throw named(
      path,
      new ImageFileProblem(
        "there is no such file on this machine",
        "correct the path; relative ones start at the project",
      ),
    );
  });
  const modified = Math.round(mtimeMs);
  if (known?.path === path && known.size === size && known.modified === modified) {
    return known;
  }
  const identity = { size, modified, inode: ino };
  return {
    path,
    size,
    modified,
    ...(await readOnce(resolve(path), identity, contentsSchema, () => read(path), "image")),
  };
}

async function read(path: string): Promise<Contents> {
  try {
    const entries = await jsonEntries(path).catch((error: unknown) => {
      throw noImageFile(error instanceof Error ? error.message : String(error));
    });
    return contentsOf(entries.get("manifest.json"), (name) => entries.get(name));
  } catch (error) {
    throw error instanceof ImageFileProblem ? named(path, error) : error;
  }
}

/** The manifest, and whatever may be a configuration: the manifest, which says what is, comes last in the file. */
async function jsonEntries(path: string): Promise<Map<string, Buffer>> {
  const entries = new Map<string, Buffer>();
  const tar = extract();
  const unpacked = (await isGzip(path)) ? createGunzip() : new PassThrough();
  // Its errors reach the loop below, because they destroy `tar`.
  pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), unpacked, endMark(), tar, () => undefined);
  for await (const entry of tar) {
    const { name, size } = entry.header;
    const isWanted = name === "manifest.json" || /^([0-9a-f]{64}\.json|blobs\/sha256\/[0-9a-f]{64})$/.test(name);
    if (isWanted && size <= configLimit) {
      entries.set(name, await buffer(entry));
    } else {
      entry.resume();
    }
  }
  return entries;
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

function named(path: string, problem: ImageFileProblem): Error {
  return new Error(`image file ${path}: ${problem.message}`);
}

/** The file as a stream; tells at most every two seconds how much of it was taken, as a whole percentage. */
export function streamArchive(archive: DockerArchive, progress: (percent: number) => void): Readable {
  const count = meter(archive.size, progress);
  async function* chunks() {
    for await (const chunk of createReadStream(archive.path, { highWaterMark: 256 * 1024 })) {
      yield chunk as Buffer;
      count((chunk as Buffer).length);
    }
  }
  return Readable.from(chunks(), { objectMode: false });
}
