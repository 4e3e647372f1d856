import assert from "node:assert/strict";
import { goals } from "../../bench/goals";
import type { PeerFigures } from "../../bench/peer-figures";
import { goalTable } from "../../bench/report";
import type { Sample } from "../../bench/session";

const samples = (...taken: number[]): Sample[] =>
  taken.map((value) => ({ seconds: value, cpuSeconds: 1, peakMiB: 300 * value, output: "", logins: { p1: 1, p2: 2 } }));

const figures: PeerFigures = {
  shell: { cold: samples(1, 2, 4), "no-op": samples(1, 1, 1), destroy: samples(2, 2, 2) },
  pyinfra: { "no-op": samples(5, 5, 10) },
  dbha: { cold: samples(2, 3, 5), "no-op": samples(2, 3, 1), destroy: samples(2, 3, 4) },
  "empty stack": { cold: samples(1, 1, 1), "no-op": samples(1, 1, 1) },
  "Docker's provider": { "no-op": samples(1.5, 1.5, 1.5), destroy: samples(2, 2, 4) },
};

const rows = (latency: number): string[] =>
  goalTable(goals(figures, latency))
    .split("\n")
    .slice(2)
    .map((line) =>
      line
        .slice(2, -2)
        .split(/\s*\|\s*/)
        .join("; "),
    );

describe("goals of the benchmark", () => {
  it("are ratios within a round, the shell's by the time above an empty stack, and what a no-op may take", () => {
    assert.deepEqual(rows(0), [
      "(dbha - empty stack) / shell, cold; 1.20x; 1.00x; 1.00x-1.00x; ; met",
      "(dbha - empty stack) / shell, no-op; 1.50x; 1.00x; 0.00x-2.00x; 0.50x; met",
      "dbha / shell, destroy; 1.20x; 1.50x; 1.00x-2.00x; 1.00x; missed",
      "dbha / pyinfra, no-op; 1.00x; 0.40x; 0.10x-0.60x; 0.30x; met",
      "SSH log-ins a host, no-op; 1; 2; 2-2; 2; missed",
      "peak MiB of all processes, no-op; 600; 600; 300-900; 450; met",
    ]);
  });

  it("differ by latency, and are none where none is aimed at", () => {
    assert.deepEqual(
      rows(20).map((row) => row.split("; ").slice(0, 2).join("; ")),
      [
        "(dbha - empty stack) / shell, cold; 1.20x",
        "dbha / pyinfra, no-op; 0.70x",
        "SSH log-ins a host, no-op; 1",
        "peak MiB of all processes, no-op; 600",
      ],
    );
  });
});
