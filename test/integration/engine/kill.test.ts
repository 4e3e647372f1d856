import assert from "node:assert/strict";
import { Workspace } from "./workspace";

interface Point {
  command: "up" | "refresh" | "destroy";
  /** Which of the provider's calls is stopped, and when; see the fixture plugin. */
  stop: string;
  /** The whole process group is killed, not the engine alone. */
  group?: boolean;
}

/** In turn: what a point leaves is brought to its end, and the next one starts from there. */
const POINTS: Point[] = [
  // five creations
  { command: "up", stop: "1 after" },
  { command: "destroy", stop: "1 before" },
  { command: "up", stop: "3 late" },
  { command: "destroy", stop: "2 late" },
  { command: "up", stop: "5 answered", group: true },
  { command: "destroy", stop: "4 after", group: true },
  { command: "up", stop: "2 before", group: true },
  // a creation, an update, two deletions, three creations, two deletions
  { command: "up", stop: "1 late" },
  { command: "up", stop: "1 after", group: true },
  { command: "up", stop: "2 after" },
  { command: "up", stop: "3 before" },
  { command: "up", stop: "3 late" },
  { command: "refresh", stop: "1 before" },
  { command: "refresh", stop: "3 answered", group: true },
  { command: "up", stop: "4 after" },
  { command: "up", stop: "5 late" },
  { command: "up", stop: "6 after", group: true },
  { command: "up", stop: "7 answered" },
  { command: "up", stop: "8 late" },
  { command: "up", stop: "9 after" },
];

describe("fallback engine killed with SIGKILL", function () {
  this.timeout(60_000);
  let workspace: Workspace;
  let step = 1;

  before(async () => {
    workspace = await Workspace.create("fallback");
    workspace.configure({ scenario: "kill" });
  });

  after(async () => {
    await workspace.mustRun("destroy", "--yes", "--skip-preview");
    assert.deepEqual([...workspace.things.keys()], []);
    assert.deepEqual(idsInState(), []);
    workspace.remove();
  });

  const things = (): string[] => [...workspace.things.keys()].sort();
  const idsInState = (): unknown[] =>
    (workspace.state.resources ?? []).filter(({ type }) => type === "fixture:index:Thing").map(({ id }) => id);
  const wanted = (): string[] => [`a${step}`, "b", "c", "dc", `e${step}`];

  for (const [index, point] of POINTS.entries()) {
    const whom = point.group === true ? "with its process group" : "alone";
    it(`${index + 1}: ${point.command}, call ${point.stop}, ${whom}: nothing is lost and the next run converges`, async () => {
      if (point.command === "up") step = 3 - step;
      workspace.configure({ step });
      await workspace.killAt([point.command, "--yes", "--skip-preview"], point.stop, point.group === true);

      const pending = workspace.state.pending_operations ?? [];
      const creating = pending.filter(({ type }) => type === "creating").map(({ resource }) => resource);
      const known = [...idsInState(), ...creating.map(({ inputs }) => inputs?.key)];
      assert.deepEqual(
        things().filter((id) => !known.includes(id)),
        [],
        "things that nobody knows of",
      );

      const next = point.command === "destroy" ? "destroy" : "up";
      const { stdout } = await workspace.mustRun(next, "--yes", "--skip-preview");
      for (const { urn } of creating) assert(stdout.includes(`  * ${urn}, interrupted while creating`), stdout);
      const expected = next === "destroy" ? [] : wanted();
      assert.deepEqual(things(), expected);
      assert.deepEqual(idsInState().sort(), expected);
      assert.equal(workspace.state.pending_operations, undefined);
    });
  }
});
