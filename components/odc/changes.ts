import {
  certificateSourceChanges,
  keepsName,
  loadBalancerChanges,
  virtualAddressChanges,
  within,
} from "../changes/building-blocks";
import { type Changes, dataStep, live, nodeByNode, reload } from "../changes/change";

const newContainer = nodeByNode("each node gets a new container when the one before is healthy");
const ofJvm = nodeByNode(
  "each node gets a new container when the one before is healthy, as Java takes its options at its start",
);
const moved = dataStep(
  "the nodes start one after the other with what is there; nothing is copied: copy it first, with the deployment stopped",
);
const otherPort = nodeByNode(
  "each node gets a new container when the one before is healthy; nginx learns of the port when all have it, so users are served by those that have not, and by none while the last one starts",
);

/** What changes of `OdcHaDeployment`'s arguments do. */
export const odcChanges: Changes = {
  nodes: reload("a new node starts and nginx learns of it; one that goes is stopped when nginx has forgotten it"),
  image: dataStep("the MetaDB is backed up, then each node gets the image when the one before is healthy"),
  adopt: live("counts for containers that the stack does not know yet"),
  "metaDb.host": moved,
  "metaDb.port": newContainer,
  "metaDb.username": newContainer,
  "metaDb.password": newContainer,
  "metaDb.database": moved,
  "proxy.hosts": loadBalancerChanges.hosts,
  ...within("proxy.virtualIp", virtualAddressChanges),
  "proxy.image": loadBalancerChanges.image,
  "proxy.port": reload(),
  ...within("proxy.https", certificateSourceChanges),
  "proxy.https.port": reload(),
  "proxy.https.hsts": reload(
    "nginx reloads, on one host after the other; browsers keep what they were told for two years",
  ),
  "proxy.https.alternativeNames": certificateSourceChanges.privateCa,
  "proxy.domain": reload("nginx reloads, on one host after the other; with https it gets a new certificate"),
  "proxy.containerName": keepsName,
  "proxy.ipv6": reload(),
  "proxy.connectTimeout": reload(),
  "proxy.transferTimeout": reload(),
  adminPassword: nodeByNode(
    "only while no node is healthy, so that ODC has not taken the former one; after that it is refused, as ODC ignores it: change it in ODC, by its user admin",
  ),
  port: otherPort,
  mappingPort: otherPort,
  nodeAddresses: newContainer,
  "jvm.heap": ofJvm,
  "jvm.gc": ofJvm,
  "jvm.outOfMemory": ofJvm,
  "jvm.extra": ofJvm,
  extraArgs: nodeByNode(
    "each node gets a new container when the one before is healthy; since 4.3.2 what was given stays in force in the MetaDB when it goes",
  ),
  logDirectory: newContainer,
  containerName: keepsName,
  profileMode: newContainer,
  cpus: nodeByNode(
    "each node gets a new container when the one before is healthy: the docker provider cannot change it live",
  ),
  memory: ofJvm,
  "mounts.log": nodeByNode(
    "each node gets a new container when the one before is healthy; former logs stay where they are",
  ),
  "mounts.data": moved,
  keepData: live("counts when the deployment or a node is removed"),
  startTimeout: live("counts at the next start of a node"),
  "backup.directory": live("the next backup goes there; former ones stay where they are, and are not listed any more"),
  "backup.keep": live("counts at the next backup"),
  "backup.keepOnDestroy": live("counts when the deployment is removed"),
  rollback: dataStep(
    "all nodes are stopped, the backup is restored, they start one after the other; removing it does nothing",
  ),
};
