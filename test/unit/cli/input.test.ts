import assert from "node:assert/strict";
import { parsePreview } from "../../../cli/report/preview";
import { parsePath, valueAt } from "../../../cli/report/property-path";

const FIX = 'fix: give what "pulumi preview --json" prints to standard output, and nothing else';

/** What is no preview, and what is said of it. */
const REFUSED: Record<string, [string, string]> = {
  nothing: [
    " \n",
    'is empty; fix: look at what "pulumi preview --json" wrote to standard error, as it failed before it had a preview',
  ],
  "a preview for people": [
    "Previewing update (dev):\n\n     Type  Name\n",
    `is not JSON: it is what Pulumi prints for people, without --json; ${FIX}`,
  ],
  "events, one a line": [
    '{"sequence":0,"preludeEvent":{}}\n{"sequence":1}\n',
    `is not JSON: it is a stream of the engine's events, one a line, as PULUMI_ENABLE_STREAMING_JSON_PREVIEW asks for; ${FIX}`,
  ],
  "a preview that breaks off": [
    '{"steps": [',
    `is not JSON: it is JSON that breaks off, or has something behind it; ${FIX}`,
  ],
  "something else": ["password=S3cret\n", `is not JSON: it is text of 1 lines; ${FIX}`],
  "a list": ["[]", `is no preview: it holds a list; ${FIX}`],
  "a number": ["1", `is no preview: it holds a number; ${FIX}`],
  "no object": ["null", `is no preview: it holds a null; ${FIX}`],
  "an empty object": ["{}", `is no preview: it holds an empty object; ${FIX}`],
  "an exported stack": ['{"version":3,"deployment":{}}', `is no preview: it holds an exported stack; ${FIX}`],
  "a stack's outputs": [
    '{"odc":{},"odp":{},"oms":{},"dolphin":{},"more":{}}',
    `is no preview: it holds an object of odc, odp, oms, dolphin, ...; ${FIX}`,
  ],
  "steps of another kind": [
    '{"steps":[{"op":"update","urn":1}]}',
    `is no preview: steps.0.urn is not as a Pulumi CLI from 3.182 on has it; ${FIX}`,
  ],
};

describe("What the report reads", () => {
  for (const [what, [text, said]] of Object.entries(REFUSED))
    it(`is not ${what}`, () => {
      assert.throws(() => parsePreview(text, "preview.json"), { message: `preview.json ${said}` });
    });

  it("may have no steps, where the preview failed early", () => {
    assert.deepEqual(parsePreview('{"duration": 1}', "stdin"), { steps: [], diagnostics: [], changeSummary: {} });
  });
});

describe("Paths of detailed differences", () => {
  it("are names, indices, and quoted keys", () => {
    assert.deepEqual(parsePath("tarballs.amd64"), ["tarballs", "amd64"]);
    assert.deepEqual(parsePath("triggers[10]"), ["triggers", "10"]);
    assert.deepEqual(parsePath('files["/etc/a.conf"].content'), ["files", "/etc/a.conf", "content"]);
    assert.deepEqual(parsePath(String.raw`a["say \"x\" \\ y"][0]`), ["a", String.raw`say "x" \ y`, "0"]);
  });

  it("lead to values, or to the secret that these are in", () => {
    assert.equal(valueAt({ a: [{ b: 1 }] }, ["a", "0", "b"]), 1);
    assert.equal(valueAt({ a: [{ b: 1 }] }, ["a", "1", "b"]), undefined);
    assert.equal(valueAt({ a: "[secret]" }, ["a", "0", "b"]), "[secret]");
    assert.equal(valueAt({}, ["constructor"]), undefined);
  });
});
