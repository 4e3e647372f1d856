import { keepsName, virtualAddressChanges, within } from "../changes/building-blocks";
import { type Changes, dataStep, identifying, live, nodeByNode, refused, reload, whileThere } from "../changes/change";

const fileAnew = reload(
  "config.yaml is written and the services' own files made from it, then oms_console and oms_drc_supervisor restart, node by node; tasks go on",
);
const allStop = dataStep(
  "all nodes are stopped, the databases backed up and the backup proven, then they start with new containers and are initialised",
);
const newContainer = nodeByNode("each node gets a new container, which is initialised, when the one before is healthy");
const moved = refused(
  "OMS finds nothing in other databases: take the former one back; to move them, restore a backup there and deploy anew",
);
const otherMount = refused(
  "the vendor wants these directories to stay as they are: take the former one back; for another one deploy anew",
);
const whenNext = live("counts at the next start or initialisation");
const portsMove = nodeByNode(
  "each node gets a new container, which is initialised, when the one before is healthy; who has the console's address needs the new port",
);
const otherDefault = refused(
  "the MetaDB has the former one, and nobody tells how it changes: take the former one back, or deploy anew",
);
const otherAddress = dataStep(
  "the region's services are stopped, four tables of the MetaDB backed up and the backup proven, the region's row in cluster_info deleted, then its nodes are initialised anew and the four tables verified",
);
const certificate = reload(
  "certificate and key are written, and nginx in each container takes them over; HTTPS on or off makes new containers, node by node",
);
const byNginx = reload(
  "nginx reloads, on one host after the other; what reaches CM or console by the former port does so no more",
);

/** What changes of `OmsMultiNode`'s arguments do. */
export const omsChanges: Changes = {
  version: allStop,
  image: nodeByNode(
    "with another version as for that; else each node gets a new container, which is initialised, when the one before is healthy",
  ),
  "metaDb.host": newContainer,
  "metaDb.port": newContainer,
  "metaDb.username": newContainer,
  "metaDb.password": fileAnew,
  "metaDb.rmDatabase": moved,
  "metaDb.cmDatabase": moved,
  "regions.location": identifying(
    dataStep(
      "a new one is a new region, which is initialised with its nodes; one that goes is removed with its nodes' rows, and its own rows and heartbeat database stay",
    ),
  ),
  "regions.region": fileAnew,
  "regions.regionCn": fileAnew,
  "regions.default": otherDefault,
  "regions.heartbeatDatabase": refused(
    "OMS keeps heart beats in the former one: take it back; for another one make the region anew under another location",
  ),
  "regions.nodes": reload(
    "a new node starts and is initialised, and the others are told, node by node; one that goes is removed last, then its row in the MetaDB's table host; refused while components run there",
  ),
  "regions.nodeAddresses": newContainer,
  "regions.cmUrl": otherAddress,
  "regions.mappedPorts": live("what the next checks ask for"),
  "regions.singleNode": live("what arguments are checked for; nothing changes"),
  ...within("regions.virtualIp", virtualAddressChanges),
  "regions.virtualIp.address": otherAddress,
  "regions.proxy.hosts": reload("a new host starts nginx, one that goes stops it last; the others do nothing"),
  "regions.proxy.image": nodeByNode("nginx is replaced on one host after the other: its open connections break"),
  "regions.proxy.containerName": keepsName,
  "regions.proxy.cmPort": byNginx,
  "regions.proxy.consolePort": byNginx,
  ports: portsMove,
  drc: fileAnew,
  "tsdb.service": fileAnew,
  "tsdb.url": fileAnew,
  "tsdb.username": fileAnew,
  "tsdb.password": reload(
    "InfluxDB, where it is deployed here, is stopped for seconds and takes it; then config.yaml as for its other values",
  ),
  "tsdb.influxDb.host": reload(
    "InfluxDB starts on the new host, without the former one's metrics, and config.yaml names it; the former one goes last, and its data stay where they are",
  ),
  "tsdb.influxDb.image": nodeByNode(
    "InfluxDB, on its one host, gets a new container; metrics of these seconds are lost",
  ),
  "tsdb.influxDb.containerName": keepsName,
  "tsdb.influxDb.dataDirectory": whileThere(
    refused(
      "the data do not move with it: take the former one back, or move them and give InfluxDB another host and back",
    ),
  ),
  "tsdb.influxDb.port": nodeByNode(
    "InfluxDB, on its one host, gets a new container; then config.yaml as for other values",
  ),
  "tsdb.influxDb.address": fileAnew,
  slsAudit: fileAnew,
  settings: fileAnew,
  "https.selfSigned": certificate,
  "https.privateCa": certificate,
  "https.provided": certificate,
  "https.alternativeNames": certificate,
  "https.directory": newContainer,
  containerPrefix: keepsName,
  configFile: newContainer,
  mounts: otherMount,
  keepData: live("counts when the deployment or a node is removed"),
  initTimeout: whenNext,
  startTimeout: whenNext,
  guardSupervisor: live("the rule of the firewall comes or goes; OMS goes on"),
  manageHa: live("counts at the next upgrade"),
  upgradeFrom: live("counts at the next upgrade"),
  "backup.directory": live("the next backup goes there; former ones stay where they are, and are not listed any more"),
  "backup.keep": live("counts at the next backup"),
  "backup.keepOnDestroy": live("counts when the deployment is removed"),
  rollback: dataStep(
    "all nodes are stopped, the backup is restored, the nodes of its version start; removing it does nothing",
  ),
  adopt: live("counts for containers that the stack does not know yet"),
};
