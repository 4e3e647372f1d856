import assert from "node:assert/strict";
import { cases } from "../fixtures/golden/providers/cases";
import { readRecording, record } from "../fixtures/golden/providers/recording";
import { realPlugin } from "../fixtures/golden/providers/real-provider";
import { snapshot, theLab } from "./hosts";

describe("the recordings of the real providers", function () {
  this.timeout(180_000);

  for (const packageName of Object.keys(cases)) {
    it(`say of ${packageName} what it answers today`, async function () {
      if (realPlugin(packageName) === undefined) {
        if (this.test) this.test.title += " (skipped: its plugin is not in Pulumi's plugin folder)";
        this.skip();
      }
      const isDocker = packageName === "docker";
      const before = isDocker ? await snapshot("p1") : [];
      const { provider, observations, answers } = await record(packageName, isDocker ? theLab() : undefined);
      const recorded = readRecording(packageName);
      assert.equal(provider, recorded.provider);
      assert.deepEqual(JSON.parse(JSON.stringify(observations)), recorded.observations);
      assert.deepEqual(answers, recorded.answers);
      if (isDocker) assert.deepEqual(await snapshot("p1"), before);
    });
  }
});
