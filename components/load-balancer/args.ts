import type * as pulumi from "@pulumi/pulumi";
import type { HttpProbe, TcpProbe } from "../../provider/resources";
import type { Host } from "../host";
import type { ImageSource } from "../image";

/** Arguments of {@link LoadBalancer}. */
export interface LoadBalancerArgs {
  /**
   * The hosts that run nginx, all of them with the same configuration. A change goes from one to the next, each when the one
   * before it serves again.
   * Rule: at least one, each once; two or more with a `VirtualIp` for high availability.
   */
  hosts: Host[];
  /** The nginx image: the official one, or one of its shape. */
  image: ImageSource;
  /**
   * Name of the container, unique on its host; files are in `/etc/dbha/NAME` there.
   * @example "odc-nginx"
   */
  containerName: string;
  /**
   * The whole nginx.conf. nginx checks it before it is put in place; a change is taken over by a reload, which drops no
   * connection. Protocols other than HTTP need `include /usr/share/nginx/modules/*.conf;` and a `stream` block.
   */
  config: pulumi.Input<string>;
  /**
   * Certificate and key, as one file: {@link tlsFile}, which `ssl_certificate` and `ssl_certificate_key` both name. nginx
   * checks them before they are put in place; a change is taken over by a reload.
   * @default none
   */
  tls?: LoadBalancerTlsArgs;
  /** What shows that nginx serves, asked of every host. */
  probe: LoadBalancerProbe;
  /**
   * The address that a `VirtualIp` moves between the hosts, without prefix length. The host that has it is changed last, so
   * that it moves only once when containers are replaced.
   * @default none
   * @example "10.0.0.100"
   */
  virtualAddress?: string;
  /**
   * What must be there before configuration and certificate, and with them the traffic, change; image and directory do not
   * wait. Or a function that tells it of each host: those that wait for nothing come first.
   * @default []
   */
  after?: pulumi.Resource[] | ((host: Host) => Promise<pulumi.Resource[]>);
  /**
   * Take over a container of that name that was made by hand, which goes on as it runs (docs/adopt.md); else one is refused. Its own
   * nginx.conf must name the same servers and ports.
   * @default false
   */
  adopt?: boolean;
}

/** A certificate with its key. */
export interface LoadBalancerTlsArgs {
  /** The server's certificate and after it those of the authorities between, in PEM. */
  chain: pulumi.Input<string>;
  /** The private key in PEM, not encrypted. Kept as a secret. */
  privateKey: pulumi.Input<string>;
}

/** A request that nginx must answer; exactly one of `http` and `tcp`. */
export interface LoadBalancerProbe {
  /** An HTTP or HTTPS request. */
  http?: HttpProbe;
  /** A TCP connection, for other protocols. */
  tcp?: TcpProbe;
}
