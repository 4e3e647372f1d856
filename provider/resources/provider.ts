import * as pulumi from "@pulumi/pulumi";

/** How to log in to a host. Several ways may be given; key, agent and password are tried in this order. */
export interface HostCredentials {
  /** Private key in OpenSSH or PEM form. Secret. */
  privateKey?: pulumi.Input<string>;
  /**
   * File with the private key on the machine that runs Pulumi; a relative path starts at the project's directory.
   * @example "keys/id_ed25519"
   */
  privateKeyFile?: pulumi.Input<string>;
  /** Passphrase of the private key. Secret. */
  passphrase?: pulumi.Input<string>;
  /** Password of the user. Secret. */
  password?: pulumi.Input<string>;
  /**
   * Offer the keys of the SSH agent at `SSH_AUTH_SOCK`.
   * @default false
   */
  agent?: pulumi.Input<boolean>;
}

/**
 * Arguments of a `Provider`: the credentials for all hosts, and those of hosts that differ. The default provider takes
 * the same from the stack's configuration (`dbha:privateKeyFile`, `dbha:credentials` …).
 */
export interface ProviderArgs extends HostCredentials {
  /**
   * Credentials by host name, or by a bastion's address. What is named here uses these alone, all others the ones above; a
   * bastion that is not named here uses those of the host behind it.
   * @default {}
   */
  credentials?: pulumi.Input<Record<string, pulumi.Input<HostCredentials>>>;
  /**
   * YAML file with the hosts, in the form of the stack's inventory (docs/hosts.md), on the machine that runs Pulumi; a
   * relative path starts at the project's directory. `pulumi import` and the resource option `import` find hosts there by
   * name; nothing else needs it.
   * @default none
   * @example "hosts.yaml"
   */
  inventory?: pulumi.Input<string>;
  /**
   * Seconds to try to reach a host before giving up, from 1 to 600.
   * @default 20
   */
  connectTimeout?: pulumi.Input<number>;
}

/** A configured dbha provider: one process and one SSH connection per host for all resources that use it. */
export class Provider extends pulumi.ProviderResource {
  constructor(name: string, args: ProviderArgs = {}, opts?: pulumi.ResourceOptions) {
    const secret = (value: pulumi.Input<string> | undefined) =>
      value === undefined ? undefined : pulumi.secret(value);
    // The configuration of a provider consists of texts; anything else travels as JSON.
    const json = (value: unknown) => (value === undefined ? undefined : pulumi.jsonStringify(value));
    super(
      "dbha",
      name,
      {
        privateKey: secret(args.privateKey),
        privateKeyFile: args.privateKeyFile,
        passphrase: secret(args.passphrase),
        password: secret(args.password),
        agent: json(args.agent),
        credentials: secret(json(args.credentials)),
        inventory: args.inventory,
        connectTimeout: json(args.connectTimeout),
      },
      opts,
    );
  }
}
