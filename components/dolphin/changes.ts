import { type Changes, dataStep, live, nodeByNode, refused, reload } from "../changes/change";

const otherSites = refused(
  "nodes know each other by address and port, and other ones are not built yet: take the former value back, or deploy another cluster and move the data to it",
);

const otherServer = dataStep(
  "all nodes are stopped, their metadata are saved and proven, and they start with the other server: controllers, agents, then nodes; where the metadata cannot be saved, all start again as they were; with upgrade.mode rolling host by host, while the others serve; an earlier version is refused without rollback",
);
const WHEN_NEXT = "counts at the next start, stop or election";

const ofController = nodeByNode(
  "written on each controller, which restarts when the one before knows a leader, the leader last; another dfsMetaDir is refused",
);
const ofNodes = nodeByNode(
  "saved through the leader; nodes for which a value differs restart one after the other, when all chunks are complete, but for values that setDynamicConfig takes; other directories of metadata, and volumes that go, are refused",
);
const places = reload(
  "new nodes are added while all others serve; a compute node that goes is stopped and removed, a data node when its replicas have moved to others, after which the controllers restart one after the other; another port or zone of a data node restarts the whole cluster, another host or alias of one is refused",
);

/** What changes of `DolphinHaCluster`'s arguments do. */
export const dolphinChanges: Changes = {
  hosts: places,
  addresses: otherSites,
  publicNames: nodeByNode("as for parameters.controllers and parameters.nodes"),
  controllers: live(
    "the same controllers, named; others are refused, as another group is not built yet, and so are other hosts among the first three of hosts where there is no controllers",
  ),
  agents: dataStep(
    "a new host's agent is added while all others serve; another port or alias restarts the whole cluster",
  ),
  dataNodes: places,
  computeNodes: reload(
    "new ones are added and started, those that go are stopped and removed, changed ones both; all others serve",
  ),
  ports: otherSites,
  zones: nodeByNode(
    "controllers restart one after the other, the leader last; chunks that are there keep their replicas; a data node that comes into another zone restarts the whole cluster",
  ),
  "parameters.controllers": ofController,
  "parameters.agents": nodeByNode("agents restart one after the other; the nodes that they started go on"),
  "parameters.nodes": ofNodes,
  "parameters.dataNodes": ofNodes,
  "parameters.computeNodes": ofNodes,
  "parameters.aliases": ofNodes,
  "server.version": otherServer,
  "server.archives": otherServer,
  "server.hostArchives": otherServer,
  "server.stripComponents": otherServer,
  "server.keep": live("counts at the next package"),
  license: reload(
    "written on each host, then every node takes it while it runs and is asked for it; with licenseUpdate offline nodes restart for it one after the other: agents, controllers with the leader last, data and compute nodes when all chunks are complete",
  ),
  licenseUpdate: live("counts at the next licence"),
  adminPassword: live("changed through the leader, with the former one"),
  directory: refused("metadata and data do not move with it: take the former one back, or deploy anew"),
  "clusterDemo.directory": refused("metadata and data do not move with it: take the former one back, or deploy anew"),
  "clusterDemo.user": refused("files of the nodes are the former user's: take that back, or deploy anew"),
  adopt: live("counts for nodes that the stack does not know yet"),
  keepData: live("counts when the cluster or a node is removed"),
  electionTimeout: live(WHEN_NEXT),
  startTimeout: live(WHEN_NEXT),
  stopTimeout: nodeByNode(
    "controllers restart one after the other, the leader last, and agents, as their units have it; data and compute nodes go on",
  ),
  "backup.directory": live("the next backup goes there; former ones stay where they are, and are not listed any more"),
  "backup.keep": live("counts at the next backup"),
  "backup.keepOnDestroy": live("counts when the cluster is removed"),
  upgrade: live("counts at the next upgrade"),
  rollback: live("with the package of that version it is the way back, once; without another package nothing"),
  scale: live("counts when nodes come or go next"),
  check: live("checked at once, then after changes of nodes and agents"),
};
