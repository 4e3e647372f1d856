import { existsSync, readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";

/** Waits for a condition. @throws Error after the limit. */
export async function until(what: string, condition: () => boolean, limitMs = 30_000): Promise<void> {
  const end = Date.now() + limitMs;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`waited ${limitMs} ms for ${what}`);
    await wait(20);
  }
}

export function isAlive(pid: number): boolean {
  // a process that ended and was not waited for is not alive any more
  const stat = `/proc/${pid}/stat`;
  return existsSync(stat) && !/^\d+ \(.*\) Z/.test(readFileSync(stat, "utf8"));
}
