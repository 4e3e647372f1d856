import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { standIns } from "../../../lab/engine/providers";
import type { Provider, Values } from "../../../lab/engine/provider";
import { cases, newKeys } from "../../fixtures/golden/providers/cases";
import { observe, type Observation, type Surroundings } from "../../fixtures/golden/providers/observe";
import { FakeDocker } from "./providers-fake-docker";

interface Recording extends Observation {
  inspections?: [running: Values, stopped: Values];
}

function recordingsOf(packageName: string): Record<string, Recording> {
  const file = `test/fixtures/golden/providers/${packageName}.json`;
  return (JSON.parse(readFileSync(file, "utf8")) as { recordings: Record<string, Recording> }).recordings;
}

describe("stand-ins answer what the real providers answered", () => {
  for (const [packageName, list] of Object.entries(cases)) {
    const recordings = recordingsOf(packageName);
    const surroundings: Surroundings = { fillings: newKeys() };
    let provider: Provider;
    let docker: FakeDocker | undefined;

    before(async () => {
      const make = standIns[packageName];
      assert(make);
      provider = make(undefined);
      if (packageName !== "docker") return provider.configure({}, false);
      docker = await new FakeDocker().listen();
      await provider.configure({ host: docker.host }, false);
      return undefined;
    });
    after(async () => {
      await provider.close();
      await docker?.close();
    });

    for (const it_ of list) {
      const recording = recordings[it_.name];
      it(`${packageName}: ${it_.name}`, async () => {
        assert(recording, "it was not recorded");
        const { inspections, ...expected } = recording;
        if (docker && inspections) {
          const [running, stopped] = inspections;
          docker.next = running;
          surroundings.fillings.$IMAGE = running.Image as string;
          docker.images.add(running.Image as string);
          surroundings.stop = () => {
            if (docker) docker.container = stopped;
            return Promise.resolve();
          };
        }
        const observed = await observe(provider, it_, surroundings);
        assert.deepEqual(JSON.parse(JSON.stringify(observed)), expected);
      });
    }
  }
});
