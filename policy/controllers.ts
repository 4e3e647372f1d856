import type { NodeRow } from "../provider/resources/dolphin/node-rows";
import { least, resourcePolicy } from "./policy";
import type { Loose } from "./resource";

/** The controllers of a DolphinDB cluster are a Raft group, which lives as long as more than half of it does. */
export const dolphinControllers = resourcePolicy(
  {
    name: "dolphin-controllers",
    description: "The controllers of a DolphinDB cluster are an odd number, three or more, on hosts of their own.",
    severity: "critical",
    enforcementLevel: "mandatory",
    remediationSteps: "Describe three or five controllers, each on a host of its own.",
  },
  { least: least(3, 3, "How many controllers a cluster has at least; odd.") },
  ({ type, props }, settings) => {
    if (type !== "dbha:index:DolphinClusterConfig") return [];
    const { nodes } = props as { nodes?: Loose<NodeRow>[] };
    // those of a list that is not known yet are judged when it is
    const controllers = nodes?.filter((node) => node.mode === "controller") ?? [];
    if (nodes === undefined) return [];
    const hosts = controllers.map(({ host = "" }) => host);
    const host = hosts.join(", ");
    const count = controllers.length;
    const found = `${count} ${count === 1 ? "controller" : "controllers"}`;
    const fix = `describe ${Math.max(settings.least, count + 1 - (count % 2))}, each on a host of its own`;
    if (count < settings.least)
      return [{ host, found, rule: `a group that outlives one of its hosts has ${settings.least} at least`, fix }];
    if (count % 2 === 0)
      return [{ host, found, rule: `they outlive no more of them than ${count - 1} would: their number is odd`, fix }];
    const twin = hosts.find((one, i) => hosts.indexOf(one) < i);
    if (twin === undefined) return [];
    return [
      {
        host,
        found: `two controllers on ${twin}`,
        rule: "the group would lose both at once",
        fix: "give each its own host",
      },
    ];
  },
);
