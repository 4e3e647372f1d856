import assert from "node:assert/strict";
import { Callback } from "@pulumi/pulumi/proto/callback_pb";
import { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { durationSeconds, goalFrom } from "../../../lab/engine/run/goal";
import { dependentsOf, transitiveDependents } from "../../../lab/engine/run/graph";
import { stateOf, urnOf } from "./states";

const request = (change: (request: RegisterResourceRequest) => void): RegisterResourceRequest => {
  const made = new RegisterResourceRequest();
  made.setType("fake:index:Thing");
  made.setName("a");
  made.setCustom(true);
  change(made);
  return made;
};

describe("goals", () => {
  it("carry the options that the program gave, told apart from those it did not", () => {
    const goal = goalFrom(
      request((made) => {
        made.setDeletebeforereplacedefined(true);
        made.setDeletebeforereplace(false);
        made.setProtect(true);
        const timeouts = new RegisterResourceRequest.CustomTimeouts();
        timeouts.setCreate("1m30s");
        made.setCustomtimeouts(timeouts);
        made.setAliasurnsList(["urn:pulumi:s::p::t::old"]);
      }),
    );
    const { deleteBeforeReplace, protect, retainOnDelete, customTimeouts, aliases } = goal;
    assert.deepEqual(
      { deleteBeforeReplace, protect, retainOnDelete, customTimeouts, aliases },
      {
        deleteBeforeReplace: false,
        protect: true,
        retainOnDelete: false,
        customTimeouts: { create: 90, update: 0, delete: 0 },
        aliases: ["urn:pulumi:s::p::t::old"],
      },
    );
    assert.equal(goalFrom(request(() => undefined)).deleteBeforeReplace, undefined);
  });

  const refused: [string, (request: RegisterResourceRequest) => void][] = [
    ["remote components", (made) => made.setRemote(true)],
    ["transforms", (made) => made.addTransforms(new Callback())],
    ["replaceWith", (made) => made.setReplaceWithList(["urn"])],
    ["parameterised packages", (made) => made.setPackageref("ref")],
    [
      "hooks other than beforeCreate and beforeUpdate",
      (made) => {
        const hooks = new RegisterResourceRequest.ResourceHooksBinding();
        hooks.addBeforeCreate("hook");
        hooks.addBeforeUpdate("hook");
        hooks.addAfterDelete("hook");
        made.setHooks(hooks);
      },
    ],
  ];
  for (const [feature, ask] of refused) {
    it(`refuse ${feature} by name`, () => {
      assert.throws(() => goalFrom(request(ask)), {
        message: `the fallback engine does not support ${feature}, which fake:index:Thing "a" asks for; use the real Pulumi CLI (put it on PATH or name it in DBHA_PULUMI)`,
      });
    });
  }

  it("read durations as Go writes them", () => {
    assert.deepEqual(["", "90s", "1h2m3.5s", "500ms"].map(durationSeconds), [0, 90, 3723.5, 0.5]);
    assert.throws(() => durationSeconds("5 minutes"), /"5 minutes" is not a duration; write for instance "90s"/);
  });
});

describe("dependencies", () => {
  it("include what is in a component that something depends on, and a replaced copy only what stood before it", () => {
    const group = stateOf("group", { custom: false, provider: "" });
    const child = stateOf("child", { parent: group.urn });
    const user = stateOf("user", { dependencies: [group.urn] });
    const copy = stateOf("child", { id: "copy", delete: true });
    const all = [group, child, user, copy];
    const dependents = dependentsOf(all, all);
    assert.deepEqual(dependents.get(group), [child, user]);
    assert.deepEqual(dependents.get(child), [user]);
    assert.deepEqual(dependents.get(user), []);
    assert.deepEqual(dependents.get(copy), []);
  });

  it("reach through others and providers, but not to children", () => {
    const root = stateOf("root", { type: "pulumi:providers:fake", provider: "", id: "1" });
    const served = stateOf("served", { provider: `${root.urn}::1` });
    const far = stateOf("far", { provider: "", propertyDependencies: { key: [served.urn] } });
    const child = stateOf("child", { provider: "", parent: root.urn });
    const all = [root, served, far, child];
    assert.deepEqual(transitiveDependents(root, all, new Set()), [served, far]);
    assert.deepEqual(transitiveDependents(root, all, new Set([urnOf("served")])), []);
  });
});
