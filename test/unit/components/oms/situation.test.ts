import assert from "node:assert/strict";
import type { LiveContainer, LiveNode } from "../../../../components/oms/live-node";
import { formerIn, situationOf } from "../../../../components/oms/situation";

const container = (version: string, running: boolean, started = "t1"): LiveContainer => ({
  name: `oms_${version.replaceAll(".", "")}`,
  version,
  running,
  started,
  isUpgrade: false,
});
const node = (host: string, ...containers: LiveContainer[]): LiveNode => ({
  host,
  containers,
  cmUrl: "",
  healthy: true,
});
const former = container("4.2.7", true);

describe("The situation of OMS's versions", () => {
  const of = (...nodes: LiveNode[]) => situationOf(nodes, "oms_4210", "the last", "");

  it("is quiet where no container is there, or only wanted ones", () => {
    const quiet = { due: false, upgrades: false, trigger: "the last", versions: [] };
    assert.deepEqual(of(node("p1"), node("p2")), quiet);
    assert.deepEqual(of(node("p1", container("4.2.10", true)), node("p2")), quiet);
  });

  it("asks for an upgrade where others run, and tells it from others by when those were started", () => {
    assert.deepEqual(of(node("p1", former), node("p2", former)), {
      due: true,
      upgrades: true,
      trigger: "oms_4210 after 4.2.7, p1 oms_427 t1, p2 oms_427 t1, ",
      versions: ["4.2.7"],
    });
  });

  it("asks for it again after a failed backup, and after one that was stopped and did not come to its containers", () => {
    const stopped = container("4.2.7", false);
    const { due, trigger } = situationOf([node("p1", stopped)], "oms_4210", "", "2026-11-29T12:00:00Z");
    assert.deepEqual([due, trigger], [true, "oms_4210 after 4.2.7, p1 oms_427 t1, 2026-11-29T12:00:00Z"]);
  });

  it("takes the latest of several others for the former one", () => {
    const returned = node("p3", container("4.2.7", true));
    const { trigger, versions } = situationOf(
      [node("p1", container("4.2.10", true)), returned],
      "oms_4211",
      "the last",
      "",
    );
    assert.deepEqual(versions, ["4.2.7", "4.2.10"]);
    assert.equal(formerIn(trigger), "4.2.10");
    assert.equal(formerIn("the last"), "");
  });

  it("goes on with one whose containers have begun to be made, without another backup", () => {
    const begun = of(
      node("p1", container("4.2.7", false), container("4.2.10", true)),
      node("p2", container("4.2.7", false)),
    );
    assert.deepEqual(begun, { due: false, upgrades: true, trigger: "the last", versions: ["4.2.7"] });
  });

  it("asks for the way back while the later version runs beside former containers", () => {
    const { due } = situationOf([node("p1", container("4.2.10", true), container("4.2.7", false))], "oms_427", "", "");
    assert.equal(due, true);
  });
});
