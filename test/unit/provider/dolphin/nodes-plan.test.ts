import assert from "node:assert/strict";
import type { NodeRow } from "../../../../provider/resources/dolphin/node-rows";
import { type NodesContext, planNodes } from "../../../../provider/resources/dolphin/nodes-plan";

const row = (
  alias: string,
  mode: NodeRow["mode"],
  host: number,
  port: number,
  values: Partial<NodeRow> = {},
): NodeRow => ({
  ...{ alias, mode, host: `10.0.0.${host}`, port, group: "", zone: "" },
  ...values,
});
const hostRows = (n: number): NodeRow[] => [
  row(`agent${n}`, "agent", n, 8801),
  row(`d${n}`, "datanode", n, 8802),
  row(`c${n}`, "computenode", n, 8803),
];
const controllers = (...hosts: number[]): NodeRow[] => hosts.map((n) => row(`controller${n}`, "controller", n, 8800));
const before = [...controllers(1, 2, 3), ...[1, 2, 3].flatMap(hostRows)];
const without = (...aliases: string[]): NodeRow[] => before.filter(({ alias }) => !aliases.includes(alias));
const withRow = (alias: string, values: Partial<NodeRow>): NodeRow[] =>
  before.map((one) => (one.alias === alias ? { ...one, ...values } : one));
const plan = (after: NodeRow[], context: Partial<NodesContext> = {}) =>
  planNodes(before, after, { replicas: 2, agentsOnline: true, ...context });

const RESTART = "the whole cluster is stopped and started: the engine takes such rows at a start alone";
const CONTROLLERS = "controllers restart one after the other, the leader last";

