import { createWriteStream, existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Part } from "./parts";

/** A download that does not end by then has failed. */
const DOWNLOAD_LIMIT_MS = 1_800_000;

/**
 * The path of an archive: where it lies in the folder of downloads already, else after it was downloaded there, as a whole.
 * @param releases address below which archives are offered
 * @throws Error with the address, what came, and how the archive is given by hand
 */
export async function obtain(part: Part, downloads: string, releases: string): Promise<string> {
  const file = join(downloads, part.file);
  if (existsSync(file)) return file;
  const address = `${releases}/${part.path}`;
  mkdirSync(downloads, { recursive: true });
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(DOWNLOAD_LIMIT_MS) });
    if (!answer.ok || answer.body === null) throw new Error(`HTTP status ${answer.status}`);
    const unfinished = `${file}.${process.pid}.part`;
    await pipeline(Readable.fromWeb(answer.body), createWriteStream(unfinished));
    renameSync(unfinished, file);
    return file;
  } catch (error) {
    const { message, cause } = error as Error & { cause?: { message?: string } };
    throw new Error(
      `${address}: was not downloaded (${cause?.message ?? message}); fix: put ${part.file} into ${downloads}, name its folder by DOWNLOADS, or another address by RELEASES`,
      { cause: error },
    );
  }
}
