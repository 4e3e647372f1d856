import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract, type Headers } from "tar-stream";
import type { Architecture } from "./parts";

/** A file in an archive, up to a length. */
export interface ArchivedFile {
  path: string;
  /** Size in bytes. */
  size: number;
  /** Read when it is wanted, and before the next file is. */
  content(): Promise<Buffer>;
}

/**
 * Reads a .tar.gz once, from its beginning to its end.
 * @param visit called with each regular file in turn
 * @throws Error where it is no whole .tar.gz
 */
export async function readArchive(file: string, visit: (entry: ArchivedFile) => Promise<void>): Promise<void> {
  const entries = extract();
  const read = pipeline(createReadStream(file), createGunzip(), entries);
  read.catch(() => undefined); // told below
  try {
    for await (const entry of entries) {
      const { name, size = 0, type } = entry.header as Headers;
      if (type === "file") await visit({ path: name, size, content: () => buffer(entry) });
      entry.resume();
    }
    await read;
  } catch (error) {
    const { message } = error as Error;
    throw new Error(`${file}: must be a whole .tar.gz, and it is not (${message}); fix: get it again`, {
      cause: error,
    });
  }
}

/** What ELF calls machines, at its byte 18. */
const MACHINES: Record<number, Architecture> = { 0x3e: "amd64", 0xb7: "arm64" };

/** The architecture of a Linux program; undefined where it is none of those known here. */
export function architectureOf(program: Buffer): Architecture | undefined {
  const isElf = program.subarray(0, 4).equals(Buffer.from("\x7fELF", "latin1"));
  return isElf && program.length > 20 ? MACHINES[program.readUInt16LE(18)] : undefined;
}

/**
 * Looks whether an archive has a program for an architecture. Returns the size of all its files, in bytes.
 * @throws Error with file, what was found, the rule and the fix
 */
export async function proveArchive(file: string, program: string, architecture: Architecture): Promise<number> {
  let bytes = 0;
  let found: Architecture | "missing" | undefined = "missing";
  await readArchive(file, async (entry) => {
    bytes += entry.size;
    if (basename(entry.path) === program) found = architectureOf(await entry.content());
  });
  if (found !== architecture) {
    const what = found === "missing" ? "has none" : `has one for ${found ?? "no architecture that is known here"}`;
    throw new Error(
      `${file}: must have the program ${program} for Linux on ${architecture}, and ${what}; fix: get the right archive`,
    );
  }
  return bytes;
}
