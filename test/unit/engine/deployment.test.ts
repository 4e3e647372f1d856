import assert from "node:assert/strict";
import type { Deployment } from "../../../lab/engine/run/deployment";
import { Stopped } from "../../../lab/engine/run/executor";
import { makeSecret, UNKNOWN } from "../../../lab/engine/property";
import { FakeStack, thing } from "./fakes";
import { urnOf } from "./states";

const on = (...names: string[]): { dependencies: string[] } => ({ dependencies: names.map((name) => urnOf(name)) });

describe("deployment", () => {
  let stack: FakeStack;
  beforeEach(() => (stack = new FakeStack()));

  it("creates, updates in place, leaves alone, and deletes dependents first", async () => {
    const calls = await stack.run(async (deployment) => {
      await deployment.register(thing("a"));
      await deployment.register(thing("b", on("a")));
      await deployment.register(thing("c", on("b")));
    });
    assert.deepEqual(calls, ["create a", "create b", "create c"]);
    assert.deepEqual(stack.names, ["default", "a", "b", "c"]);
    const next = await stack.run(async (deployment) => {
      const updated = await deployment.register(thing("a", { inputs: { key: "a", value: 1 } }));
      assert.deepEqual([updated.id, updated.outputs], ["a-1", { key: "a", value: 1 }]);
    });
    assert.deepEqual(next, ["update a", "delete c", "delete b"]);
    assert.deepEqual(stack.operations, ["update a", "delete c", "delete b"]);
    assert.deepEqual(stack.names, ["default", "a"]);
  });

  it("configures the default provider from the stack's configuration, as secrets where they are", async () => {
    stack.config.set("fake:token", { text: "hush", secret: true }).set("other:x", { text: "y", secret: false });
    await stack.run((deployment) => deployment.register(thing("a")));
    assert.deepEqual(stack.provider.calls, ['configure {"token":"hush"}', "create a"]);
    assert.deepEqual(stack.state.resources[0]?.inputs, { token: makeSecret("hush") });
  });

  it("previews without calling what changes things, and without saving", async () => {
    const calls = await stack.run(
      async (deployment) => {
        const state = await deployment.register(thing("a", { inputs: { key: UNKNOWN } }));
        assert.deepEqual([state.id, state.outputs], ["", { key: UNKNOWN }]);
      },
      { preview: true },
    );
    assert.deepEqual(calls, []);
    assert.deepEqual(stack.operations, ["create a"]);
    assert.deepEqual(stack.names, []);
  });

  describe("replacement", () => {
    beforeEach(async () => {
      await stack.run(async (deployment) => {
        await deployment.register(thing("root", { inputs: { fixed: "1", key: "k" } }));
        await deployment.register(
          thing("user", { inputs: { key: "of root" }, propertyDependencies: { key: [urnOf("root")] } }),
        );
        await deployment.register(
          thing("far", { inputs: { key: "of user" }, propertyDependencies: { key: [urnOf("user")] } }),
        );
        await deployment.register(
          thing("mild", { inputs: { value: "of root" }, propertyDependencies: { value: [urnOf("root")] } }),
        );
        await deployment.register(thing("loose", on("root")));
      });
    });

    it("creates the new one first and deletes the old one at the end", async () => {
      const calls = await stack.run(async (deployment) => {
        await deployment.register(thing("root", { inputs: { fixed: "1", key: "other" } }));
        assert.deepEqual(
          stack.names.filter((name) => name.startsWith("root")),
          ["root", "root (old)"],
        );
        for (const name of ["user", "far", "mild", "loose"]) await deployment.register(same(name));
      });
      assert.deepEqual(calls, ["create root", "delete root"]);
      assert.deepEqual(stack.operations.slice(0, 1), ["create-replacement root"]);
      assert.deepEqual(stack.operations.slice(-1), ["delete-replaced root"]);
    });

    it("deletes first what cannot outlive the old one, farthest first, and spares the rest", async () => {
      const calls = await stack.run(async (deployment) => {
        await deployment.register(thing("root", { inputs: { fixed: "2", key: "k" } }));
        for (const name of ["user", "far", "mild", "loose"]) await deployment.register(same(name));
      });
      assert.deepEqual(calls, ["delete far", "delete user", "delete root", "create root", "create user", "create far"]);
      assert.deepEqual(
        stack.names.filter((name) => name.includes("old")),
        [],
      );
    });

    it("does what the program says about the order rather than the provider", async () => {
      const keep = await stack.run(async (deployment) => {
        await deployment.register(thing("root", { inputs: { fixed: "2", key: "k" }, deleteBeforeReplace: false }));
        for (const name of ["user", "far", "mild", "loose"]) await deployment.register(same(name));
      });
      assert.deepEqual(keep, ["create root", "delete root"]);
    });

    it("goes on after it was cut off between deletion and creation", async () => {
      const program = (fail: boolean) => async (deployment: Deployment) => {
        await deployment.register(thing("root", { inputs: { fixed: "2", key: "k", ...(fail && { fail: "create" }) } }));
        for (const name of ["user", "far", "mild", "loose"]) await deployment.register(same(name));
      };
      await assert.rejects(stack.run(program(true)), Stopped);
      assert.deepEqual(
        stack.state.resources.filter(({ pendingReplacement }) => pendingReplacement).map(({ id }) => id),
        ["root-1", "user-2", "far-3"],
      );
      assert.deepEqual(await stack.run(program(false)), ["create root", "create user", "create far"]);
      assert.deepEqual(
        stack.state.resources.filter(({ pendingReplacement }) => pendingReplacement),
        [],
      );
    });

    it("is refused for what is protected, also as a dependent", async () => {
      const protect = (deployment: Deployment) =>
        deployment.register(
          thing("user", { inputs: { key: "of root" }, propertyDependencies: { key: [urnOf("root")] }, protect: true }),
        );
      await stack.run(async (deployment) => {
        await deployment.register(thing("root", { inputs: { fixed: "1", key: "k" } }));
        await protect(deployment);
        for (const name of ["far", "mild", "loose"]) await deployment.register(same(name));
      });
      const attempt = stack.run((deployment) =>
        deployment.register(thing("root", { inputs: { fixed: "2", key: "k" } })),
      );
      await assert.rejects(attempt, Stopped);
      assert.match(
        stack.errors.join(),
        /unable to replace resource "\S+::user" as part of replacing "\S+::root"\s+as it is currently marked for protection/,
      );
    });

    function same(name: string) {
      const inputs: Record<string, ReturnType<typeof thing>> = {
        user: thing("user", { inputs: { key: "of root" }, propertyDependencies: { key: [urnOf("root")] } }),
        far: thing("far", { inputs: { key: "of user" }, propertyDependencies: { key: [urnOf("user")] } }),
        mild: thing("mild", { inputs: { value: "of root" }, propertyDependencies: { value: [urnOf("root")] } }),
        loose: thing("loose", on("root")),
      };
      return inputs[name] ?? thing(name);
    }
  });

  it("keeps what exists but is not in order, fails, and updates it the next time", async () => {
    const register = (inputs: object) =>
      stack.run((deployment) => deployment.register(thing("a", { inputs: { key: "a", ...inputs } })));
    await assert.rejects(register({ fail: "partly" }), Stopped);
    assert.deepEqual(stack.errors, ["the resource exists, but is not in order:\n* it limps"]);
    const initErrors = (): unknown => stack.state.resources.map((state) => state.initErrors);
    assert.deepEqual(initErrors(), [[], ["it limps"]]);
    assert.deepEqual(await register({ fail: "partly" }), ["update a"]);
    assert.deepEqual(initErrors(), [[], []]);
  });

  it("finishes what runs beside a failure, keeps it, and starts nothing after it", async () => {
    const attempt = stack.run(async (deployment) => {
      const both = [deployment.register(thing("a", { inputs: { fail: "create" } })), deployment.register(thing("b"))];
      await Promise.allSettled(both);
      await deployment.register(thing("c"));
    });
    await assert.rejects(attempt, Stopped);
    assert.deepEqual(stack.provider.calls.slice(1), ["create a", "create b"]);
    assert.deepEqual(stack.names, ["default", "b"]);
    assert.deepEqual(stack.errors, ["cannot create a"]);
  });

  it("deletes nothing that a failed deletion depended on", async () => {
    await stack.run(async (deployment) => {
      await deployment.register(thing("a"));
      await deployment.register(thing("b", { inputs: { key: "b", fail: "delete" }, ...on("a") }));
    });
    await assert.rejects(
      stack.run(() => Promise.resolve()),
      Stopped,
    );
    assert.deepEqual(stack.names, ["default", "a", "b"]);
    assert.deepEqual(stack.errors, ["cannot delete b"]);
  });

  it("forgets without a call what is retained or goes with something else, and refuses what is protected", async () => {
    await stack.run(async (deployment) => {
      await deployment.register(thing("host"));
      await deployment.register(thing("guest", { deletedWith: urnOf("host") }));
      await deployment.register(thing("kept", { retainOnDelete: true }));
      await deployment.register(thing("guarded", { protect: true }));
    });
    await assert.rejects(
      stack.run((deployment) => deployment.register(thing("host"))),
      Stopped,
    );
    assert.match(stack.errors.join(), /resource "\S+::guarded" cannot be deleted\s+because it is protected/);
    await stack.run(async (deployment) => {
      await deployment.register(thing("host"));
      await deployment.register(thing("guarded"));
    });
    assert.deepEqual(stack.names, ["default", "host", "guarded"]);
    assert.deepEqual(
      stack.provider.calls.filter((call) => call.startsWith("delete")),
      ["delete guest"],
    );
  });

  it("takes a deletion for done when the resource goes with its host", async () => {
    await stack.run(async (deployment) => {
      await deployment.register(thing("host"));
      await deployment.register(thing("guest", { deletedWith: urnOf("host") }));
    });
    assert.deepEqual(await stack.run(() => Promise.resolve()), ["delete host"]);
    assert.deepEqual(stack.names, []);
  });

  it("ignores changes where it is told to, and replaces where it is told to", async () => {
    const register = (value: string) =>
      stack.run(async (deployment) => {
        await deployment.register(
          thing("deaf", { inputs: { key: "k", value, deep: { a: value } }, ignoreChanges: ["value", "deep.a"] }),
        );
        await deployment.register(thing("keen", { inputs: { key: "k", value }, replaceOnChanges: ["value"] }));
      });
    await register("1");
    assert.deepEqual(await register("2"), ["create keen", "delete keen"]);
    assert.deepEqual(stack.state.resources.find(({ urn }) => urn === urnOf("deaf"))?.inputs, {
      key: "k",
      value: "1",
      deep: { a: "1" },
    });
  });

  it("takes over what is there by its ID, once, and updates it where it is told to be otherwise", async () => {
    stack.provider.existing.set("by-hand", { key: "a", value: 1 });
    const run = (value: number, options = {}) =>
      stack.run(
        async (deployment) => {
          const given = { inputs: { key: "a", value }, importId: "by-hand", ignoreChanges: value > 2 ? ["value"] : [] };
          const { id, outputs } = await deployment.register(thing("a", given));
          assert.deepEqual([id, outputs.key], ["by-hand", "a"]);
        },
        { ...options },
      );
    assert.deepEqual(await run(2, { preview: true }), []);
    assert.deepEqual(stack.operations, ["import a"]);
    assert.deepEqual(await run(3), []);
    assert.deepEqual(stack.state.resources.at(-1)?.inputs, { key: "a", value: 1 });
    assert.deepEqual(await run(2), ["update a"]);
    assert.deepEqual(stack.operations, ["update a"]);
  });

  it("imports nothing that is not there, nor what would be replaced, nor into the place of another", async () => {
    stack.provider.existing.set("by-hand", { key: "other" });
    const run = (given: object) => stack.run((deployment) => deployment.register(thing("a", given)));
    await assert.rejects(run({ importId: "none" }), Stopped);
    assert.deepEqual(stack.errors, ["resource 'none' does not exist"]);
    await assert.rejects(run({ importId: "by-hand" }), Stopped);
    assert.match(
      stack.errors.join(),
      /does not support an import that replaces what it imports, as of ".*::a" for key/,
    );
    await run({});
    await assert.rejects(run({ importId: "by-hand" }), Stopped);
    assert.match(stack.errors.join(), /does not support an import of by-hand in the place of ".*::a"/);
    assert.deepEqual(stack.provider.calls, [
      "configure {}",
      "configure {}",
      "configure {}",
      "create a",
      "configure {}",
    ]);
  });

  it("refuses a second resource of the same name and invalid inputs, before anything is done", async () => {
    const twice = async (deployment: Deployment): Promise<void> => {
      await deployment.register(thing("a"));
      await deployment.register(thing("a"));
    };
    await assert.rejects(stack.run(twice), Stopped);
    assert.deepEqual(stack.errors, [`Duplicate resource URN '${urnOf("a")}'; try giving it a unique name`]);
    await assert.rejects(
      stack.run((deployment) => deployment.register(thing("b", { inputs: { key: "bad" } }))),
      Stopped,
    );
    assert.deepEqual(stack.errors, ["fake:index:Thing resource 'b': property key value {bad} has a problem: is bad"]);
    assert.deepEqual(
      stack.provider.calls.filter((call) => call.endsWith(" b")),
      [],
    );
  });
});
