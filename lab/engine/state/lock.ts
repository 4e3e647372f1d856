import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
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
  const files = (await readdir(directory)).filter((name) => name.endsWith(".json") && name !== own);
  for (const file of files) {
    const path = join(directory, file);
    const holder = await readHolder(path);
    if (holder === "gone") continue;
    if (holder !== "unreadable" && isDead(holder)) {
      await rm(path, { force: true });
      continue;
    }
    const who =
      holder === "unreadable"
        ? "an unknown process"
        : `${holder.username}@${holder.hostname} (pid ${holder.pid}) since ${holder.timestamp}`;
    throw new UserError(
      `the stack is currently locked by ${who}. Wait for it to finish, or, if it is no longer running, delete ${path}`,
    );
  }
}

async function readHolder(path: string): Promise<LockContent | "gone" | "unreadable"> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as LockContent;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? "gone" : "unreadable";
  }
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
