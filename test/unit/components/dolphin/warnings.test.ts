import assert from "node:assert/strict";
import { CONTROLLER_KEYS, NODE_KEYS } from "../../../../components/dolphin/parameters";
import { isKnownKey, nearestKey } from "../../../../components/dolphin/known-keys";
import { dolphinWarnings } from "../../../../components/dolphin/warnings";
import { everything, known, settled, vendors } from "./samples";

type Args = Parameters<typeof settled>[0];

const warnings = (values: Args): string[] => dolphinWarnings(settled(vendors(values)), known);

describe("Warnings of DolphinDB's arguments", () => {
  it("are none of the vendor's cluster, nor of everything but replicas that may share a host", () => {
    assert.deepEqual(warnings({}), []);
    assert.deepEqual(dolphinWarnings(settled(everything()), known), [
      "parameters.controllers.dfsReplicaReliabilityLevel: with 2 all replicas of a chunk may be on one host, and are gone with it",
    ]);
  });

  it("tell of unknown parameters, with the nearest known one of the same file", () => {
    assert.deepEqual(
      warnings({
        "parameters.controllers.settings": { raftElectTick: 400, workNum: 4, wholly_other: 1 },
        "parameters.nodes.settings": { tsdbCacheEngineSize: 1, dfsRecoveryWaitTme: 0, passwordMinLength: 8 },
      }),
      [
        "parameters.controllers.settings.raftElectTick: no parameter of controller.cfg is known by this name, and the engine ignores such in silence; is raftElectionTick meant?",
        "parameters.controllers.settings.workNum: no parameter of controller.cfg is known by this name, and the engine ignores such in silence; is workerNum meant?",
        "parameters.controllers.settings.wholly_other: no parameter of controller.cfg is known by this name, and the engine ignores such in silence",
        "parameters.nodes.settings.tsdbCacheEngineSize: no parameter of cluster.cfg is known by this name, and the engine ignores such in silence; is TSDBCacheEngineSize meant?",
        "parameters.nodes.settings.dfsRecoveryWaitTme: no parameter of cluster.cfg is known by this name, and the engine ignores such in silence",
        "parameters.nodes.settings.passwordMinLength: counts in controller.cfg, and does nothing in cluster.cfg",
      ],
    );
  });

  it("tell of parameters that the version has dropped or calls otherwise", () => {
    const settings = { localExecutors: 3, streamingHADir: "/ssd1/<ALIAS>" };
    assert.deepEqual(warnings({ "parameters.nodes.settings": settings, "server.version": "3.00.5" }), [
      "parameters.nodes.settings.localExecutors: does nothing since 2.00.10",
      "parameters.nodes.settings.streamingHADir: does nothing since 3.00.5; it is streamingHALogDir now",
    ]);
    assert.deepEqual(warnings({ "parameters.nodes.settings": settings, "server.version": "2.00.9.4" }), []);
  });

  it("tell of what costs availability or memory", () => {
    assert.deepEqual(
      warnings({
        "dataNodes.1.alias": "Datanode1",
        "parameters.controllers.datanodeRestartInterval": 0,
        "parameters.aliases": { datanode3: { maxMemSize: 0 }, computenode1: { computeNodeMemCacheSize: 17 } },
      }),
      [
        "datanode1 and Datanode1 are two nodes whose names differ in case alone",
        "parameters.controllers.datanodeRestartInterval: with 0 nobody starts a node again that ended, or after a start of the hosts",
        "maxMemSize: datanode3 may use all memory of their hosts, as 0 is no limit",
        "computeNodeMemCacheSize: the engine takes half of maxMemSize for more than that, for computenode1",
      ],
    );
  });
});

describe("Known parameters", () => {
  it("have all that an argument writes, in the file that it is written to", () => {
    assert.deepEqual(
      CONTROLLER_KEYS.filter((key) => !isKnownKey("controller.cfg", key)),
      [],
    );
    assert.deepEqual(
      NODE_KEYS.filter((key) => !isKnownKey("cluster.cfg", key)),
      [],
    );
  });

  it("are near a name that differs in case or a few letters, and far from others", () => {
    assert.equal(nearestKey("agent.cfg", "enablehttps"), "enableHTTPS");
    assert.equal(nearestKey("agent.cfg", "volumes"), undefined);
    assert.equal(nearestKey("cluster.cfg", "chunkMetadir"), "chunkMetaDir");
  });
});
