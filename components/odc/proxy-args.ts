import type { CertificateSource } from "../certificate";
import type { Host } from "../host";
import type { ImageSource } from "../image";
import type { VirtualAddressArgs } from "../virtual-ip";

/** nginx in front of the ODC nodes. */
export interface OdcProxyArgs {
  /**
   * The hosts that run nginx; they may be ODC nodes too.
   * Rule: one, or two and more with `virtualIp`; each once.
   */
  hosts: Host[];
  /**
   * An address that keepalived moves between the hosts, so that users reach one of them whatever happens to the others.
   * @default none; with a single nginx host, ODC is as available as that host
   */
  virtualIp?: VirtualAddressArgs;
  /** The nginx image. */
  image: ImageSource;
  /**
   * TCP port of HTTP. With `https` it only sends users there.
   * @default 80
   */
  port?: number;
  /**
   * Serve over TLS.
   * @default HTTP only
   */
  https?: OdcHttpsArgs;
  /**
   * Domain name under which users open ODC (`server_name`); it becomes part of the output `url`.
   * Rule: one for whose parent browsers take cookies, else users can only log in: not `odc.lab`, `odc.com` or `odc.co.uk`.
   * @default the virtual IP, else the address of the nginx host; neither may be an IPv6 address, at which ODC answers 400
   * @example "odc.example.com"
   */
  domain?: string;
  /**
   * Name of the nginx container.
   * @default "odc-nginx"
   */
  containerName?: string;
  /**
   * Listen on IPv6 too.
   * @default false
   */
  ipv6?: boolean;
  /**
   * Seconds nginx waits for a connection to a node (`proxy_connect_timeout`). Rule: at most 75.
   * @default 75
   */
  connectTimeout?: number;
  /**
   * Seconds between two reads from or writes to a node (`proxy_read_timeout`, `proxy_send_timeout`).
   * @default 1800
   */
  transferTimeout?: number;
}

/** ODC over HTTPS. Source: "Configure the configuration file that contains a self-signed certificate". */
export interface OdcHttpsArgs extends CertificateSource {
  /**
   * TCP port that users open.
   * @default 443
   */
  port?: number;
  /**
   * Tell browsers to use nothing but HTTPS for this domain during the next two years (HTTP Strict Transport Security).
   * @default true
   */
  hsts?: boolean;
  /**
   * More names and addresses for the certificate than `domain`, the virtual IP and the nginx hosts' addresses. Those with which
   * users could not work, by the rule of `domain`, are warned of.
   * @default []
   * @example ["odc"]
   */
  alternativeNames?: string[];
}
