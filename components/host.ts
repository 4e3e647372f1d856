import { readFileSync } from "node:fs";
import * as command from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { getHostFacts } from "../provider/resources";
import type { HostData, HostFacts } from "../provider/resources";
import { credentialsOf } from "./credentials";
import { address, nonEmpty, port } from "./rules";
import { sshOptions } from "./ssh-options";
import { parseArgs, sentence, setting, settings } from "./validation";

/** How a host is reached. Plain values only: providers need them before anything else is known. */
export interface HostArgs {
  /**
   * IP address or DNS name, for SSH and for the other hosts.
   * @example "10.0.0.11"
   */
  address: string;
  /**
   * TCP port of sshd.
   * @default 22
   */
  port?: number;
  /**
   * Login user: root, or a member of the group `docker` with `sudo: true`.
   * @default "root"
   */
  user?: string;
  /**
   * The host's public keys, as `ssh-keyscan` prints them without the host name. Connections to anything else are refused.
   * @example ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI..."]
   */
  hostKeys?: string[];
  /**
   * Accept whatever key the host shows, with a warning at every run. For throw-away test hosts only.
   * @default false
   */
  acceptUnknownHostKey?: boolean;
  /**
   * Run what needs root through `sudo -n`.
   * @default false
   */
  sudo?: boolean;
  /** A jump host between the machine that runs Pulumi and this host. */
  bastion?: BastionArgs;
}

/** A jump host. The host's credentials are used for it, unless `dbha:credentials` has some under its address. */
export interface BastionArgs {
  /** IP address or DNS name. */
  address: string;
  /**
   * TCP port of its sshd.
   * @default 22
   */
  port?: number;
  /**
   * Login user.
   * @default "root"
   */
  user?: string;
  /** Its public keys. */
  hostKeys?: string[];
  /**
   * Accept whatever key it shows.
   * @default false
   */
  acceptUnknownHostKey?: boolean;
}

const hostKeys = z
  .array(
    setting(
      z.string().regex(/^(ssh-|ecdsa-|sk-)[\w@.-]+ [A-Za-z0-9+/]+=*$/),
      "must be a public key: type and base64 text",
      "copy it from `ssh-keyscan ADDRESS` or the host's /etc/ssh/ssh_host_ed25519_key.pub, without the host name",
    ),
  )
  .default([]);

const reach = {
  address,
  port: port.default(22),
  user: nonEmpty("the login user").default("root"),
  hostKeys,
  acceptUnknownHostKey: z.boolean().default(false),
};

const pinned = sentence(
  "a host's key must be pinned, else anyone between could pose as it",
  "list its keys in hostKeys (ssh-keyscan ADDRESS shows them), or set acceptUnknownHostKey: true for a throw-away host",
);

const isPinned = (host: { hostKeys: string[]; acceptUnknownHostKey: boolean }): boolean =>
  host.hostKeys.length > 0 || host.acceptUnknownHostKey;

const shape = {
  ...reach,
  sudo: z.boolean().default(false),
  bastion: settings(reach)
    .refine(isPinned, { message: pinned, path: ["hostKeys"] })
    .optional(),
};

/** The schema behind {@link HostArgs}. */
export const hostArgs = settings(shape).refine(isPinned, { message: pinned, path: ["hostKeys"] });

/** The same with the host's name, as in an inventory. */
export const namedHostArgs = <N extends z.ZodType>(name: N) =>
  settings({ name, ...shape }).refine(isPinned, { message: pinned, path: ["hostKeys"] });

/**
 * A Linux host reached over SSH: what every component deploys onto. Creating one contacts nothing.
 *
 * Credentials are not given here but once per stack, in the configuration of the dbha provider (`dbha:privateKeyFile`,
 * `dbha:privateKey`, `dbha:agent`, `dbha:password`, or by host name in `dbha:credentials`).
 */
export class Host extends pulumi.ComponentResource {
  /** The host as plain data, the `host` input of every dbha resource. */
  readonly data: HostData;
  private dockerProvider?: docker.Provider;
  private knownFacts?: Promise<HostFacts>;

  /**
   * @param name the host's name: used in child names, messages and `dbha:credentials`.
   * @throws pulumi.ResourceError listing every argument that was refused.
   */
  constructor(name: string, args: HostArgs, opts?: pulumi.ComponentResourceOptions) {
    super("dbha:index:Host", name, {}, opts);
    this.data = { name, ...parseArgs(hostArgs, args, this, `host ${name}`) };
    this.registerOutputs({ address: this.data.address });
  }

  /** The host's name. */
  get hostName(): string {
    return this.data.name;
  }

  /** The address under which the other hosts reach it. */
  get address(): string {
    return this.data.address;
  }

  /** A docker provider over SSH, one for all components on this host. */
  get docker(): docker.Provider {
    const { name, bastion } = this.data;
    const bastionKeyFile = bastion && credentialsOf(bastion.address, name).privateKeyFile;
    this.dockerProvider ??= new docker.Provider(
      `${this.data.name}-docker`,
      {
        host: `ssh://${this.data.user}@${bracketed(this.data.address)}:${this.data.port}`,
        sshOpts: sshOptions(this.data, credentialsOf(name).privateKeyFile, bastionKeyFile),
      },
      { parent: this },
    );
    return this.dockerProvider;
  }

  /** What the host is and has, as of the start of this run; asked once, and in preview too. */
  get facts(): Promise<HostFacts> {
    this.knownFacts ??= getHostFacts({ host: this.data }, { parent: this });
    return this.knownFacts;
  }

  /** The connection argument of `@pulumi/command` resources. */
  get connection(): command.types.input.remote.ConnectionArgs {
    const { privateKey, privateKeyFile, passphrase, password } = credentialsOf(this.data.name);
    const key = privateKey ?? (privateKeyFile === undefined ? undefined : readFileSync(privateKeyFile, "utf8"));
    return {
      host: this.data.address,
      port: this.data.port,
      user: this.data.user,
      hostKey: this.data.hostKeys?.[0],
      privateKey: key === undefined ? undefined : pulumi.secret(key),
      privateKeyPassword: passphrase === undefined ? undefined : pulumi.secret(passphrase),
      password: password === undefined ? undefined : pulumi.secret(password),
    };
  }
}

/** The schema of an argument that is a host. */
export const hostSchema = z.custom<Host>((value) => value instanceof Host, {
  message: sentence("must be a Host", "create it with new Host(name, { address, hostKeys })"),
});

const bracketed = (host: string): string => (host.includes(":") ? `[${host}]` : host);
