import assert from "node:assert/strict";
import { driftOf } from "../../../cli/report/drift";
import { parsePreview } from "../../../cli/report/preview";

const STACK = "urn:pulumi:dev::mine::pulumi:pulumi:Stack::mine-dev";
const COMPONENT = "urn:pulumi:dev::mine::dbha:index:OdcHaDeployment::odc";
const FILE = "urn:pulumi:dev::mine::dbha:index:OdcHaDeployment$dbha:index:File::odc-conf-p1";

const file = (content: unknown, mode = "0644") => ({
  inputs: { content, mode },
  outputs: { content, mode },
  parent: COMPONENT,
});
const differs = (...paths: string[]) =>
  Object.fromEntries(paths.map((path) => [path, { kind: "update", inputDiff: true }]));

/** The drift of the file, in a preview with these steps. */
const found = (...steps: object[]) => driftOf(parsePreview(JSON.stringify({ steps }), "preview")).get(FILE);

const refreshed = (state: object) => ({ op: "refresh", urn: FILE, oldState: state, newState: state });
const stack = { op: "same", urn: STACK };
const otherArguments = { op: "update", urn: COMPONENT };

describe("Drift", () => {
  const update = { op: "update", urn: FILE, detailedDiff: differs("content") };

  it("before an update is where the state differs from what was found, not where the program does", () => {
    const step = {
      ...update,
      detailedDiff: differs("content", "mode"),
      oldState: file("edited"),
      newState: file("new", "0600"),
    };
    assert.deepEqual(found(stack, refreshed(file("old")), otherArguments, step), {
      gone: false,
      differences: [{ path: "content", before: "old", after: "edited" }],
    });
  });

  it("is none where the program alone changes", () => {
    const step = { ...update, oldState: file("old"), newState: file("new") };
    assert.equal(found(stack, refreshed(file("old")), otherArguments, step), undefined);
  });

  it("is none without a refresh", () => {
    assert.equal(found(stack, { ...update, oldState: file("old"), newState: file("new") }), undefined);
  });

  it("of a secret is one where no argument changes, as nobody sees whether both are the same", () => {
    const step = { ...update, oldState: file("[secret]"), newState: file("[secret]") };
    const hidden = { gone: false, differences: [{ path: "content", before: "[secret]", after: "[secret]" }] };
    assert.deepEqual(found(stack, refreshed(file("[secret]")), step), hidden);
    assert.equal(found(stack, refreshed(file("[secret]")), otherArguments, step), undefined);
    assert.deepEqual(found({ op: "refresh", urn: STACK }, step), hidden);
  });

  it("is that something is made which the state had, or which a refresh drops", () => {
    const gone = { gone: true, differences: [] };
    assert.deepEqual(found(stack, refreshed(file("old")), { op: "create", urn: FILE, newState: file("old") }), gone);
    assert.equal(found(stack, { op: "create", urn: FILE, newState: file("old") }), undefined);
    assert.deepEqual(found({ op: "refresh", urn: STACK }, { op: "delete", urn: FILE, oldState: file("old") }), gone);
  });

  it("is none where the program takes a resource away", () => {
    assert.equal(found(stack, refreshed(file("old")), { op: "delete", urn: FILE, oldState: file("old") }), undefined);
  });

  it("is looked for alone where the stack itself is refreshed alone", () => {
    const step = { ...update, oldState: file("old"), newState: file("edited") };
    assert.deepEqual(found({ op: "refresh", urn: STACK }, step)?.differences, [
      { path: "content", before: "old", after: "edited" },
    ]);
    assert.equal(found(stack, step), undefined);
  });
});