describe("The plan for cluster.nodes", () => {
  it("is none for the same rows in whatever order", () => {
    assert.deepEqual(plan([...before].reverse()), { steps: [], told: [], refused: [] });
  });

  it("adds a host while all others serve", () => {
    const [agent, data, compute] = hostRows(4) as [NodeRow, NodeRow, NodeRow];
    assert.deepEqual(plan([...before, agent, data, compute]), {
      steps: [
        { does: "add agent", node: agent },
        { does: "add node", node: data },
        { does: "add node", node: compute },
        { does: "start", aliases: ["d4", "c4"] },
      ],
      told: [
        "agent agent4 on 10.0.0.4 is added, while all others serve",
        "datanode d4 on 10.0.0.4 is added, while all others serve",
        "computenode c4 on 10.0.0.4 is added, while all others serve",
      ],
      refused: [],
    });
  });

  it("adds a host by a restart where the engine does not tell a new agent its nodes", () => {
    const after = [...before, ...hostRows(4)];
    const { steps, told } = plan(after, { agentsOnline: false });
    assert.deepEqual(steps, [{ does: "save", rows: after }, { does: "restart cluster" }]);
    assert.deepEqual(told.slice(2), ["computenode c4 on 10.0.0.4 is added", RESTART]);
    // a node more on a host that has an agent
    const more = row("d9", "datanode", 1, 8809);
    assert.deepEqual(plan([...before, more], { agentsOnline: false }).steps, [
      { does: "add node", node: more },
      { does: "start", aliases: ["d9"] },
    ]);
  });

  it("takes a compute node away while all others serve", () => {
    assert.deepEqual(plan(without("c3")), {
      steps: [
        { does: "stop", aliases: ["c3"] },
        { does: "remove node", alias: "c3" },
      ],
      told: ["computenode c3 goes"],
      refused: [],
    });
  });

  it("takes a host away when its replicas have moved", () => {
    const after = without("agent3", "d3", "c3");
    assert.deepEqual(plan(after), {
      steps: [
        { does: "stop", aliases: ["c3"] },
        { does: "remove node", alias: "c3" },
        { does: "move replicas", alias: "d3" },
        { does: "stop", aliases: ["d3"] },
        { does: "save", rows: after },
        { does: "restart controllers" },
      ],
      told: [
        "agent agent3 goes",
        "datanode d3 goes, when its replicas have moved to others",
        "computenode c3 goes",
        CONTROLLERS,
      ],
      refused: [],
    });
  });

  it("adds the place for replicas before they move", () => {
    const after = [...without("agent3", "d3", "c3"), ...hostRows(4)];
    assert.deepEqual(
      plan(after).steps.map(({ does }) => does),
      [
        "stop",
        "remove node",
        "add agent",
        "add node",
        "add node",
        "start",
        "move replicas",
        "stop",
        "save",
        "restart controllers",
      ],
    );
  });

  it("makes a changed compute node anew", () => {
    const after = withRow("c2", { port: 8813, group: "c" });
    assert.deepEqual(plan(after), {
      steps: [
        { does: "stop", aliases: ["c2"] },
        { does: "remove node", alias: "c2" },
        { does: "add node", node: after.find(({ alias }) => alias === "c2") },
        { does: "start", aliases: ["c2"] },
      ],
      told: ["computenode c2 is taken away and added anew with what has changed"],
      refused: [],
    });
  });

  it("restarts everything for another port or zone of a data node, another agent of a host, or other controllers", () => {
    const cases: [after: NodeRow[], told: string][] = [
      [withRow("d2", { port: 8812 }), "datanode d2 changes from 10.0.0.2:8802:d2 to 10.0.0.2:8812:d2"],
      [withRow("d2", { zone: "z" }), "datanode d2 changes from 10.0.0.2:8802:d2 to 10.0.0.2:8802:d2 in z"],
      [[...without("agent2"), row("agentB", "agent", 2, 8801)], "agent agentB on 10.0.0.2 is added"],
      [[...before, ...controllers(4, 5)], "controller controller4 on 10.0.0.4 is added"],
      [[...without("controller3"), ...controllers(4)], "controller controller4 on 10.0.0.4 is added"],
    ];
    for (const [after, line] of cases) {
      const { steps, told, refused } = plan(after);
      assert.deepEqual([steps, refused], [[{ does: "save", rows: after }, { does: "restart cluster" }], []]);
      assert.deepEqual([told[0], told.at(-1)], [line, RESTART]);
    }
  });

  it("is refused, with no step, when data or metadata would be lost", () => {
    const cases: [after: NodeRow[], refused: string][] = [
      [
        withRow("d2", { host: "10.0.0.4" }),
        "data node d2 would move from 10.0.0.2 to 10.0.0.4, and its data stay where they are; fix: add a data node under another alias there, then take this one away",
      ],
      [
        withRow("c2", { mode: "datanode" }),
        "c2 is a computenode and would become a datanode; fix: give the new node another alias",
      ],
      [
        [...without("d2"), row("D2", "datanode", 2, 8802)],
        "data node d2 would be called D2, and replicas are known by its alias; fix: take the former one back, or add D2 on another port, then take d2 away",
      ],
      [without("d2", "d3"), "1 data nodes would be left for 2 replicas; fix: add others first"],
      [
        [...without("controller2", "controller3"), ...controllers(4, 5)],
        "1 of 3 controllers would stay in a group of 3, and 2 must, so that those who know the metadata outvote the others; fix: change fewer at a time",
      ],
    ];
    for (const [after, refused] of cases) assert.deepEqual(plan(after), { steps: [], told: [], refused: [refused] });
  });

  it("keeps the majority of the former group and of the new one", () => {
    const group = (was: number[], becomes: number[]) =>
      planNodes(controllers(...was), controllers(...becomes), { replicas: 2, agentsOnline: true }).refused.length;
    assert.deepEqual(
      [
        group([1, 2, 3, 4, 5], [1, 2, 3]),
        group([1, 2, 3, 4, 5, 6, 7], [1, 2, 3]),
        group([1, 2, 3], [1, 2, 3, 4, 5, 6, 7]),
      ],
      [0, 1, 1],
    );
    assert.equal(group([], [1, 2, 3]), 0);
  });
});
