import assert from "node:assert/strict";
import type { PeerFigures } from "../../bench/peer-figures";
import { peerTable, ratioTable } from "../../bench/report";
import type { Sample } from "../../bench/session";
import { seconds, table, times } from "../../bench/table";

const samples = (...taken: number[]): Sample[] =>
  taken.map((value) => ({
    seconds: value,
    cpuSeconds: value / 2,
    peakMiB: 10 * value,
    output: "",
    logins: { p1: 1, p2: value > 3 ? 2 : 1 },
  }));

const figures: PeerFigures = {
  shell: { cold: samples(1, 2, 4), "no-op": samples(1, 1, 1) },
  pyinfra: { cold: samples(5, 5, 10) },
  dbha: { cold: samples(2, 3, 5), "no-op": samples(2, 3, 4) },
  "empty stack": { cold: samples(1, 1, 1), "no-op": samples(1, 1, 1) },
};

const cells = (markdown: string): string[][] =>
  markdown.split("\n").map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

describe("tables of the benchmark", () => {
  it("line up, names to the left and numbers to the right", () => {
    assert.equal(
      table(["tool", "s"], [["shell", "1.25"]]),
      ["| tool  |    s |", "| ----- | ---: |", "| shell | 1.25 |"].join("\n"),
    );
  });

  it("show three figures", () => {
    assert.deepEqual([0.846, 9.994, 12.34, 104.4].map(seconds), ["0.85", "9.99", "12.3", "104"]);
    assert.deepEqual([0.846, 12.34].map(times), ["0.85x", "12.3x"]);
  });

  it("tell median, spread, logins and memory of each tool", () => {
    const [, , shell, pyinfra] = cells(peerTable(figures, "20 ms"));
    assert.deepEqual(shell, [
      "shell",
      "2.00 (1.00-4.00)",
      "1.00 (1.00-1.00)",
      "",
      "",
      "",
      "1-2 / 1",
      "1.00 / 0.50",
      "40",
    ]);
    assert.equal(pyinfra?.[2], "");
  });

  it("compare dbha with every other tool in the same round", () => {
    assert.deepEqual(
      cells(ratioTable(figures))
        .slice(2)
        .map((row) => row.slice(0, 3)),
      [
        ["dbha / shell", "1.50x (1.25x-2.00x)", "3.00x (2.00x-4.00x)"],
        ["dbha / pyinfra", "0.50x (0.40x-0.60x)", ""],
      ],
    );
  });
});
