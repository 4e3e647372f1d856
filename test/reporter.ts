import Mocha from "mocha";

/**
 * mocha's spec reporter, closed by one line that scripts can read, `N passed, N failed`, and the titles of what failed: the first
 * of them is where to begin, as later ones may follow from it.
 */
export default class Reporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const failed: string[] = [];
    runner.on(Mocha.Runner.constants.EVENT_TEST_FAIL, (test) => failed.push(`failed: ${test.fullTitle()}\n`));
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      const skipped = pending > 0 ? `, ${pending} skipped` : "";
      process.stdout.write(`\n${passes} passed, ${failures} failed${skipped}\n${failed.join("")}`);
    });
  }
}
