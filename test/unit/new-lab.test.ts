import assert from "node:assert/strict";
import Mocha from "mocha";
import { needsNewLab } from "../new-lab";

const wrong = (): void => {
  throw new Error("no host");
};

const silent = function (): void {
  // says nothing
};

/** Runs a suite of a file; returns whether the next file needs a new lab. */
async function after(file: string, define: (suite: Mocha.Suite) => void): Promise<boolean> {
  const mocha = new Mocha({ reporter: silent as unknown as Mocha.ReporterConstructor });
  const suite = Mocha.Suite.create(mocha.suite, "a host");
  suite.file = file;
  define(suite);
  await new Promise<void>((done) => mocha.run(() => done()));
  return needsNewLab(mocha.suite);
}

const test = (run: () => void) => new Mocha.Test("is reached", run);

describe("A new lab for the next file", () => {
  const file = "/checkout/test/integration/odc.test.ts";

  it("is made after a test that failed, also in a group of a group", async () => {
    assert.equal(await after(file, (suite) => suite.addTest(test(wrong))), true);
    assert.equal(await after(file, (suite) => Mocha.Suite.create(suite, "in time").addTest(test(wrong))), true);
  });

  it("is made after a hook that failed", async () => {
    for (const hook of ["beforeAll", "beforeEach", "afterEach", "afterAll"] as const)
      assert.equal(await after(file, (suite) => suite.addTest(test(() => undefined))[hook](wrong)), true, hook);
  });

  it("is not made where all passed, nor after a file that uses none", async () => {
    assert.equal(await after(file, (suite) => suite.addTest(test(() => undefined))), false);
    assert.equal(await after("/checkout/test/unit/a.test.ts", (suite) => suite.addTest(test(wrong))), false);
    assert.equal(
      await after("/checkout/test-output/reporter-1/a.test.ts", (suite) => suite.addTest(test(wrong))),
      false,
    );
  });
});
