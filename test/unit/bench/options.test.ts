import assert from "node:assert/strict";
import { parseOptions } from "../../bench/options";

const parse = (...args: string[]) => parseOptions(["node", "run.ts", ...args]);

describe("options of the benchmark", () => {
  it("compare all tools in three rounds, near and far, unless told otherwise", () => {
    assert.deepEqual(parse(), {
      runs: 3,
      latency: [0, 20, 100],
      only: ["shell", "pyinfra", "ansible", "dbha", "fallback"],
      stack: false,
      peers: true,
      profile: true,
      drift: false,
      fresh: false,
    });
  });

  it("take lists, tools in the order of the tables", () => {
    const { latency, only, runs, stack } = parse("--latency", "0,50", "--only", "dbha,shell", "--runs", "5", "--stack");
    assert.deepEqual(
      { latency, only, runs, stack },
      { latency: [0, 50], only: ["shell", "dbha"], runs: 5, stack: true },
    );
  });
});
