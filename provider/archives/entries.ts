import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { PassThrough, pipeline, Readable, Transform } from "node:stream";
import { text } from "node:stream/consumers";
import { crc32, createGunzip } from "node:zlib";
import { extract } from "tar-stream";
import * as yauzl from "yauzl";
import { endMark } from "./end-mark";

/** One entry of an archive, as the archive has it: nothing about it is checked. */
export interface RawEntry {
  name: string;
  /** `tar-stream`'s name of the type, or what a zip's mode bits say. */
  type: string;
  /** Permission and type bits; undefined when the archive says nothing. */
  mode: number | undefined;
  modified: Date | undefined;
  size: number;
  /** Where a link points to, as it is written; empty for what is no link. */
  target: string;
  /** The content of a file; to be read, or left alone, before the next entry is asked for. */
  content: AsyncIterable<Buffer>;
}

/** The entries of a tar (plain or through gzip) or zip file, in its order. The format is told by its first bytes. */
export async function* entriesOf(path: string): AsyncGenerator<RawEntry> {
  const start = await firstBytes(path);
  if (start[0] === 0x50 && start[1] === 0x4b) {
    yield* zipEntries(path);
  } else {
    yield* tarEntries(path, start[0] === 0x1f && start[1] === 0x8b);
  }
}

async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    return (await file.read(Buffer.alloc(2), 0, 2, 0)).buffer;
  } finally {
    await file.close();
  }
}

async function* tarEntries(path: string, gzip: boolean): AsyncGenerator<RawEntry> {
  const tar = extract();
  const source = createReadStream(path, { highWaterMark: 1024 * 1024 });
  // Its errors reach the loop below, because they destroy `tar`.
  pipeline(source, gzip ? createGunzip() : new PassThrough(), endMark(), tar, () => undefined);
  for await (const entry of tar) {
    const { name, type, mode, mtime, size, linkname } = entry.header;
    yield {
      name,
      type: given(type, "special file"),
      mode,
      modified: mtime,
      size,
      target: given(linkname, ""),
      content: entry as AsyncIterable<Buffer>,
    };
    entry.resume();
  }
}

/** A header's field, which is null where there is none, and for types that the library does not know, whatever its own types say. */
function given(field: string | null, otherwise: string): string {
  return field ?? otherwise;
}

async function* zipEntries(path: string): AsyncGenerator<RawEntry> {
  const zip = await yauzl.openPromise(path, { autoClose: false });
  try {
    for await (const entry of zip.eachEntry()) {
      // Whatever the system that made the file: where the upper half is set it holds Unix mode bits.
      const mode = entry.externalFileAttributes >>> 16;
      const type = entry.fileName.endsWith("/") ? "directory" : zipType(mode);
      const content = type === "directory" ? Readable.from([]) : await zipContent(zip, entry);
      yield {
        name: entry.fileName,
        type,
        mode: mode === 0 ? undefined : mode,
        // Zip files tell local time, of no place; this way it is the same for everybody.
        modified: entry.getLastModDate({ timezone: "UTC" }),
        size: entry.uncompressedSize,
        target: type === "symlink" ? await text(content) : "",
        content,
      };
      content.destroy();
    }
  } finally {
    zip.close();
  }
}

/** The content of an entry; fails at its end when its checksum is another one, which the library leaves to its users. */
async function zipContent(zip: yauzl.ZipFile, entry: yauzl.Entry): Promise<Readable> {
  let checksum = 0;
  const check = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      checksum = crc32(chunk, checksum);
      done(null, chunk);
    },
    flush(done) {
      done(checksum === entry.crc32 ? null : new Error(`the content of ${entry.fileName} is damaged`));
    },
  });
  return pipeline(await zip.openReadStreamPromise(entry), check, () => undefined);
}

function zipType(mode: number): string {
  switch (mode & 0o170000) {
    case 0:
    case 0o100000:
      return "file";
    case 0o120000:
      return "symlink";
    case 0o040000:
      return "directory";
    default:
      return "special file";
  }
}
