import { setTimeout as sleep } from "node:timers/promises";

/** What no further attempt can cure. */
export class Hopeless extends Error {}

/**
 * Calls `attempt` until it succeeds, or throws something {@link Hopeless}, and returns its result. Its last error is quoted when `limitSeconds` have passed.
 *
 * @param what completes "… did not …", for example "p1: sshd did not answer"
 */
export async function waitFor<T>(what: string, limitSeconds: number, attempt: () => Promise<T>): Promise<T> {
  const end = Date.now() + limitSeconds * 1000;
  let pause = 50;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof Hopeless) throw error;
      if (Date.now() + pause > end) {
        const last = error instanceof Error ? error.message : String(error);
        throw new Error(`${what} within ${limitSeconds} s; last seen: ${last}`, { cause: error });
      }
    }
    await sleep(pause);
    pause = Math.min(pause * 1.5, 500);
  }
}
