import type * as command from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { getHostFacts } from "../provider/resources";
import type { BastionData, HostData, HostFacts } from "../provider/resources";
import { bracketed, hostArgs } from "../provider/resources/host-rules";
import { commandEndpoint, commandProblem, hostKeyWarning } from "./command-login";
import { checkKey, credentialsOf, nothingGiven, type Credentials } from "./credentials";
import { dockerLoginProblem } from "./docker-login";
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
  private refused?: pulumi.ResourceError;
  private commandLogin?: command.types.input.remote.ConnectionArgs;

  /**
   * @param name the host's name: used in child names, messages and `dbha:credentials`.
   * @throws pulumi.ResourceError listing every argument that was refused; a preview tells them and goes on.
   */
  constructor(name: string, args: HostArgs, opts?: pulumi.ComponentResourceOptions) {
    super("dbha:index:Host", name, {}, opts);
    this.data = { name, ...(parseArgs(hostArgs, args, this, `host ${name}`) ?? args) };
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

  /**
   * A docker provider over SSH, one for all components on this host. It logs in by itself, and so after the plugin: credentials
   * that are refused are refused once.
   */
  get docker(): docker.Provider {
    this.dockerProvider ??= this.newDocker();
    return this.dockerProvider;
  }

  private newDocker(): docker.Provider {
    const { name, user, address, port } = this.data;
    const url = `ssh://${user}@${bracketed(address)}:${port}`;
    const [own, bastion] = this.servers.map(({ credentials }) => credentials.privateKeyFile);
    const host = this.isLost ? url : this.facts.then(() => url);
    return new docker.Provider(
      `${name}-docker`,
      { host, sshOpts: sshOptions(this.data, own, bastion) },
      { parent: this },
    );
  }

  /**
   * Resolved when the docker provider has reached the Engine, in preview too. Docker's client logs in by itself: what keeps it
   * out is told in time, and its connection is there when the first container is made.
   */
  get dockerAnswers(): Promise<void> {
    this.dockerAnswer ??= this.askDocker().catch((error: unknown) => {
      throw refusal(`host ${this.hostName} cannot be given containers`, [(error as Error).message], this);
    });
    return this.dockerAnswer;
  }

  private async askDocker(): Promise<void> {
    const problems = this.servers.map(({ credentials }) => dockerLoginProblem(credentials));
    const problem = problems.find((found) => found !== undefined);
    if (problem !== undefined) throw new Error(problem);
    // a network that every Engine has; the provider has no question that costs less
    await docker.getNetwork({ name: "host" }, { parent: this, provider: this.docker }).catch((error: unknown) => {
      throw new Error(dockerProblem(this.data, error));
    });
  }

  /** An answer of the plugin about this host. What keeps it from answering is told once, and without a stack trace. */
  answered<T>(answer: Promise<T>): Promise<T> {
    return answer.catch((error: unknown) => {
      // nobody waits for the answer any more, and the reason for that is told
      if (wasCutOff(error)) return new Promise<never>(() => undefined);
      this.checkKeys();
      if (hasNoCredentials(error)) throw nothingGiven(this);
      this.refused ??= refusal(`host ${this.hostName} cannot be asked`, [withoutCaller(error)], this);
      throw this.refused;
    });
  }

  /** What the host is and has, as of the start of this run; asked once, and in preview too. */
  get facts(): Promise<HostFacts> {
    this.knownFacts ??= this.askFacts();
    return this.knownFacts;
  }

  private async askFacts(): Promise<HostFacts> {
    this.checkKeys();
    return this.answered(getHostFacts({ host: this.data }, { parent: this }));
  }

  private checkKeys(): void {
    for (const { credentials } of this.servers) checkKey(credentials, this);
  }

  /**
   * The connection argument of `@pulumi/command` resources.
   * @throws pulumi.ResourceError where `@pulumi/command` cannot log in with what lets the plugin in
   */
  get connection(): command.types.input.remote.ConnectionArgs {
    this.commandLogin ??= this.checkedLogin();
    return this.commandLogin;
  }

  private checkedLogin(): command.types.input.remote.ConnectionArgs {
    for (const { what, server, credentials } of this.servers) {
      checkKey(credentials, this);
      if (this.isLost) continue;
      const problem = commandProblem(credentials);
      if (problem !== undefined) throw this.cannotRunSteps(problem);
      const warning = hostKeyWarning(what, server);
      if (warning !== undefined) void pulumi.log.warn(warning, this);
    }
    const [own, proxy] = this.servers.map(({ server, credentials }) => commandEndpoint(server, credentials));
    return { ...own, proxy } as command.types.input.remote.ConnectionArgs;
  }

  /** What is logged in to, the host first. */
  private get servers(): { what: string; server: BastionData; credentials: Credentials }[] {
    const { name, bastion } = this.data;
    const own = { what: `host ${name}`, server: this.data, credentials: credentialsOf(name) };
    if (bastion === undefined) return [own];
    const credentials = credentialsOf(bastion.address, name);
    return [own, { what: `bastion of host ${name}`, server: bastion, credentials }];
  }

  private cannotRunSteps(problem: string): pulumi.ResourceError {
    this.refused ??= refusal(`steps cannot be run on host ${this.hostName}`, [problem], this);
    return this.refused;
  }
}

/** Whether a question was cut off as the engine ended the run: something else failed, or it was told to stop. */
export const wasCutOff = (error: unknown): boolean =>
  /client connection is closing|Resource monitor is terminating|context canceled|error reading from server: EOF/.test(
    (error as Error).message,
  );

/** Whether the plugin has nothing to log in with. */
const hasNoCredentials = (error: unknown): boolean =>
  (error as Error).message.includes("there are no credentials for it");

/** What the plugin said, without the engine's words about who asked whom. */
const withoutCaller = (error: unknown): string =>
  (error as Error).message.replace(/^.*?invocation of \S+ returned an error: /s, "");

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
