import { keepsName, loadBalancerChanges, virtualAddressChanges, within } from "../changes/building-blocks";
import { type Changes, live, nodeByNode, refused, reload, whileThere } from "../changes/change";

const restarted = nodeByNode("each proxy is drained and restarted when the one before is well");
const bySql = live(
  "changed by SQL, in one proxy after the other; where it counts after a restart only, that proxy is restarted",
);

const keepsPlace = whileThere(
  refused(
    "a proxy keeps its user and its directory: take the former ones back; for others deploy anew under another name beside it",
  ),
);

/** What changes of `OdpWithWatchdog`'s arguments do. */
export const odpChanges: Changes = {
  hosts: reload("a new proxy starts and nginx learns of it; one that goes is stopped when nginx has forgotten it"),
  "package.archive": restarted,
  "package.directory": restarted,
  "package.stripComponents": live("the package is unpacked anew; the proxies go on"),
  "package.keep": live("counts at the next version"),
  "package.user": keepsPlace,
  "package.dataDirectory": keepsPlace,
  image: restarted,
  programDirectory: restarted,
  adopt: live("counts for proxies that the stack does not know yet"),
  "cluster.name": restarted,
  "cluster.rsList": restarted,
  "cluster.configServerUrl": bySql,
  "proxy.hosts": loadBalancerChanges.hosts,
  ...within("proxy.virtualIp", virtualAddressChanges),
  "proxy.image": loadBalancerChanges.image,
  "proxy.port": reload(),
  "proxy.containerName": keepsName,
  "proxy.connectTimeout": reload(),
  "proxy.idleTimeout": reload(),
  "ports.sql": restarted,
  "ports.prometheus": restarted,
  "ports.rpc": restarted,
  appName: restarted,
  proxysysPassword: live("changed by SQL, in one proxy after the other"),
  observerSysPassword: live("changed by SQL, in one proxy after the other"),
  parameters: bySql,
  ignoreLocalConfig: bySql,
  firstProxyId: bySql,
  proxyIds: bySql,
  clientSessionIdVersion: bySql,
  hangTimeout: restarted,
  startTimeout: restarted,
  drainTimeout: live("counts at the next restart"),
  keepData: live("counts when the deployment or a proxy is removed"),
};
