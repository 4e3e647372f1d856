import * as pulumi from "@pulumi/pulumi";
import { HostData } from "./host-data";
import type { Watched } from "./watched";

/** Arguments of an `ObproxyConfig`. */
export interface ObproxyConfigArgs {
  /** The host that the proxy runs on. Another name replaces the resource. */
  host: pulumi.Input<HostData>;
  /**
   * Port of SQL on the host; a proxy that was just started has a minute to answer. A new port replaces the resource.
   * @default 2883
   */
  port?: pulumi.Input<number>;
  /**
   * Password of root@proxysys, which is set when the proxy has another one that is known here: the former one of this resource, or
   * none. Kept as a secret; it travels within the SSH connection only. No quotes, backslashes and control characters.
   */
  password: pulumi.Input<string>;
  /**
   * Password of proxyro@sys, by which the proxy asks the cluster (`observer_sys_password`). It cannot be read back. Kept as a secret.
   * @default left alone
   */
  observerPassword?: pulumi.Input<string>;
  /**
   * Parameters by name, as `show proxyconfig` lists them; what is not named is left alone.
   * @default {}
   * @example { proxy_mem_limited: "4G" }
   */
  parameters?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Shell command that is run on the host when a parameter was changed that counts after a restart only (`need_reboot`).
   * @default none
   * @example "systemctl restart obproxy.service"
   */
  restart?: pulumi.Input<string>;
  /**
   * What runs the proxy. An error of one that does not answer then tells where it logs and what it logged last, and comes early
   * where waiting is no use.
   * @default none
   * @example { unit: "obproxy.service", logFiles: ["/var/lib/obproxy/log/obproxy.log"] }
   */
  watched?: pulumi.Input<Watched>;
}

/** Parameters and passwords of an OBProxy that runs on a host, set while it runs. */
export class ObproxyConfig extends pulumi.CustomResource {
  declare public readonly host: pulumi.Output<HostData>;
  declare public readonly port: pulumi.Output<number>;
  declare public readonly password: pulumi.Output<string>;
  declare public readonly observerPassword: pulumi.Output<string | undefined>;
  declare public readonly parameters: pulumi.Output<Record<string, string>>;
  declare public readonly restart: pulumi.Output<string | undefined>;
  declare public readonly watched: pulumi.Output<Watched | undefined>;
  /** The parameters as the proxy shows them, which may write a value in another way. */
  declare public readonly shown: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: ObproxyConfigArgs, opts?: pulumi.CustomResourceOptions) {
    const secrets = {
      password: pulumi.secret(args.password),
      observerPassword: args.observerPassword === undefined ? undefined : pulumi.secret(args.observerPassword),
    };
    super("dbha:index:ObproxyConfig", name, { ...args, ...secrets, shown: undefined }, opts);
  }
}
