import Mocha from "mocha";

/**
 * mocha's spec reporter, closed by one line that scripts can read, `N passed, N failed`, and what failed first of each file's group
 * of tests, with the beginning of its reason. What failed later in a group may follow from that, and is counted.
 */
export default class Reporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const failed = new Map<string, string[]>();
    runner.on(Mocha.Runner.constants.EVENT_TEST_FAIL, (test, error: Error) => {
      const [group = ""] = test.titlePath();
      failed.set(group, [...(failed.get(group) ?? []), `${test.fullTitle()}: ${beginning(error.message)}`]);
    });
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      const skipped = pending > 0 ? `, ${pending} skipped` : "";
      process.stdout.write(`\n${passes} passed, ${failures} failed${skipped}\n`);
      for (const [first, ...more] of failed.values())
        process.stdout.write(`failed: ${first}${more.length > 0 ? ` (and ${more.length} more of its group)` : ""}\n`);
    });
  }
}

const beginning = (reason: string): string => reason.trim().replaceAll(/\s+/g, " ").slice(0, 300);
