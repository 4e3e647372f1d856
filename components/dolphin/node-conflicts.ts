import type { Conflict } from "../conflicts";
import { byHost, only, type PlacedNode } from "./layout";
import type { DolphinSettings } from "./schema";
import { hasComputeGroups, hasZones, isVersion } from "./versions";

/** What is wrong with the nodes: their number, places, aliases, ports, groups and zones. */
export const nodeConflicts = <H>(args: DolphinSettings<H>, nodes: PlacedNode[]): Conflict[] => [
  ...controllerConflicts(args, only(nodes, "controller")),
  ...agentConflicts(args, nodes),
  ...aliasConflicts(nodes),
  ...portConflicts(nodes),
  ...groupConflicts(args, nodes),
  ...zoneConflicts(args, nodes),
];

/** Where a field of a node is told: at the field where it was given, else at the node. */
const at = ({ path }: PlacedNode, field: string): PropertyKey[] => (path[0] === "hosts" ? path : [...path, field]);

function controllerConflicts<H>({ controllers: given }: DolphinSettings<H>, controllers: PlacedNode[]): Conflict[] {
  const count = controllers.length;
  const path = given === undefined ? ["hosts"] : ["controllers"];
  const found: Conflict[] = [];
  if (count < 3)
    found.push({
      path,
      rule: `${count} ${count === 1 ? "controller is" : "controllers are"} too few: a Raft group outlives one of them from 3 on`,
      fix: given === undefined ? "name three hosts" : "describe three or five",
    });
  else if (count % 2 === 0)
    found.push({
      path,
      rule: `${count} controllers outlive no more of them than ${count - 1}: their number is odd`,
      fix: `describe ${count - 1} or ${count + 1}`,
    });
  for (const [hostName, [, second]] of byHost(controllers))
    if (second !== undefined && hostName !== "")
      found.push({
        path: at(second, "host"),
        rule: `${hostName} has a controller already, and with both of them the group would lose two at once`,
        fix: "give each controller a host of its own",
      });
  return found;
}

function agentConflicts<H>({ agents: given }: DolphinSettings<H>, nodes: PlacedNode[]): Conflict[] {
  const agents = byHost(only(nodes, "agent"));
  const found = [...agents].flatMap(([hostName, [, second]]): Conflict[] =>
    second === undefined || hostName === "" || given === undefined
      ? []
      : [{ path: at(second, "host"), rule: `${hostName} has an agent already, and a host has one`, fix: "remove one" }],
  );
  const without = [...byHost(only(nodes, "datanode", "computenode"))].filter(
    ([hostName]) => hostName !== "" && !agents.has(hostName),
  );
  return [
    ...found,
    ...without.map(([hostName, [first]]) => ({
      path: first === undefined ? ["agents"] : at(first, "host"),
      rule: `${hostName} has no agent, and nobody else starts its nodes`,
      fix: "add one to agents",
    })),
  ];
}

const ALIAS = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

function aliasConflicts(nodes: PlacedNode[]): Conflict[] {
  return nodes.flatMap((node, i): Conflict[] => {
    const { alias, hostName, path } = node;
    if (hostName === "") return [];
    if (!ALIAS.test(alias))
      return [
        {
          path: at(node, "alias"),
          rule: `its alias would be ${alias}, and one is up to 64 letters, digits, _ and -, a letter first`,
          fix: path[0] === "hosts" ? "describe the nodes, with aliases, or rename the host" : "give alias",
        },
      ];
    const twin = nodes.slice(0, i).find((one) => one.alias === alias);
    if (twin === undefined) return [];
    const fix = "give each node an alias of its own; case counts";
    return [{ path: at(node, "alias"), rule: `${alias} is the ${twin.mode} on ${twin.hostName}, too`, fix }];
  });
}

function portConflicts(nodes: PlacedNode[]): Conflict[] {
  return [...byHost(nodes)].flatMap(([hostName, here]) =>
    here.flatMap((node, i): Conflict[] => {
      const rival = here.slice(0, i).find(({ port }) => port === node.port);
      // a port that failed its own rule is none
      if (rival === undefined || hostName === "" || typeof node.port !== "number") return [];
      const rule = `the ${rival.mode} ${rival.alias} has port ${node.port} on ${hostName}`;
      return [{ path: at(node, "port"), rule, fix: "give each node of a host a port of its own" }];
    }),
  );
}

function groupConflicts<H>({ server: { version } }: DolphinSettings<H>, nodes: PlacedNode[]): Conflict[] {
  return only(nodes, "computenode").flatMap((node): Conflict[] => {
    const { group, alias } = node;
    if (group === "") return [];
    const found: Conflict[] = [];
    if (isKnown(version) && !hasComputeGroups(version))
      found.push({
        path: at(node, "group"),
        rule: `DolphinDB has compute groups since 3.00.2, and version is ${version}`,
        fix: "remove group, or take a later server",
      });
    if (!alias.startsWith(group))
      found.push({
        path: at(node, "alias"),
        rule: `aliases in a compute group begin with its name, ${group}`,
        fix: `choose one like ${group}1`,
      });
    return found;
  });
}

function zoneConflicts<H>({ server: { version }, zones }: DolphinSettings<H>, nodes: PlacedNode[]): Conflict[] {
  const names = Object.keys(zones);
  const workers = only(nodes, "datanode", "computenode");
  const found: Conflict[] = names
    .filter((name) => !/^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(name))
    .map((name) => ({
      path: ["zones", name],
      rule: "a zone's name is up to 64 letters, digits and _, a letter first",
      fix: "mend the name",
    }));
  if (names.length > 0 && isKnown(version) && !hasZones(version))
    found.push({
      path: ["zones"],
      rule: `DolphinDB has zones since 3.00.2, in the series 2.00 since 2.00.16.1, and version is ${version}`,
      fix: "remove zones, or take a later server",
    });
  for (const node of workers) {
    if (node.zone !== "" && !names.includes(node.zone))
      found.push({
        path: at(node, "zone"),
        rule: names.length === 0 ? "there are no zones" : `zones are ${names.join(", ")}`,
        fix: "mend the name, or add it to zones with its replicas",
      });
    if (node.zone === "" && names.length > 0 && node.hostName !== "")
      found.push({
        path: at(node, "zone"),
        rule: `${node.alias} is in no zone, and with zones every data and compute node is in one`,
        fix: "give zone",
      });
  }
  return found;
}

/** One that is no version is told by itself. */
const isKnown = (version: unknown): boolean => typeof version === "string" && isVersion(version);
