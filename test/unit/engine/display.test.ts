import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { ConsoleDisplay } from "../../../lab/engine/display/console";
import { renderChanges, renderValue } from "../../../lab/engine/display/values";
import { makeSecret } from "../../../lab/engine/property";
import type { Properties } from "../../../lab/engine/property";
import type { EngineEvent } from "../../../lab/engine/run/events";
import type { ResourceState } from "../../../lab/engine/state/resource";
import { shortType } from "../../../lab/engine/urn";
import { UNKNOWN } from "../../../lab/engine/values";
import { stateOf } from "./states";

/** Colours are for terminals; what is asserted is the text. */
const plain = stripVTControlCharacters;

function show(events: EngineEvent[], options: { preview?: boolean; diff?: boolean } = {}): string {
  const lines: string[] = [];
  const settings = { title: "Title", preview: true, refresh: false, diff: false, ...options };
  const display = new ConsoleDisplay({ ...settings, write: (line) => lines.push(plain(line)) });
  events.forEach(display.report);
  display.finish();
  return lines.join("\n");
}

const done = (
  operation: "same" | "create" | "update" | "delete",
  old?: ResourceState,
  next?: ResourceState,
): EngineEvent => ({
  kind: "step",
  phase: "done",
  operation,
  old,
  new: next,
});

describe("display", () => {
  const root = stateOf("app", { type: "pulumi:pulumi:Stack", custom: false });
  const group = stateOf("group", { type: "fake:index:Group", custom: false, parent: root.urn });

  it("shows the tree of what changes, with unchanged parents and the names of changed properties", () => {
    const before = stateOf("one", { parent: group.urn, inputs: { a: 1, b: 2, d: 4 } });
    const after = stateOf("one", { parent: group.urn, inputs: { a: 1, b: 3, c: 4 } });
    const made = stateOf("two", { type: "fake:index/thing:Thing", parent: root.urn });
    const untouched = stateOf("three", { parent: group.urn });
    const events = [
      done("same", root, root),
      done("same", group, group),
      done("update", before, after),
      done("create", undefined, made),
      done("same", untouched, untouched),
    ];
    assert.equal(
      show(events),
      [
        "Title:",
        "",
        "    Type                    Name   Plan    Info",
        "    pulumi:pulumi:Stack     app",
        "    ├─ fake:index:Group     group",
        " ~  │  └─ fake:index:Thing  one    update  [diff: ~b,+c,-d]",
        " +  └─ fake:index:Thing     two    create",
        "",
        "Resources:",
        "    + 1 to create",
        "    ~ 1 to update",
        "    3 unchanged",
        "",
      ].join("\n"),
    );
  });

  it("groups messages by resource, and counts them in the tree", () => {
    const broken = stateOf("one", { parent: root.urn });
    const message = (severity: "error" | "warning", text: string, urn: string): EngineEvent => ({
      kind: "message",
      severity,
      text,
      urn,
    });
    const text = show([
      { kind: "step", phase: "failed", operation: "create", new: broken },
      message("error", "first line\nsecond line", broken.urn),
      message("warning", "beware", broken.urn),
      message("warning", "of the run", ""),
    ]);
    assert.match(text, /^ \+ {2}fake:index:Thing {2}one {3}\*\*creating failed\*\* {2}1 error; 1 warning$/m);
    assert.match(
      text,
      /Diagnostics:\n {2}fake:index:Thing \(one\):\n {4}error: first line\n {4}second line\n {4}warning: beware\n\nResources:\n$/m,
    );
    assert.match(text, /^Title:\nwarning: of the run\n/);
  });

  it("shows outputs before and after, and never a secret", () => {
    const outputs: EngineEvent = {
      kind: "outputs",
      old: { a: "x", gone: 1, key: makeSecret("k1") },
      new: { a: "y", key: makeSecret("k2"), later: UNKNOWN },
    };
    assert.match(
      show([outputs]),
      /Outputs:\n {2}~ a {4}: "x" => "y"\n {2}- gone : 1\n {2}~ key {2}: \[secret\] => \[secret\]\n {2}\+ later: \[unknown\]\n/,
    );
  });

  const changes: [string, Properties, Properties, string[]][] = [
    ["nothing", { a: { b: [1] } }, { a: { b: [1] } }, []],
    [
      "a nested value",
      { a: { b: [1, 2], c: 3 } },
      { a: { b: [1, 4], c: 3 } },
      ["~ a: {", "    ~ b: [", "        ~ [1]: 2 => 4", "      ]", "  }"],
    ],
    ["what is not known yet", { a: 1 }, { a: UNKNOWN }, ["~ a: 1 => [unknown]"]],
    ["another kind of value", { a: [1] }, { a: "x" }, ["~ a: [", "      [0]: 1", '  ] => "x"']],
    [
      "lines of a text",
      { a: "x\ny\nz\n" },
      { a: "x\nY\nz\n" },
      ['~ a: """', "      x", "    - y", "    + Y", "      z", '  """'],
    ],
  ];
  for (const [what, olds, news, expected] of changes) {
    it(`tells changes of ${what}`, () => {
      const lines = renderChanges(olds, news, "  ").flatMap((line) => plain(line).split("\n"));
      assert.deepEqual(lines, expected);
    });
  }

  it("writes values as the CLI does, and cuts long texts", () => {
    assert.equal(
      renderValue({ list: [true, null], name: "x" }, ""),
      '{\n    list: [\n        [0]: true\n        [1]: null\n    ]\n    name: "x"\n}',
    );
    assert.equal(renderValue("y".repeat(200), ""), `"${"y".repeat(149)}..."`);
  });

  it("shortens types that repeat themselves", () => {
    assert.equal(shortType("random:index/randomPassword:RandomPassword"), "random:index:RandomPassword");
    assert.equal(shortType("pulumi:pulumi:Stack"), "pulumi:pulumi:Stack");
    assert.equal(shortType("a:b/c:D"), "a:b/c:D");
  });
});
