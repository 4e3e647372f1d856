import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { scripts } from "../../provider/scripts";
import { prologue } from "../../provider/resources/shell";
import { assemble, keeper, wrapped } from "../../provider/scripts/script";

function isClean(text: string): void {
  const input = `#!/bin/sh\n${text}`;
  const { error, stdout, status } = spawnSync("shellcheck", ["--shell=sh", "-"], {
    input,
    encoding: "utf8",
  });
  assert.equal(error, undefined, "these tests need shellcheck: apt-get install shellcheck");
  assert.equal(stdout, "");
  assert.equal(status, 0);
}

describe("Scripts that run on hosts", function () {
  this.timeout(30_000);

  for (const script of scripts) {
    it(`${script.name} is clean under shellcheck`, () => {
      const values = Object.fromEntries(script.parameters.map((name) => [name, "value"]));
      isClean(assemble(script, values, ["word"]));
    });
  }

  it("what is around them is clean under shellcheck", () => {
    isClean(prologue);
    isClean(keeper);
    isClean(wrapped("mark", "echo\n"));
  });
});
