import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { lock } from "proper-lockfile";
import writeFileAtomic from "write-file-atomic";
import { cacheDir } from "./paths";

/** A lock whose holder was killed is taken over after this time. */
const STALE_SECONDS = 6;
const LIMIT_SECONDS = 900;

/**
 * Runs `action` while holding the one lock for changes to labs on this machine (images, dockerd and networks are shared).
 *
 * @param purpose what the holder does, shown to those who wait
 * @param onWait called every ten seconds or so with a line about who holds the lock
 */
export async function withLock<T>(
  purpose: string,
  onWait: (line: string) => void,
  action: () => Promise<T>,
): Promise<T> {
  const directory = cacheDir();
  mkdirSync(directory, { recursive: true });
  const holderFile = join(directory, "lock-holder");
  const began = Date.now();
  let nextLine = 0;
  let release: (() => Promise<void>) | undefined;
  while (release === undefined) {
    try {
      release = await lock(directory, {
        lockfilePath: join(directory, "lock"),
        stale: STALE_SECONDS * 1000,
        update: 1500,
      });
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ELOCKED")) throw error;
      const waited = Math.round((Date.now() - began) / 1000);
      if (waited > LIMIT_SECONDS)
        throw new Error(`${purpose}: the lab's lock was not free within ${LIMIT_SECONDS} s; ${holder(holderFile)}`);
      if (Date.now() >= nextLine) {
        onWait(`waiting for ${holder(holderFile)} (${waited} s)`);
        nextLine = Date.now() + 10_000;
      }
      await sleep(300);
    }
  }
  try {
    await writeFileAtomic(holderFile, `${purpose} (pid ${process.pid})`);
    return await action();
  } finally {
    await release();
  }
}

function holder(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "another lab command";
  }
}
