import type { Host } from "../host";
import type { ImageSource } from "../image";
import type { VirtualAddressArgs } from "../virtual-ip";

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
  virtualIp?: VirtualAddressArgs;
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
