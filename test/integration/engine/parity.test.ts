import assert from "node:assert/strict";
import { realPulumi } from "../engines";
import { readGolden, runScenario, SCENARIOS } from "./golden";
import { Workspace } from "./workspace";

describe("fallback engine against golden states of the real CLI", function () {
  this.timeout(120_000);
  for (const [scenario, acts] of Object.entries(SCENARIOS)) {
    it(`${scenario}: leaves the same state, makes the same calls and counts the same changes`, async () => {
      const golden = readGolden(scenario);
      assert.equal(golden.length, acts.length + 1);
      const steps = await runScenario("fallback", scenario);
      for (const [index, step] of golden.entries()) assert.deepEqual(steps[index], step, `after act ${index + 1}`);
    });
  }
});

describe("fallback engine beside the real CLI", function () {
  this.timeout(180_000);
  const real = realPulumi();

  before(function () {
    if (real === undefined) this.skip();
  });

  // the second has another format of state
  for (const [scenario, step] of [
    ["basic", 1],
    ["hooks", 2],
  ] as const)
    it(`each goes on where the other stopped, in the same backend, without a change: ${scenario}`, async () => {
      const fallback = await Workspace.create("fallback");
      const other = fallback.on(real ?? "");
      try {
        fallback.configure({ scenario, step });
        await fallback.mustRun("config", "set", "--secret", "note", "hush");
        await fallback.mustRun("up", "--yes", "--skip-preview");
        await other.mustRun("preview", "--expect-no-changes", "--refresh");
        fallback.configure({ step: step + 1 });
        await other.mustRun("up", "--yes", "--skip-preview");
        await fallback.mustRun("preview", "--expect-no-changes", "--refresh");
        await other.mustRun("stack", "import", "--file", await exported(fallback));
        await other.mustRun("preview", "--expect-no-changes");
        await fallback.mustRun("stack", "import", "--file", await exported(other));
        await fallback.mustRun("preview", "--expect-no-changes");
        await fallback.mustRun("destroy", "--yes", "--skip-preview");
        assert.deepEqual([...fallback.things.values()], []);
      } finally {
        fallback.remove();
      }
    });
});

async function exported(workspace: Workspace): Promise<string> {
  const path = `${workspace.root}/export.json`;
  await workspace.mustRun("stack", "export", "--file", path);
  return path;
}
