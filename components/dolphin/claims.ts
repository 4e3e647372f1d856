import { type Claim, type Claims, directories, names, ownOr, ports } from "../claims/claim";
import type { KnownHost } from "../conflicts";
import { directoriesOf } from "./directories";
import { givenPlaces, instanceOf } from "./instance";
import { layoutOf, only, type PlacedNode } from "./layout";
import type { DolphinSettings } from "./schema";

/** What a cluster has of its hosts. */
export function dolphinClaims<H>(name: string, settings: DolphinSettings<H>, known: KnownHost<H>): Claims<H> {
  const nodes = layoutOf(settings, known);
  return {
    owner: `DolphinHaCluster ${name}`,
    claims: settings.hosts.flatMap((host) =>
      ofHost(
        name,
        settings,
        host,
        nodes.filter(({ hostName }) => hostName === known.nameOf(host)),
      ),
    ),
  };
}

function ofHost<H>(name: string, settings: DolphinSettings<H>, host: H, nodes: PlacedNode[]): Claim<H>[] {
  const { backup, keepData, clusterDemo } = settings;
  const instance = instanceOf(name, givenPlaces(settings));
  const { units } = instance;
  const wanted = [
    ...(only(nodes, "controller").length > 0 ? [units.controller] : []),
    ...(only(nodes, "agent").length > 0 ? [units.agent, units.nodes] : []),
  ];
  const own = ownOr(keepData);
  return [
    ...nodes.flatMap((node) => ports([host], argumentOf(node), node.port)),
    ...wanted.flatMap((unit) => names("unit", [host], "name", unit)),
    ...(clusterDemo === undefined ? names("user", [host], "name", instance.user) : []),
    ...directories([host], "name", instance.package, "purged"),
    ...directories([host], "name", instance.scripts, "own"),
    ...directories([host], clusterDemo === undefined ? "directory" : "clusterDemo.directory", instance.work, own),
    ...directoriesOf(settings, nodes).flatMap((path) => directories([host], "parameters", path, own)),
    ...directories([host], "backup.directory", instance.backups, backup.keepOnDestroy ? "shared" : "purged"),
  ];
}

const KINDS = { controller: "controller", agent: "agent", datanode: "dataNode", computenode: "computeNode" } as const;

/** Where a node's port stands: at the node where it is described, else among the ports of its kind. */
const argumentOf = ({ path, mode }: PlacedNode): string =>
  path[0] === "hosts" ? `ports.${KINDS[mode]}` : `${String(path[0])}[${String(path[1])}].port`;
