import { createHash } from "node:crypto";
import { connect, createServer, type Server } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { cacheDir } from "./paths";

const LIMIT_SECONDS = 900;

/** An abstract socket: only one process can listen on it, and the kernel frees it when that process ends, however it ends. */
function address(): string {
  return `\0dbha-lab-${createHash("sha256").update(cacheDir()).digest("hex").slice(0, 16)}`;
}

/** Takes the lock and tells `purpose` to who asks; undefined when another process has it. */
function take(purpose: string): Promise<Server | undefined> {
  const server = createServer((asking) => asking.on("error", () => undefined).end(purpose));
  return new Promise((resolve, reject) => {
    server.on("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? resolve(undefined) : reject(error),
    );
    server.listen(address(), () => resolve(server));
  });
}

/** What the holder says of itself. */
async function holder(): Promise<string> {
  try {
    const asked = connect(address());
    return await text(asked.setTimeout(1000, () => asked.destroy(new Error("no answer"))));
  } catch {
    return "another lab command";
  }
}

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
  const began = Date.now();
  let nextLine = 0;
  let lock = await take(`${purpose} (pid ${process.pid})`);
  while (lock === undefined) {
    const waited = Math.round((Date.now() - began) / 1000);
    if (waited > LIMIT_SECONDS)
      throw new Error(`${purpose}: the lab's lock was not free within ${LIMIT_SECONDS} s; ${await holder()} has it`);
    if (Date.now() >= nextLine) {
      onWait(`waiting for ${await holder()} (${waited} s)`);
      nextLine = Date.now() + 10_000;
    }
    await sleep(200);
    lock = await take(`${purpose} (pid ${process.pid})`);
  }
  try {
    return await action();
  } finally {
    lock.close();
  }
}
