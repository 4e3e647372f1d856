import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isAlive, until } from "./await";
import { Workspace } from "./workspace";
import type { ResourceJson, StateJson } from "./workspace";

const isThing = ({ type }: ResourceJson): boolean => type === "fixture:index:Thing";

describe("fallback engine when things go wrong", function () {
  this.timeout(120_000);
  let workspace: Workspace;

  beforeEach(async () => {
    workspace = await Workspace.create("fallback");
    workspace.configure({ scenario: "many", step: 1 });
  });

  afterEach(() => workspace.remove());

  const keysInState = (): unknown[] =>
    (workspace.state.resources ?? []).filter(isThing).map(({ inputs }) => inputs?.key);

  it("keeps what was created before a failure, names the resource and the reason, and goes on from there", async () => {
    workspace.configure({ many: { count: 3, chain: true, fail: "create" } });
    const failed = await workspace.run("up", "--yes", "--skip-preview");
    assert.equal(failed.code, 1);
    assert.match(failed.stdout, /fixture:index:Thing {2}thing-2:\n {4}error: the store refuses "k2"/);
    assert.match(failed.stdout, /^ \+ {2}create {2}fixture:index:Thing {2}thing-2 FAILED$/m);
    assert.deepEqual(keysInState(), ["k0", "k1"]);
    assert.equal(workspace.state.pending_operations, undefined);

    workspace.configure({ many: { count: 3, chain: true } });
    const { stdout } = await workspace.mustRun("up", "--yes", "--skip-preview");
    assert.match(stdout, /Resources:\n {4}\+ 1 created\n {4}3 unchanged\n/);
    assert.deepEqual(keysInState(), ["k0", "k1", "k2"]);
  });

  it("stops before anything is done when an input is refused, and says property, value and rule", async () => {
    workspace.configure({ scenario: "refused" });
    const { code, stdout } = await workspace.run("up", "--yes");
    assert.equal(code, 1);
    assert.match(
      stdout,
      /error: fixture:index:Thing resource 'bad': property key value \{a b\} has a problem: must not contain spaces, found "a b"/,
    );
    assert.deepEqual(workspace.calls, []);
  });

  it("on Ctrl-C finishes what is in flight, saves it and starts nothing new", async () => {
    workspace.configure({ many: { count: 4, chain: true, delayMs: 700 } });
    const running = workspace.start(["up", "--yes", "--skip-preview"]);
    await until("the second creation", () => workspace.calls.length === 2);
    process.kill(running.pid, "SIGINT");
    const { code, stdout } = await running.result;
    assert.equal(code, 8);
    assert.match(stdout, /warning: interrupted: finishing what is in flight; nothing new is started/);
    assert.deepEqual([...workspace.things.values()].sort(), ["k0", "k1"]);
    assert.deepEqual(keysInState(), ["k0", "k1"]);
    assert.equal(workspace.state.pending_operations, undefined);

    await workspace.mustRun("up", "--yes", "--skip-preview");
    assert.deepEqual([...workspace.things.values()].sort(), ["k0", "k1", "k2", "k3"]);
    assert.deepEqual(keysInState(), ["k0", "k1", "k2", "k3"]);
  });

  it("on Ctrl-C before the state is open starts nothing", async () => {
    const running = workspace.start(["up", "--yes", "--skip-preview"]);
    await until("the lock", () => existsSync(workspace.locks) && readdirSync(workspace.locks).length > 0);
    process.kill(running.pid, "SIGINT");
    const { code, stdout } = await running.result;
    assert.equal(code, 8);
    assert.match(stdout, /warning: interrupted: /);
    assert.deepEqual(workspace.calls, []);
  });

  it("on a second Ctrl-C ends at once, keeps a note of what was in flight, and gives the lock back", async () => {
    workspace.configure({ many: { count: 2, chain: true, delayMs: 600_000 } });
    const running = workspace.start(["up", "--yes", "--skip-preview"]);
    await until("the first creation", () => workspace.calls.length === 1);
    // two signals of different kinds, as two of one kind may become one
    process.kill(running.pid, "SIGINT");
    process.kill(running.pid, "SIGTERM");
    assert.equal((await running.result).code, 130);
    const pids = readFileSync(join(workspace.store, "pids.log"), "utf8").trim().split("\n").map(Number);
    await until("the end of the plugins", () => !pids.some(isAlive));
    assert.deepEqual(
      workspace.state.pending_operations?.map(({ type, resource }) => `${type} ${String(resource.inputs?.key)}`),
      ["creating k0"],
    );
    assert.deepEqual(readdirSync(workspace.locks), []);
  });

  it("names what was in flight by URN, and how to clear it; refresh clears all but creations, unless it is told to", async () => {
    workspace.configure({ many: { count: 3 } });
    await workspace.mustRun("up", "--yes", "--skip-preview");
    const file = JSON.parse(readFileSync(workspace.stateFile, "utf8")) as { checkpoint: { latest: StateJson } };
    const things = (file.checkpoint.latest.resources ?? []).filter(isThing);
    const types = ["creating", "updating", "deleting"];
    file.checkpoint.latest.pending_operations = things.map((resource, index) => ({
      resource,
      type: types[index] ?? "",
    }));
    writeFileSync(workspace.stateFile, JSON.stringify(file));
    const pending = (): unknown => workspace.state.pending_operations?.map(({ type }) => type);

    const { stdout } = await workspace.mustRun("refresh", "--yes", "--skip-preview");
    const names = things.map(({ urn }, index) => `  * ${urn}, interrupted while ${types[index] ?? ""}\n`);
    const told = `warning: an earlier run was cut off, and nobody knows whether these operations took place:\n${names.join("")}\`pulumi refresh\` reads back what was updated or deleted; what was created may exist outside of the state: \`pulumi up\` creates it again, and \`pulumi refresh --clear-pending-creates\` forgets it\n`;
    assert.ok(stdout.includes(told), stdout);
    assert.deepEqual(pending(), ["creating"]);
    await workspace.mustRun("refresh", "--yes", "--skip-preview", "--clear-pending-creates");
    assert.equal(pending(), undefined);
    assert.equal(workspace.things.size, 3);
  });

  it("loses nothing that was created when it is killed, leaves no plugin behind, and the next run converges", async () => {
    const total = 5;
    workspace.configure({ many: { count: total, chain: true, delayMs: 250 } });
    for (let created = 1; created <= total; created++) {
      const before = workspace.calls.length;
      const running = workspace.start(["up", "--yes", "--skip-preview"]);
      // the first of each run is what the run before was killed at
      await until(`creation ${created}`, () => workspace.calls.length === before + Math.min(created, 2));
      process.kill(running.pid, "SIGKILL");
      await running.result;
      const pids = readFileSync(join(workspace.store, "pids.log"), "utf8").trim().split("\n").map(Number);
      await until("the end of the plugins", () => !pids.some(isAlive));
      // what is in the store is in state, or noted as being created
      const known = [
        ...keysInState(),
        ...(workspace.state.pending_operations ?? []).map(({ resource }) => resource.inputs?.key),
      ];
      assert.deepEqual(
        [...workspace.things.values()].filter((key) => !known.includes(key)),
        [],
      );
      assert.deepEqual(
        workspace.state.pending_operations?.map(({ type }) => type),
        ["creating"],
      );
    }
    const { stdout } = await workspace.mustRun("up", "--yes", "--skip-preview");
    assert.match(
      stdout,
      /warning: an earlier run was cut off, and nobody knows whether these operations took place:\n {2}\* urn:pulumi:test::things::fixture:index:Thing::thing-\d, interrupted while creating/,
    );
    assert.equal(workspace.state.pending_operations, undefined);
    assert.deepEqual(keysInState(), ["k0", "k1", "k2", "k3", "k4"]);
  });

  it("refuses a second run at once and names who holds the lock", async () => {
    const gate = join(workspace.root, "gate");
    writeFileSync(gate, "");
    workspace.configure({ many: { count: 1, heldBy: gate } });
    const first = workspace.start(["up", "--yes", "--skip-preview"]);
    await until("the first creation", () => workspace.calls.length === 1);
    const second = await workspace.run("up", "--yes", "--skip-preview");
    assert.equal(second.code, 1);
    assert.match(second.stderr, /error: the stack is currently locked by \S+@\S+ \(pid \d+\) since \d{4}-\d\d-\d\dT/);
    rmSync(gate);
    const { code, stdout } = await first.result;
    assert.equal(code, 0, stdout);
  });

  it("says how a plugin died", async () => {
    workspace.configure({ scenario: "crash" });
    const { code, stdout } = await workspace.run("preview");
    assert.equal(code, 1);
    assert.match(
      stdout,
      /the plugin "fixture" ended unexpectedly \(exit code 3\); its last lines were:\n\s+the fixture gives up/,
    );
  });

  it("shows no secret in its output, its state or its errors", async () => {
    workspace.configure({ scenario: "basic" });
    await workspace.mustRun("config", "set", "--secret", "note", "hush-hush");
    const texts: string[] = [];
    for (const args of [
      ["up", "--yes"],
      ["stack", "output"],
      ["stack", "output", "--json"],
      ["stack", "export"],
      ["refresh", "--yes", "--json"],
    ]) {
      const { stdout, stderr } = await workspace.mustRun(...args);
      texts.push(stdout, stderr);
    }
    texts.push(readFileSync(workspace.stateFile, "utf8"), readFileSync(workspace.settingsFile, "utf8"));
    assert.deepEqual(
      texts.filter((text) => text.includes("hush-hush")),
      [],
    );
    assert.match(texts[0] ?? "", /note: \[secret\]/);
    const shown = await workspace.mustRun("stack", "output", "note", "--show-secrets");
    assert.equal(shown.stdout, "hush-hush\n");
  });
});
