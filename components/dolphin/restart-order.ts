import type * as pulumi from "@pulumi/pulumi";
import { getHealth } from "../../provider/resources";
import { factsOf, living, type Host } from "../host";
import type { DolphinCluster } from "./cluster";
import type { PlacedNode } from "./layout";
import { leaderAlias, leaderProbe } from "./leader-probe";

/**
 * In which order controllers restart: those that know no leader first, the leader last. An empty one where none of them knows one: they
 * start at the same time then, as a leader is elected by a majority of them.
 */
export async function restartOrder(cluster: DolphinCluster, parent: pulumi.Resource): Promise<Host[]> {
  const hosts = living(cluster.controllerHosts);
  const known = await factsOf(hosts);
  const unit = `${cluster.instance.units.controller}.service`;
  const ranks = await Promise.all(
    known.map(async ({ host, facts }) => {
      if (!facts.services.includes(unit)) return 0;
      const node = cluster.controllerOn(host) as PlacedNode;
      const { tcp, command } = leaderProbe(node, cluster.https);
      const asked = command === undefined ? { tcp } : { command };
      const extract: Record<string, string> = command === undefined ? {} : { leader: leaderAlias };
      const { healthy, values } = await host.answered(getHealth({ host: host.data, ...asked, extract }, { parent }));
      return !healthy ? 0 : values.leader === node.alias ? 2 : 1;
    }),
  );
  if (ranks.every((rank) => rank === 0)) return [];
  const rankOf = (host: Host): number => ranks[hosts.indexOf(host)] as number;
  return [...hosts].sort((a, b) => rankOf(a) - rankOf(b));
}
