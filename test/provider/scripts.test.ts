import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { scripts } from "../../provider/scripts";
import { assemble } from "../../provider/scripts/script";

describe("Scripts that run on hosts", () => {
  for (const script of scripts) {
    it(`${script.name} is clean under shellcheck`, function () {
      this.timeout(30_000);
      const values = Object.fromEntries(script.parameters.map((name) => [name, "value"]));
      const input = `#!/bin/sh\n${assemble(script, values, ["word"])}`;
      const { error, stdout, status } = spawnSync("shellcheck", ["--shell=sh", "-"], { input, encoding: "utf8" });
      assert.equal(error, undefined, "these tests need shellcheck: apt-get install shellcheck");
      assert.equal(stdout, "");
      assert.equal(status, 0);
    });
  }
});
