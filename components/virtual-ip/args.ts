import type * as pulumi from "@pulumi/pulumi";
import type { Host } from "../host";

/** An address that keepalived moves between hosts. Source for all: keepalived.conf(5), RFC 5798 (VRRP version 3). */
export interface VirtualAddressArgs {
  /**
   * The address and the length of its network's prefix, IPv4 or IPv6. Rule: not the address of a host.
   * @example "10.0.0.100/24"
   */
  address: string;
  /**
   * The interface that gets the address, the same name on every host.
   * @default on each host the interface that has an address in the network of the virtual IP
   * @example "eth0"
   */
  interface?: string;
  /**
   * virtual_router_id of VRRP, by which routers of one network segment tell each other apart.
   * Rule: 1-255, unique in the network segment.
   * @default the last byte of the address (255 when that is 0)
   * @example 100
   */
  routerId?: number;
}

/** Arguments of {@link VirtualIp}. */
export interface VirtualIpArgs extends VirtualAddressArgs {
  /**
   * The hosts between which the address moves. The first one carries it at first; after that it stays where it is as long as
   * that host is well (`nopreempt`).
   * Rule: two to ten, each once. keepalived 1.3.5 or later must be installed on each; before 1.3.6 two hosts at most for an IPv4 address.
   */
  hosts: Host[];
  /**
   * What must hold on a host for it to carry the address; each is asked of the host's loopback address once a second. The
   * same must hold through the virtual IP, and `up` waits for that. Rule: at least one.
   * @example [{ tcp: { port: 443 } }]
   */
  checks: VirtualIpCheck[];
  /**
   * What must be there first, such as the load balancer that is checked; or a function that tells it of each host: those that
   * wait for nothing get the address before the others.
   * @default []
   */
  after?: pulumi.Resource[] | ((host: Host) => Promise<pulumi.Resource[]>);
}

/** One condition; exactly one of `tcp` and `http`. */
export interface VirtualIpCheck {
  /** A TCP connection that must be accepted. */
  tcp?: VirtualIpTcpCheck;
  /** An HTTP request that must be answered with the given status. Not for HTTPS: check its port by `tcp`. */
  http?: VirtualIpHttpCheck;
}

/** A TCP connection. */
export interface VirtualIpTcpCheck {
  /** TCP port. */
  port: number;
}

/** An HTTP request. */
export interface VirtualIpHttpCheck {
  /** TCP port. */
  port: number;
  /**
   * Path of the request.
   * @default "/"
   */
  path?: string;
  /**
   * Status that is expected.
   * @default 200
   */
  status?: number;
}
