import assert from "node:assert/strict";
import { svgChart } from "../../bench/svg-chart";

const chart = svgChart({
  title: "up <s>",
  horizontal: "hosts",
  vertical: "seconds",
  lines: [
    {
      name: "a & b",
      points: [
        { at: 100, value: 10 },
        { at: 1, value: 1 },
        { at: 10, value: 2 },
      ],
    },
    { name: "c", points: [{ at: 10, value: 5 }] },
  ],
});

const all = (pattern: RegExp): (string | undefined)[] => [...chart.matchAll(pattern)].map(([, found]) => found);

describe("a chart of the benchmark", () => {
  it("draws a line for each series, in the order of the hosts, both axes by factors", () => {
    assert.deepEqual(all(/<polyline points="([^"]*)"/g), ["64,364 292,268.9 520,48", "292,143.1"]);
    assert.deepEqual(all(/stroke="(#[0-9a-f]{6})" stroke-width="2"\/>\n<circle/g), ["#0072b2", "#d55e00"]);
  });

  it("marks what was measured and whole values around it", () => {
    assert.deepEqual(all(/text-anchor="end">([^<]*)/g), ["1", "2", "5", "10"]);
    assert.deepEqual(all(/text-anchor="middle">([^<]*)/g), ["1", "10", "100", "hosts"]);
  });

  it("is well-formed whatever it is called", () => {
    assert.deepEqual(all(/<title>([^<]*)</g), ["up &lt;s&gt;"]);
    assert.ok(chart.includes(">a &amp; b</text>"));
  });
});
