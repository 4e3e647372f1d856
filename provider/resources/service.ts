import * as pulumi from "@pulumi/pulumi";
import { HostData } from "./host-data";

/** Arguments of a `Service`. */
export interface ServiceArgs {
  /** The host whose systemd runs the service. Another name replaces the resource. */
  host: pulumi.Input<HostData>;
  /**
   * Name of the unit with its suffix. A new name replaces the resource.
   * @example "obproxy.service"
   */
  name: pulumi.Input<string>;
  /**
   * Text of the unit file, written to `/etc/systemd/system/NAME`. On delete it is removed; a file of that name that was
   * there before is kept beside it as `NAME.dbha-before` and put back then, enabled and running as it was. A masked unit is
   * refused, and drop-ins that change the text are warned of.
   * @example "[Service]\nExecStart=/usr/bin/obproxy --nodaemon\n[Install]\nWantedBy=multi-user.target\n"
   * @default none: the unit is there already, by a package for example
   */
  unit?: pulumi.Input<string>;
  /**
   * Start the unit at boot.
   * @default true
   */
  enabled?: pulumi.Input<boolean>;
  /**
   * Run the unit now. False stops it.
   * @default true
   */
  active?: pulumi.Input<boolean>;
  /**
   * Texts, such as hashes of configuration files; when one changes, the running unit is restarted.
   * @default []
   * @example [config.sha256]
   */
  triggers?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Seconds that the unit may take to stop and start, which is more than its TimeoutStopSec. 10 to 172800.
   * @default 300
   */
  timeout?: pulumi.Input<number>;
}

/** A systemd unit on a host: its text, whether it starts at boot, whether it runs. */
export class Service extends pulumi.CustomResource {
  declare public readonly host: pulumi.Output<HostData>;
  declare public readonly name: pulumi.Output<string>;
  declare public readonly unit: pulumi.Output<string | undefined>;
  declare public readonly enabled: pulumi.Output<boolean>;
  declare public readonly active: pulumi.Output<boolean>;
  declare public readonly triggers: pulumi.Output<string[]>;
  declare public readonly timeout: pulumi.Output<number>;
  /** What systemd calls ActiveState: `active`, `inactive`, `failed` … */
  declare public readonly activeState: pulumi.Output<string>;
  /** What systemd calls UnitFileState: `enabled`, `disabled`, `static` … */
  declare public readonly unitFileState: pulumi.Output<string>;

  constructor(name: string, args: ServiceArgs, opts?: pulumi.CustomResourceOptions) {
    super("dbha:index:Service", name, { ...args, activeState: undefined, unitFileState: undefined }, opts);
  }
}
