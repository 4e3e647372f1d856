import assert from "node:assert/strict";
import { toldOf } from "../../bench/scale-trouble";
import { troubleTable } from "../../bench/scale-trouble-table";

const OUTPUT = `Diagnostics:
  dbha:index:Files (h010):
    error: host h010 (198.18.213.11:22): not reached within 5 s: no answer; fix: look

  dbha:index:Files (h020):
    error: h010, h020: not reached within 5 s
      no answer

  pulumi:pulumi:Stack (scale-bench):
    error: update failed
`;

const rows = (markdown: string): string[] =>
  markdown
    .split("\n")
    .slice(2)
    .map((row) =>
      row
        .slice(2, -2)
        .split(/ *\| */)
        .join("; "),
    );

describe("trouble of many hosts in the benchmark", () => {
  it("is told in so many messages, of which some name all hosts", () => {
    assert.deepEqual(toldOf(OUTPUT, ["h010", "h020"]), { messages: 2, whole: 1 });
    assert.deepEqual(toldOf(OUTPUT, ["h01"]), { messages: 2, whole: 0 });
  });

  it("is met by one connect timeout in all and one message", () => {
    const silent = (some: number, messages: number) =>
      ({ step: "up", hosts: 20, silent: 2, seconds: { all: 3, some }, told: { messages, whole: 1 } }) as const;
    const bad = [{ step: "up", seconds: 12.3, logins: { least: 1, most: 2 } }] as const;
    assert.deepEqual(rows(troubleTable([silent(9, 1), silent(11, 1), silent(9, 2)], bad)), [
      "up, 2 of 20 hosts silent; 3.00; 9.00; 1, 1 of them naming all; ; met",
      "up, 2 of 20 hosts silent; 3.00; 11.0; 1, 1 of them naming all; ; missed",
      "up, 2 of 20 hosts silent; 3.00; 9.00; 2, 1 of them naming all; ; missed",
      "up of 10 hosts at 200 ms with 2 % loss; ; 12.3; ; 1-2; met",
    ]);
  });
});
