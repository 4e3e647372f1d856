import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { cacheDir } from "./paths";

/**
 * Runs `action` while holding a lock of the cache. Labs that have machines of their own, with other networks and processes, may share
 * one cache: {@link withLock} is of a machine, this is of the file. A process of util-linux has it, and ends with this one, however
 * that ends.
 *
 * @param name of what is made under it.
 * @throws Error when it is not free within `limitSeconds`.
 */
export async function withCacheLock<T>(name: string, limitSeconds: number, action: () => Promise<T>): Promise<T> {
  mkdirSync(cacheDir(), { recursive: true });
  const file = join(cacheDir(), `${name}.lock`);
  const hold = ["--exclusive", "--timeout", String(limitSeconds), file, "sh", "-c", "echo held; exec cat >/dev/null"];
  const holder = spawn("flock", hold, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(holder, "close");
  const held = await Promise.race([once(holder.stdout, "data"), ended.then(() => undefined)]);
  if (held === undefined)
    throw new Error(
      `${file} was not free within ${limitSeconds} s: see who has it (fuser -v ${file}), and run this again`,
    );
  try {
    return await action();
  } finally {
    holder.stdin.end();
    await ended;
  }
}
