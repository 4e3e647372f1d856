import assert from "node:assert/strict";
import { Display, showValue } from "../../../lab/engine/display";
import { makeSecret, UNKNOWN } from "../../../lab/engine/property";
import type { EngineEvent, Operation, StepEvent } from "../../../lab/engine/run/events";
import type { ResourceState } from "../../../lab/engine/state/resource";
import { shortType } from "../../../lab/engine/urn";
import { stateOf } from "./states";

function run(events: EngineEvent[], options: { refresh?: boolean } = {}): { text: string; display: Display } {
  const lines: string[] = [];
  const write = (line: string): void => void lines.push(line);
  const display = new Display({ title: "Title", preview: true, refresh: false, write, ...options });
  events.forEach(display.report);
  display.finish();
  return { text: lines.join("\n"), display };
}

const done = (operation: Operation, state: ResourceState, diffs?: string[]): StepEvent => ({
  kind: "step",
  phase: "done",
  operation,
  state,
  ...(diffs && { diff: { changes: "some", replaces: [], deleteBeforeReplace: false, diffs } }),
});

describe("display", () => {
  const one = stateOf("one");

  it("gives one line to each step that changes something, and counts all of them", () => {
    const { text, display } = run([
      done("same", stateOf("app")),
      done("update", one, ["b[0].c", "b[1]", "a"]),
      done("create", stateOf("two", { type: "fake:index/thing:Thing" })),
      done("create", stateOf("default_1", { type: "pulumi:providers:fake" })),
    ]);
    assert.equal(
      text,
      [
        "Title:",
        " ~  update  fake:index:Thing  one  [diff: a,b]",
        " +  create  fake:index:Thing  two",
        "",
        "Resources:",
        "    + 1 to create",
        "    ~ 1 to update",
        "    1 unchanged",
        "",
      ].join("\n"),
    );
    assert.equal(display.hasChanges, true);
  });

  const counted: [string, StepEvent[], object][] = [
    [
      "a replacement once, when its new copy is there",
      [done("create-replacement", one), done("delete-replaced", one)],
      { replace: 1 },
    ],
    ["no deletion without its creation", [done("delete-replaced", one)], {}],
    ["no failure", [{ ...done("create", one), phase: "failed" }], {}],
  ];
  for (const [what, events, counts] of counted)
    it(`counts ${what}`, () => assert.deepEqual(run(events).display.counts, counts));

  it("shows what a refresh found in its own command alone", () => {
    const events = [done("refresh", one, ["value"]), { ...done("refresh", stateOf("gone")), gone: true }];
    assert.match(
      run(events, { refresh: true }).text,
      /\n ~ {2}update {2}fake:index:Thing {2}one {2}\[diff: value\]\n - {2}delete {2}fake:index:Thing {2}gone\n/,
    );
    const { text, display } = run(events);
    assert.equal(text, "Title:\n\nResources:\n");
    assert.equal(display.hasChanges, false);
  });

  it("tells of which resource a message speaks, and that a step failed", () => {
    const { text, display } = run([
      { kind: "step", phase: "failed", operation: "create", state: one },
      { kind: "message", severity: "error", text: "first line\nsecond line", urn: one.urn },
      { kind: "message", severity: "debug", text: "not for people", urn: one.urn },
      { kind: "message", severity: "warning", text: "of the run", urn: "" },
    ]);
    assert.equal(
      text,
      "Title:\n +  create  fake:index:Thing  one FAILED\n  fake:index:Thing  one:\n    error: first line\n    second line\nwarning: of the run\n\nResources:\n",
    );
    assert.equal(display.hasChanges, false);
  });

  it("shows outputs, and never a secret", () => {
    const outputs = { later: UNKNOWN, key: makeSecret("k2"), a: "y", list: [1, { deep: makeSecret("k3") }] };
    assert.match(
      run([{ kind: "outputs", outputs }]).text,
      /Outputs:\n {4}a: y\n {4}key: \[secret\]\n {4}later: \[unknown\]\n {4}list: \[1,\{"deep":"\[secret\]"\}\]\n/,
    );
    assert.equal(showValue(null), "null");
  });

  it("shortens types that repeat themselves", () => {
    assert.equal(shortType("random:index/randomPassword:RandomPassword"), "random:index:RandomPassword");
    assert.equal(shortType("pulumi:pulumi:Stack"), "pulumi:pulumi:Stack");
    assert.equal(shortType("a:b/c:D"), "a:b/c:D");
  });
});
