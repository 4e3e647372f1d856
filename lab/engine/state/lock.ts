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
  const own = `${randomUUID()}.json`;
  const path = join(directory, own);
  const release = (): void => {
    process.off("exit", release);
    rmSync(path, { force: true });
  };
  process.on("exit", release);
  const content: LockContent = {
    pid: process.pid,
    username: userInfo().username,
    hostname: hostname(),
    timestamp: new Date().toISOString(),
  };
  try {
    await refuseIfLocked(directory, own);
    await writeFile(path, JSON.stringify(content), { mode: 0o600 });
    // two that start at once both see each other here, and both give up rather than both go on
    await refuseIfLocked(directory, own);
  } catch (error) {
    release();
    throw error;
  }
  return release;
}

async function refuseIfLocked(directory: string, own: string): Promise<void> {
  const others = (await readdir(directory)).filter((name) => name.endsWith(".json") && name !== own);
  for (const path of others.map((name) => join(directory, name))) {
    const holder = await readHolder(path);
    if (isDead(holder)) await rm(path, { force: true });
    else if (existsSync(path)) {
      const who = holder
        ? `${holder.username}@${holder.hostname} (pid ${holder.pid}) since ${holder.timestamp}`
        : "an unknown process";
      throw new UserError(
        `the stack is currently locked by ${who}. Wait for it to finish, or, if it is no longer running, delete ${path}`,
      );
    }
  }
}

/** Undefined when it cannot be read, or is gone in the meantime. */
async function readHolder(path: string): Promise<LockContent | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as LockContent;
  } catch {
    return undefined;
  }
}

function isDead(holder: LockContent | undefined): boolean {
  if (holder?.hostname !== hostname()) return false;
  try {
    process.kill(holder.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
