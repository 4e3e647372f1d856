import assert from "node:assert/strict";
import { z } from "zod";
import { renderAgentCfg } from "../../../../components/dolphin/agent-cfg";
import { renderClusterCfg } from "../../../../components/dolphin/cluster-cfg";
import { renderControllerCfg } from "../../../../components/dolphin/controller-cfg";
import { layoutOf, only, type PlacedNode } from "../../../../components/dolphin/layout";
import { dolphinSchema } from "../../../../components/dolphin/schema";
import { problems, setting } from "../../../../components/validation";
import { renderClusterNodes } from "../../../../provider/resources/dolphin/node-rows";
import { everything } from "./samples";

const HOSTS = [...Array(30).keys()].map((i) => `h${i + 1}`);
const known = {
  nameOf: (name: unknown) => String(name),
  addressOf: (name: unknown) => `10.0.1.${String(name).slice(1)}`,
  isLost: () => false,
};
const host = setting(z.enum(HOSTS as [string, ...string[]]), "the inventory knows others", "mend the name");
const schema = dolphinSchema(host, known);

/** On each host an agent, two data nodes and a compute node; on five a controller as well. */
const large = () => {
  const of = (kind: string, hosts: string[], port: number) =>
    hosts.map((name) => ({ host: name, alias: `${kind}-${name}`, port }));
  const { parameters, ...rest } = everything();
  const { controllers, agents, nodes } = parameters as Record<string, unknown>;
  return {
    ...{ hosts: HOSTS, server: rest.server, license: rest.license, adminPassword: rest.adminPassword },
    parameters: { controllers, agents, nodes, aliases: { "data1-%": { maxMemSize: 64 } } },
    controllers: of("controller", HOSTS.slice(0, 5), 8800),
    agents: of("agent", HOSTS, 8801),
    dataNodes: [...of("data1", HOSTS, 8802), ...of("data2", HOSTS, 8803)],
    computeNodes: of("compute", HOSTS, 8804),
  };
};

/** Processor time: it does not depend on what else the machine does. */
function secondsOf<T>(work: () => T): { seconds: number; result: T } {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (user + system) / 1e6, result };
}

describe("A DolphinDB cluster of thirty hosts with four nodes each", () => {
  it("is checked and has its texts within a second", () => {
    const { seconds, result } = secondsOf(() => {
      const settings = schema.parse(large());
      const nodes = layoutOf(settings, known);
      const { parameters, server, zones } = settings;
      const controllers = only(nodes, "controller") as [PlacedNode, ...PlacedNode[]];
      return [
        renderClusterNodes(nodes),
        renderClusterCfg({ ...settings, nodes }),
        ...controllers.map((controller) =>
          renderControllerCfg({ controller, parameters: parameters.controllers, version: server.version, zones }),
        ),
        ...only(nodes, "agent").map((agent) => renderAgentCfg({ agent, controllers, parameters: parameters.agents })),
      ];
    });
    assert.equal(result[0]?.trim().split("\n").length, 1 + 5 + 30 * 4);
    assert.equal(result.length, 2 + 5 + 30);
    assert.ok(seconds < 1, `${seconds} s`);
  });

  it("is refused within a second, all that is wrong by name", () => {
    const args = large();
    const twins = { ...args, dataNodes: args.dataNodes.map((node) => ({ ...node, port: 8801 })) };
    const { seconds, result } = secondsOf(() => {
      const parsed = schema.safeParse(twins);
      return parsed.success ? [] : problems(parsed.error, twins);
    });
    assert.equal(result.length, 60);
    assert.ok(seconds < 1, `${seconds} s`);
  });
});
