import type { Host } from "../host";
import type { ImageSource } from "../image";

/** nginx in front of the proxies, which forwards TCP connections. */
export interface OdpProxyArgs {
  /**
   * The hosts that run nginx; they may run an OBProxy too. Docker is needed there.
   * Rule: one, or two and more with `virtualIp`; each once.
   */
  hosts: Host[];
  /**
   * An address that keepalived moves between the hosts, so that clients reach one of them whatever happens to the others.
   * @default none; with a single nginx host, the service is as available as that host
   */
  virtualIp?: OdpVirtualIpArgs;
  /** The nginx image. It needs the stream module, which the official one has. */
  image: ImageSource;
  /**
   * TCP port that clients connect to. Rule: on a host that runs an OBProxy too, none of its ports.
   * @default 3306
   */
  port?: number;
  /**
   * Name of the nginx container.
   * @default the deployment's name and "-nginx"
   */
  containerName?: string;
  /**
   * Seconds nginx waits for a connection to a proxy before it takes another one (`proxy_connect_timeout`). Rule: 1 to 75.
   * @default 1
   */
  connectTimeout?: number;
  /**
   * Seconds after which a connection without any traffic is closed (`proxy_timeout`). Rule: 1 to 86400.
   * @default 28800, like MySQL's wait_timeout
   */
  idleTimeout?: number;
}

/** The address under which clients reach nginx. */
export interface OdpVirtualIpArgs {
  /**
   * The address and the length of its network's prefix, IPv4 or IPv6. Rule: not the address of a host.
   * @example "10.0.0.102/24"
   */
  address: string;
  /**
   * The interface that gets the address, the same name on every host.
   * @default on each host the interface that has an address in the network of the virtual IP
   * @example "eth0"
   */
  interface?: string;
  /**
   * virtual_router_id of VRRP. Rule: 1-255, unique in the network segment.
   * @default the last byte of the address (255 when that is 0)
   * @example 102
   */
  routerId?: number;
}
