import type * as pulumi from "@pulumi/pulumi";
import type { Host } from "../host";
import type { ImageSource } from "../image";
import type { OdpProxyArgs } from "./proxy-args";

/** Arguments of {@link OdpWithWatchdog}. Source: "High availability of ODP services", and OBProxy's own parameters. */
export interface OdpWithWatchdogArgs {
  /**
   * The hosts that run an OBProxy. Their order gives the proxies their IDs.
   * Rule: at least one, each once; two or more with `proxy` for high availability. systemd and bash are needed for a package, Docker for
   * an image.
   */
  hosts: Host[];
  /**
   * The OBProxy package, which systemd runs. Rule: exactly one of `package` and `image`.
   * @default none
   */
  package?: OdpPackageArgs;
  /**
   * The OBProxy image, for a container that runs proxy and watchdog on the host's network. bash must be in it, as in the vendor's; its own
   * start script is not run. Another image is an upgrade, or the way back from one.
   * @default none
   * @example { reference: "oceanbase/obproxy-ce:4.3.0" }
   */
  image?: ImageSource;
  /**
   * The directory in `image` that has `bin/obproxy`.
   * @default "/home/admin/obproxy", as in the vendor's image
   */
  programDirectory?: string;
  /**
   * Takes over OBProxies that run already, started by hand, without a restart: connections go on, and the watchdog watches the processes
   * that there are. Every host must have one that is as the arguments say; what is not is refused in preview. Rule: needs
   * `package.directory`, `package.user`, `package.dataDirectory` and `observerSysPassword`; not with `image`. See docs/adopt.md.
   * @default false
   */
  adopt?: boolean;
  /** The OceanBase cluster. */
  cluster: OdpClusterArgs;
  /**
   * nginx in front of the proxies.
   * @default none: clients connect to the proxies themselves, or through a load balancer of yours
   */
  proxy?: OdpProxyArgs;
  /** TCP ports on every host. Rule: different ones, from 1024 on. */
  ports?: OdpPortArgs;
  /**
   * Name of the application (`-n`), in the proxy's logs and statistics.
   * @default the deployment's name
   */
  appName?: string;
  /**
   * Password of root@proxysys, who may change the proxies' parameters.
   * Rule: no quotes, backslashes, and control characters.
   * @default a random one, in the output `proxysysPassword`
   */
  proxysysPassword?: pulumi.Input<string>;
  /**
   * Password of proxyro@sys, by which the proxies ask the cluster; the cluster must know it.
   * Rule: as for `proxysysPassword`.
   * @default a random one, in the output `observerSysPassword`: give the user proxyro of the cluster's tenant sys that one
   */
  observerSysPassword?: pulumi.Input<string>;
  /**
   * Parameters of the proxies by name, as `show proxyconfig` lists them. A change is made while the proxy runs; where it counts after a
   * restart only, the proxy is restarted.
   * Rule: not those that have an argument of their own; no secrets; no quotes, commas and backslashes.
   * @default {}
   * @example { proxy_mem_limited: "4G" }
   */
  parameters?: Record<string, string>;
  /**
   * Ask the config server first and take the cached RS list when it does not answer (true), or the other way round (false).
   * @default true
   */
  ignoreLocalConfig?: boolean;
  /**
   * proxy_id of the first host; the others count on from it. OBProxy 4.2.3 or later. It must be unique among all proxies of a cluster, so a
   * second deployment for it begins elsewhere.
   * Rule: the last one is at most 8191, at most 255 with `clientSessionIdVersion` 1.
   * @default 1
   */
  firstProxyId?: number;
  /**
   * proxy_id of single hosts, by their names, in place of the one that is counted for them.
   * Rule: hosts of the deployment; no two proxies have the same; at most as for `firstProxyId`.
   * @default {}
   * @example { p1: 4711 }
   */
  proxyIds?: Record<string, number>;
  /**
   * client_session_id_version, 1 or 2.
   * @default 2
   */
  clientSessionIdVersion?: number;
  /**
   * Seconds without an answer after which a proxy counts as hung and is killed. Its service is back at most 3 s later.
   * Rule: 2 to 600.
   * @default 5
   */
  hangTimeout?: number;
  /**
   * Seconds a proxy may take from its start to its first answer.
   * Rule: 5 to 600.
   * @default 30
   */
  startTimeout?: number;
  /**
   * Seconds that clients' connections get to end before their proxy is restarted by a change; new ones go to the others meanwhile.
   * Needs `proxy` and a second host. Rule: 0 to 3600.
   * @default 10
   */
  drainTimeout?: number;
  /**
   * Keep the proxies' own files (log, cached RS list, parameters) when the deployment is destroyed. Deployed anew, they want the
   * password that they had: give `proxysysPassword` then.
   * @default false
   */
  keepData?: boolean;
}

/** Where OBProxy comes from. Exactly one of `archive` and `directory`. */
export interface OdpPackageArgs {
  /**
   * A .tar, .tar.gz or .zip file on the machine that runs Pulumi, with `bin/obproxy`. Another file is an upgrade, or the way back from one.
   * @example "packages/obproxy-ce-4.3.0.tar.gz"
   */
  archive?: string;
  /**
   * A directory that is on every host already, by an rpm or by hand, with `bin/obproxy`, which everybody may run. Another directory is an
   * upgrade, or the way back from one.
   * @example "/home/admin/obproxy-4.3.0"
   */
  directory?: string;
  /**
   * A user that is on every host already, by whom watchdog and proxy run. It stays when the deployment is destroyed.
   * Rule: together with `dataDirectory`.
   * @default a user of its own, `odp-NAME`
   * @example "admin"
   */
  user?: string;
  /**
   * A directory that is on every host already, in which the proxy keeps `etc/` and `log/`, its working directory. It stays when the
   * deployment is destroyed, with all that is in it.
   * Rule: together with `user`, who may write there.
   * @default a directory of its own, `/var/lib/odp-NAME`
   * @example "/home/admin/obproxy"
   */
  dataDirectory?: string;
  /**
   * Leading parts of the names in `archive` that are left out, down to `bin`.
   * @default 1
   */
  stripComponents?: number;
  /**
   * Former versions of `archive` that stay on the hosts.
   * @default 1
   */
  keep?: number;
}

/** The cluster that the proxies serve. Exactly one of `rsList` and `configServerUrl`. */
export interface OdpClusterArgs {
  /**
   * Name of the cluster (`-c`), as in user@tenant#cluster.
   * @example "ob"
   */
  name: string;
  /**
   * Servers of the cluster, address and SQL port each. It is fixed: a change of the cluster is a change here.
   * @example ["10.0.0.21:2881", "10.0.0.22:2881"]
   */
  rsList?: string[];
  /**
   * URL of the config server (OCP, ob-configserver), which tells the RS list and its changes.
   * @example "http://10.0.0.8:8080/services?Action=ObRootServiceInfo&ObCluster=ob"
   */
  configServerUrl?: string;
}

/** TCP ports of a proxy. */
export interface OdpPortArgs {
  /**
   * SQL (`-p`).
   * @default 2883
   */
  sql?: number;
  /**
   * Prometheus (`-l`).
   * @default 2884
   */
  prometheus?: number;
  /**
   * RPC (`-s`).
   * @default 2885
   */
  rpc?: number;
}
