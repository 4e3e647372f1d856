import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { standIns } from "../../../lab/engine/providers";
import type { Provider } from "../../../lab/engine/provider";
import { fill } from "../../fixtures/golden/providers/case";
import { cases, questions } from "../../fixtures/golden/providers/cases";
import { readRecording, type Recording } from "../../fixtures/golden/providers/recording";
import { ask, emptyStage, observeOn, sshStage, type Stage } from "../../fixtures/golden/providers/stage";
import { fakeDockerStage } from "./providers-fake-docker";
import { Resource } from "./providers-support";

/** Names of the arguments that the class of a type takes, from the source of its SDK. */
function argumentsOf(type: string): string[] {
  const [packageName = "", module = "", className = ""] = type.split(":");
  const folder = module.startsWith("index") ? "" : `${module}/`;
  const file = `${className.charAt(0).toLowerCase()}${className.slice(1)}.js`;
  const source = readFileSync(join("node_modules", "@pulumi", packageName, folder, file), "utf8");
  return Array.from(source.matchAll(/resourceInputs\["(\w+)"\] = [^;\n]*args\?\./g), ([, name = ""]) => name);
}

function stageOf(packageName: string, recording: Recording): Promise<Stage> {
  if (packageName === "docker") return fakeDockerStage(recording.inspections ?? {});
  return packageName === "command" ? sshStage() : emptyStage();
}

describe("stand-ins answer what the real providers answered", () => {
  for (const [packageName, list] of Object.entries(cases)) {
    describe(packageName, () => {
      const recording = readRecording(packageName);
      let stage: Stage;
      let provider: Provider;

      before(async () => {
        stage = await stageOf(packageName, recording);
        const make = standIns[packageName];
        assert(make);
        provider = await make();
        await provider.configure(stage.configuration, false);
      });
      after(async () => {
        await provider.close();
        await stage.close();
      });

      for (const it_ of list) {
        it(it_.name, async () => {
          const observation = await observeOn(stage, provider, it_);
          assert.deepEqual(JSON.parse(JSON.stringify(observation)), recording.observations[it_.name]);
        });
      }

      for (const question of questions[packageName] ?? []) {
        it(question.name, async () => {
          assert.deepEqual(await ask(stage, provider, question), recording.answers[question.name]);
        });
      }

      for (const type of new Set(list.map((it_) => it_.type))) {
        it(`for every argument of ${type}, or refuse it by name`, async () => {
          const ours = list.filter((it_) => it_.type === type);
          const compared = new Set(ours.flatMap(({ changes }) => Object.values(changes).flatMap(Object.keys)));
          const names = argumentsOf(type);
          assert(names.length > 0, `the SDK's ${type} has no arguments`);
          for (const name of names.filter((argument) => !compared.has(argument))) {
            const resource = new Resource(provider, type);
            const problems = await resource.problems({ ...fill(ours[0]?.inputs ?? {}, stage.fillings), [name]: "x" });
            const refused = `${name}: property ${name} is not implemented by the lab's stand-in of the ${packageName} provider; `;
            assert(problems.join().startsWith(refused), `${name}: ${problems.join()}`);
          }
        });
      }

      it("and nothing else is recorded", () => {
        assert.deepEqual(
          Object.keys(recording.observations),
          list.map(({ name }) => name),
        );
        assert.deepEqual(
          Object.keys(recording.answers),
          (questions[packageName] ?? []).map(({ name }) => name),
        );
      });
    });
  }
});
