import { least, resourcePolicy, type Finding } from "./policy";

interface Inputs {
  nodes?: string[];
  hosts?: string[];
  regions?: { location?: number; nodes?: string[] }[];
}

/** What runs on one host alone is gone with it. */
export const severalNodes = resourcePolicy(
  {
    name: "several-nodes",
    description: "ODC, OMS in each region, and ODP run on more than one host.",
    severity: "high",
    enforcementLevel: "mandatory",
    remediationSteps: "Name a second host in nodes (ODC), regions[].nodes (OMS) or hosts (ODP).",
  },
  { least: least(2, 2, "How many hosts run a node at least.") },
  ({ type, props }, settings) => lists(type, props).flatMap((one) => tooFew(one, settings.least)),
);

/** The hosts of nodes by the arguments that name them. */
function lists(type: string, { nodes, hosts, regions }: Inputs): [argument: string, hosts?: string[]][] {
  if (type === "dbha:index:OdcHaDeployment") return [["nodes", nodes]];
  if (type === "dbha:index:OdpWithWatchdog") return [["hosts", hosts]];
  if (type !== "dbha:index:OmsMultiNode") return [];
  return (regions ?? []).map((region, i) => [`regions[${i}].nodes`, region.nodes]);
}

function tooFew([argument, hosts]: [argument: string, hosts?: string[]], most: number): Finding[] {
  if (hosts === undefined || hosts.length >= most) return [];
  const host = hosts.join(", ");
  return [
    {
      host,
      found: `${argument} = ${host}`,
      rule: `${hosts.length === 1 ? "what runs on one host is gone with it" : "too few outlive a failure"}, and ${most} are needed`,
      fix: `name ${most - hosts.length === 1 ? "another host" : `${most - hosts.length} more hosts`} in ${argument}`,
    },
  ];
}
