import { readFileSync } from "node:fs";
import * as command from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { getHostFacts } from "../provider/resources";
import type { BastionData, HostData, HostFacts } from "../provider/resources";
import { bracketed, hostArgs } from "../provider/resources/host-rules";
import { credentialsOf, type Credentials } from "./credentials";
import { sshOptions } from "./ssh-options";
import { parseArgs, refusal, sentence } from "./validation";

/** How a host is reached. Plain values only: providers need them before anything else is known. */
export type HostArgs = Omit<HostData, "name">;

/** A jump host. The host's credentials are used for it, unless `dbha:credentials` has some under its address. */
export type BastionArgs = BastionData;

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
  private dockerAnswer?: Promise<void>;

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

  /** The shell that a command starts there, as root. */
  get rootShell(): string {
    return this.data.sudo ? "sudo -n sh" : "sh";
  }

  /** Whether it is gone for good (`lost`): nothing there is asked or changed. */
  get isLost(): boolean {
    return this.data.lost === true;
  }

  /** How messages about arguments show it. */
  toJSON(): string {
    return this.hostName;
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

  /**
   * Resolved when the docker provider has reached the Engine, in preview too. Docker's client logs in by itself: what keeps it
   * out is told in time, and its connection is there when the first container is made.
   */
  get dockerAnswers(): Promise<void> {
    // a network that every Engine has; the provider has no question that costs less
    this.dockerAnswer ??= docker.getNetwork({ name: "host" }, { parent: this, provider: this.docker }).then(
      () => undefined,
      (error: unknown) => {
        throw refusal(`host ${this.hostName} cannot be given containers`, [dockerProblem(this.data, error)], this);
      },
    );
    return this.dockerAnswer;
  }

  /** An answer of the plugin about this host; that it cannot be reached is told without a stack trace. */
  answered<T>(answer: Promise<T>): Promise<T> {
    return answer.catch((error: unknown) => {
      const fix = "or set lost: true when the host is gone for good";
      throw refusal(`host ${this.hostName} cannot be asked`, [`${(error as Error).message}, ${fix}`], this);
    });
  }

  /** What the host is and has, as of the start of this run; asked once, and in preview too. */
  get facts(): Promise<HostFacts> {
    this.knownFacts ??= this.answered(getHostFacts({ host: this.data }, { parent: this }));
    return this.knownFacts;
  }

  /**
   * The connection argument of `@pulumi/command` resources. An agent is found by SSH_AUTH_SOCK, which stays out of the state
   * since it is another one at every log-in.
   */
  get connection(): command.types.input.remote.ConnectionArgs {
    const { name, bastion } = this.data;
    return {
      ...endpoint(this.data, credentialsOf(name)),
      proxy: bastion && endpoint(bastion, credentialsOf(bastion.address, name)),
    };
  }
}

/** Why Docker's own client does not reach the Engine, and what it needs. */
function dockerProblem({ user, address, port }: HostData, error: unknown): string {
  // the provider says in which function, and how many errors there were, on lines of their own
  const said = (error as Error).message.replace(/^.* 1 error occurred:\s*\* /s, "").trim();
  return sentence(
    `Docker's own client, which runs ssh, does not reach its Engine: ${said}`,
    `ssh -p ${port} ${user}@${address} docker version must work here: with the key file of dbha:privateKeyFile or an agent, and a user who is root or in the group docker`,
  );
}

/** Those of the hosts that are not lost. */
export const living = (hosts: Host[]): Host[] => hosts.filter((host) => !host.isLost);

/**
 * How resources of providers that know nothing of lost hosts are left alone on one: they stay in the state as they are, and
 * are removed from there alone.
 */
export const whenLost = ({ isLost }: Host): pulumi.CustomResourceOptions =>
  isLost ? { retainOnDelete: true, ignoreChanges: ["*"] } : {};

/** How outputs tell the health of what runs on a host. */
export const healthOf = ({ isLost }: Host, healthy: boolean): string =>
  isLost ? "lost" : healthy ? "healthy" : "unhealthy";

/** What several hosts are and have, asked at the same time. */
export const factsOf = (hosts: Host[]): Promise<{ host: Host; facts: HostFacts }[]> =>
  Promise.all(hosts.map(async (host) => ({ host, facts: await host.facts })));

/** How `@pulumi/command` reaches one server. */
function endpoint({ address, port, user, hostKeys }: BastionData, credentials: Credentials) {
  const { privateKey, privateKeyFile, passphrase, password } = credentials;
  const key = privateKey ?? (privateKeyFile === undefined ? undefined : readFileSync(privateKeyFile, "utf8"));
  return {
    host: address,
    port,
    user,
    hostKey: hostKeys?.[0],
    privateKey: key === undefined ? undefined : pulumi.secret(key),
    privateKeyPassword: passphrase === undefined ? undefined : pulumi.secret(passphrase),
    password: password === undefined ? undefined : pulumi.secret(password),
  };
}
