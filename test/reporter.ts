import { relative } from "node:path";
import Mocha from "mocha";

const { EVENT_HOOK_END, EVENT_RUN_END, EVENT_TEST_END, EVENT_TEST_FAIL } = Mocha.Runner.constants;
const SLOWEST = 10;

/**
 * mocha's spec reporter, closed by the slowest files, by one line that scripts can read, `N passed, N failed`, and by what failed
 * first of each file's group of tests, with the beginning of its reason. What failed later in a group may follow from that, and is
 * counted.
 */
export default class Reporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const failed = new Map<string, string[]>();
    const milliseconds = new Map<string, number>();
    const count = ({ file, duration = 0 }: Mocha.Runnable): void => {
      if (file !== undefined) milliseconds.set(file, (milliseconds.get(file) ?? 0) + duration);
    };
    runner.on(EVENT_TEST_END, count);
    runner.on(EVENT_HOOK_END, count);
    runner.on(EVENT_TEST_FAIL, (test: Mocha.Test | Mocha.Hook, error: Error) => {
      const [group = ""] = test.titlePath();
      failed.set(group, [...(failed.get(group) ?? []), `${test.fullTitle()}: ${beginning(error.message)}`]);
      // of a hook that fails the end is not told
      if (test.type === "hook") count(test);
    });
    runner.once(EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      const skipped = pending > 0 ? `, ${pending} skipped` : "";
      for (const line of slowest(milliseconds)) process.stdout.write(`${line}\n`);
      process.stdout.write(`\n${passes} passed, ${failures} failed${skipped}\n`);
      for (const [first, ...more] of failed.values())
        process.stdout.write(`failed: ${first}${more.length > 0 ? ` (and ${more.length} more of its group)` : ""}\n`);
    });
  }
}

const beginning = (reason: string): string => reason.trim().replaceAll(/\s+/g, " ").slice(0, 300);

/** Files that took the longest, hooks included: what to make faster, and what test/run is to begin with. */
function slowest(milliseconds: Map<string, number>): string[] {
  const files = [...milliseconds].sort(([, one], [, other]) => other - one).slice(0, SLOWEST);
  const seconds = (time: number): string => (time / 1000).toFixed(1).padStart(7);
  const lines = files.map(([file, time]) => `${seconds(time)} s  ${relative(".", file)}`);
  return files.length > 1 ? ["\nslowest files, with their hooks:", ...lines] : [];
}
