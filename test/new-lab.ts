import { existsSync } from "node:fs";
import type { Context, RootHookObject, Suite } from "mocha";
import { command } from "./integration/lab-command";
import { labPaths } from "../lab/src/paths";
import { labName } from "./test-lab";

const USERS_OF_LABS = /\/test\/(integration|provider)\/[^/]*$/;
const HOOKS = ["beforeAll", "beforeEach", "afterEach", "afterAll"] as const;

/**
 * Where files run side by side, one after the other on the lab of their worker, the next file gets a new lab after one that failed:
 * what a test leaves that ends half way, hosts that are off or ports that are taken, would fail it and those after it, too. A file that is
 * run by itself leaves the lab as it is, to look at.
 */
export const mochaHooks: RootHookObject = {
  async afterAll(this: Context) {
    const root = this.test?.parent;
    if (process.env.MOCHA_WORKER_ID === undefined || root == null || !needsNewLab(root)) return;
    if (!existsSync(labPaths(labName).directory)) return;
    this.timeout(300_000);
    for (const program of ["lab/down", "lab/up"]) {
      const { output, exitCode } = await command(program, "--name", labName);
      if (exitCode !== 0) throw new Error(`no new lab after a failure: ${program} ended with ${exitCode}: ${output}`);
    }
  },
};

/** Whether something has failed in a file that may use a lab. */
export const needsNewLab = (root: Suite): boolean =>
  root.suites.some((suite) => USERS_OF_LABS.test(suite.file ?? "") && hasFailed(suite));

/** Whether a test or a hook of the suite, or of one in it, has failed. */
function hasFailed(suite: Suite): boolean {
  const hooks = HOOKS.flatMap((name) => (suite as unknown as { getHooks(name: string): Mocha.Hook[] }).getHooks(name));
  return [...suite.tests, ...hooks].some(({ state }) => state === "failed") || suite.suites.some(hasFailed);
}
