import { execFileSync } from "node:child_process";
import { createWriteStream, readFileSync, writeFileSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { gzipSync } from "node:zlib";
import { Header, pack } from "tar-stream";
import { ZipFile } from "yazl";

/** An entry of an archive to be written; a `content` makes it a file. */
export type Entry = Partial<Header> & { name: string; content?: string | Buffer };

/** All entries that `writeTar` and `writeZip` write have this time. */
export const modified = new Date("2026-03-04T05:06:08Z");

/** Writes a tar, through gzip when the name ends so, without checking anything. */
export async function writeTar(file: string, entries: Entry[]): Promise<void> {
  const tar = pack();
  for (const { content, ...header } of entries) {
    const whole = { mtime: modified, mode: 0o644, ...header };
    if (content === undefined) {
      tar.entry(whole);
    } else {
      tar.entry(whole, content);
    }
  }
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) {
    chunks.push(chunk as Buffer);
  }
  const bytes = Buffer.concat(chunks);
  writeFileSync(file, file.endsWith("gz") ? gzipSync(bytes) : bytes);
}

/** Writes a zip; the mode of a symbolic link is 0o120777, its content the target. */
export async function writeZip(
  file: string,
  entries: { name: string; content: string; mode?: number }[],
  compress = true,
): Promise<void> {
  const zip = new ZipFile();
  for (const { name, content, mode = 0o100644 } of entries) {
    zip.addBuffer(Buffer.from(content), name, { mtime: modified, mode, compress });
  }
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(file));
}

/** Replaces a text in a file by another one of the same length. */
export function patch(file: string, from: string, to: string): void {
  const bytes = readFileSync(file).toString("latin1");
  writeFileSync(file, Buffer.from(bytes.replaceAll(from, to), "latin1"));
}

/** The files below a directory, one a line: type, mode, path, and what a link points to. */
export function listing(directory: string): string[] {
  const output = execFileSync("find", [directory, "-mindepth", "1", "-printf", "%y %m %P %l\n"], { encoding: "utf8" });
  return output
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .sort();
}
