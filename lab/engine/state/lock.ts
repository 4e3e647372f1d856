import { randomUUID } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { UserError } from "../errors";

interface LockContent {
  pid: number;
  username: string;
  hostname: string;
  timestamp: string;
}

/**
 * Takes the stack's lock and returns what gives it back. The files are those of the real CLI, so the two exclude each
 * other; but a lock that a process of this machine left behind when it was killed is cleared away.
 * @throws UserError naming who holds the lock.
 */
export async function lockStack(directory: string): Promise<() => void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const own = join(directory, `${randomUUID()}.json`);
  const release = (): void => {
    process.off("exit", release);
    rmSync(own, { force: true });
  };
  process.on("exit", release);
  const content: LockContent = {
    pid: process.pid,
    username: userInfo().username,
    hostname: hostname(),
    timestamp: new Date().toISOString(),
  };
  try {
    await writeFile(own, JSON.stringify(content), { mode: 0o600 });
    // two that start at once both see each other here, and both give up rather than both go on
    for (const name of await readdir(directory)) {
      const path = join(directory, name);
      if (name.endsWith(".json") && path !== own) await refuseIfHeld(path);
    }
  } catch (error) {
    release();
    throw error;
  }
  return release;
}

async function refuseIfHeld(path: string): Promise<void> {
  const holder = await readFile(path, "utf8")
    .then((text) => JSON.parse(text) as LockContent)
    .catch(() => undefined);
  if (holder && isDead(holder)) return rm(path, { force: true });
  // given back in the meantime
  if (!existsSync(path)) return;
  const who = holder
    ? `${holder.username}@${holder.hostname} (pid ${holder.pid}) since ${holder.timestamp}`
    : "an unknown process";
  throw new UserError(
    `the stack is currently locked by ${who}. Wait for it to finish, or, if it is no longer running, delete ${path}`,
  );
}

function isDead(holder: LockContent): boolean {
  if (holder.hostname !== hostname()) return false;
  try {
    process.kill(holder.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
