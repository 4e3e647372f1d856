import * as pulumi from "@pulumi/pulumi";
import type { DolphinAccessArgs } from "./dolphin-access";

/** Arguments of a `DolphinAdmin`, beside those of `DolphinAccessArgs`. */
export interface DolphinAdminArgs extends DolphinAccessArgs {
  /**
   * Password of the user admin, which is set when it has another one that is known here: the former one of this resource, or the one
   * that the engine comes with. Kept as a secret; it travels within the SSH connection only.
   */
  password: pulumi.Input<string>;
}

/** The password of the user admin of a DolphinDB cluster. It is there when a controller leads and lets admin in with it. */
export class DolphinAdmin extends pulumi.CustomResource {
  declare public readonly password: pulumi.Output<string>;
  /** Alias of the controller that leads; empty when none did at a refresh. */
  declare public readonly leader: pulumi.Output<string>;
  /** Its address and port. */
  declare public readonly site: pulumi.Output<string>;

  constructor(name: string, args: DolphinAdminArgs, opts?: pulumi.CustomResourceOptions) {
    const password = pulumi.secret(args.password);
    super("dbha:index:DolphinAdmin", name, { ...args, password, leader: undefined, site: undefined }, opts);
  }
}
