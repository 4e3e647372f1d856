import type { Host } from "../host";
import type { ImageSource } from "../image";
import type { VirtualAddressArgs } from "../virtual-ip";

/** A region: nodes that share a cluster manager (CM) URL and a heartbeat database. */
export interface OmsRegionArgs {
  /**
   * Code of the region (cm_location), by which the MetaDB knows it for good.
   * Rule: 0 to 127, another one for each region.
   * @example 0
   */
  location: number;
  /**
   * Name of the region (cm_region). With Alibaba Cloud's Multi-Site High Availability it is the region's name there.
   * Rule: needed with several regions.
   * @default none
   * @example "cn-jiangsu"
   */
  region?: string;
  /**
   * Name of the region for people (cm_region_cn).
   * @default the value of `region`
   * @example "Jiangsu"
   */
  regionCn?: string;
  /**
   * Whether this is the region whose CM is the default one (cm_is_default). Rule: true for exactly one region.
   * @default true where there is one region, else false
   */
  default?: boolean;
  /**
   * Name of the CM's heartbeat database (drc_cm_heartbeat_db).
   * Rule: another one for each region, and neither `metaDb.rmDatabase` nor `metaDb.cmDatabase`; needed but for the default region.
   * @default "oms_cm_heartbeat" in the default region
   */
  heartbeatDatabase?: string;
  /**
   * The hosts that run a node of OMS, in start order. The first one of the default region writes the MetaDB first.
   * Rule: at least one, each host once in all regions; two or more for high availability.
   */
  nodes: Host[];
  /**
   * Addresses of the nodes (OMS_HOST_IP and cm_nodes), by host name, where they differ from the hosts' own.
   * Rule: only hosts in `nodes`; IP addresses, no loopback ones; none twice. Needed for a host whose own address is a name.
   * @default the address of each host
   * @example { p1: "10.1.0.11" }
   */
  nodeAddresses?: Record<string, string>;
  /**
   * URL under which all nodes of the region reach its CM (cm_url): a virtual IP, SLB or domain name that leads to all of them.
   * Rule: scheme, host and port and nothing else; the port is that of the CM, or the one that is mapped to it; not a loopback address,
   * nor the address of one node but with `singleNode`. Needed without `virtualIp`; with it, the same address or a name that leads there.
   * @default "http://", the virtual IP and the port of the CM
   * @example "http://10.0.0.101:8088"
   */
  cmUrl?: string;
  /**
   * The ports of an external address, where it maps others to those of the nodes. Rule: only with a `cmUrl` of an address that is not
   * built here.
   * @default the ports of the nodes
   */
  mappedPorts?: OmsMappedPortArgs;
  /**
   * Say that the region has one node and no more, whose own address is meant as `cmUrl`. Such a region is as available as its host.
   * Rule: one node, no `virtualIp`.
   * @default false
   */
  singleNode?: boolean;
  /**
   * An address that keepalived moves between the nodes, or between the hosts of `proxy` where there is one, so that CM and console are
   * reached whatever happens to one of them. Rule: two to ten such hosts; not the address of one of them.
   * @default none: `cmUrl` names an external one
   */
  virtualIp?: VirtualAddressArgs;
  /**
   * nginx in front of the nodes, which forwards TCP connections to the CM and to the console.
   * @default none: the virtual IP leads to the nodes themselves
   */
  proxy?: OmsProxyArgs;
}

/** Ports of an external virtual IP or SLB. Source: "configure the mapping rules of ports 8088 and 8089 in the VIP network strategy". */
export interface OmsMappedPortArgs {
  /**
   * The one that leads to the nodes' CM; `cmUrl` has it.
   * @default the value of `ports.cm`
   * @example 18088
   */
  cm?: number;
  /**
   * The one that leads to the nodes' console.
   * @default the value of `ports.console`
   * @example 18089
   */
  console?: number;
}

/** nginx in front of a region's nodes. */
export interface OmsProxyArgs {
  /**
   * The hosts that run nginx.
   * Rule: each once; with several, `virtualIp` or a `cmUrl` that leads to all of them.
   */
  hosts: Host[];
  /** The nginx image. It needs the stream module, which the official one has. */
  image: ImageSource;
  /**
   * Name of the nginx container.
   * @default "oms-nginx"
   */
  containerName?: string;
  /**
   * TCP port that leads to the CM; `cmUrl` has it. Rule: on a host that runs a node, another one than OMS has there.
   * @default the value of `ports.cm`
   * @example 18088
   */
  cmPort?: number;
  /**
   * TCP port that leads to the console. Rule: as for `cmPort`.
   * @default the value of `ports.console`
   * @example 18089
   */
  consolePort?: number;
}
