import assert from "node:assert/strict";
import {
  type DolphinHost,
  dolphinDemands,
  dolphinProblems,
  memoryWarnings,
} from "../../../../components/dolphin/preflight";
import type { HostFacts } from "../../../../provider/resources";
import { fitHost } from "../mocks";
import { nodesOf, settled, vendors } from "./samples";

const GIB = 2 ** 30;
const UNITS = ["dbha-dolphin-db-controller", "dbha-dolphin-db-agent"];

const large: Partial<HostFacts> = {
  memoryBytes: 128 * GIB,
  disks: [
    { mount: "/", totalBytes: 100 * GIB, freeBytes: 50 * GIB },
    { mount: "/ssd1", totalBytes: 100 * GIB, freeBytes: 4 * GIB },
  ],
};
const host = (name: string, facts: Partial<HostFacts> = {}, values = {}): DolphinHost => {
  const args = vendors(values);
  const nodes = nodesOf(args).filter(({ hostName }) => hostName === name);
  return {
    name,
    facts: { ...fitHost, ...large, ...facts },
    demands: dolphinDemands(settled(args), nodes, UNITS, "/var/lib/dolphin-db"),
  };
};
const listening = (port: number, process: string): HostFacts["ports"][number] => ({
  ...{ port, protocol: "tcp", address: "0.0.0.0", process },
});

describe("preflight of DolphinDB", () => {
  it("finds nothing on fit hosts, nor where the cluster runs already", () => {
    const ports = [8800, 8801, 8802, 8803].map((port) => listening(port, "dolphindb"));
    const services = ["dbha-dolphin-db-agent.service"];
    assert.deepEqual(dolphinProblems([host("p1"), host("p2", { ports, services }), host("p3")]), []);
  });

  it("tells all that is in the way, host by host", () => {
    const facts = {
      ...{ architecture: "arm64", memoryBytes: 64 * GIB, clockSkewMs: 7000 },
      ports: [listening(8802, "dolphindb"), listening(8803, "java"), listening(8804, "java")],
    };
    const values = { "parameters.nodes.volumes": ["/ssd1/<ALIAS>"] };
    assert.deepEqual(dolphinProblems([host("p1"), host("p2", facts, values)]), [
      "host p2: is of architecture arm64, and server.archives has only amd64; fix: give server.archives.arm64",
      "host p2: has 64.0 GB of memory, and its nodes may use 76 (maxMemSize: controller2 8, agent2 4, datanode2 32, computenode2 32); fix: lower maxMemSize in parameters, or move nodes to other hosts",
      "host p2: has 4.0 GiB free on /ssd1 for /ssd1/datanode2, and a node needs 5; fix: make room, or choose others in directory and volumes",
      "host p2: port 8802 is taken by dolphindb; fix: stop that, or change the port of datanode2",
      "host p2: port 8803 is taken by java; fix: stop that, or change the port of computenode2",
      "hosts p1 and p2: their clocks are 7.0 s apart, and heart beats allow 5; fix: synchronise them (chrony, ntpd)",
    ]);
  });

  it("only warns of memory where the cluster was made by hand: its nodes run so, and less would restart them", () => {
    const byHand = { clusterDemo: { directory: "/opt/DolphinDB/server/clusterDemo", user: "dolphindb" } };
    const hosts = [host("p1", {}, byHand), host("p2", { memoryBytes: 64 * GIB }, byHand)];
    assert.deepEqual(dolphinProblems(hosts), []);
    assert.deepEqual(memoryWarnings(hosts), [
      "host p2: has 64.0 GB of memory, and its nodes may use 76 (maxMemSize: controller2 8, agent2 4, datanode2 32, computenode2 32); fix: lower maxMemSize in parameters, or move nodes to other hosts",
    ]);
    assert.deepEqual(memoryWarnings([host("p2", { memoryBytes: 64 * GIB })]), []);
  });
});
