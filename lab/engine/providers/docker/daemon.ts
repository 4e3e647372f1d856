import { Agent } from "node:http";
import { createConnection } from "node:net";
import { inspect } from "node:util";
import Docker, { type DockerOptions } from "dockerode";
import type { DockerHost } from "./config";
import { SshStream } from "./ssh-stream";

/** Enough for parallel work on one host, and well below what sshd takes from one client before it refuses (10). */
const CONNECTIONS = 3;

/** One Docker daemon over a few connections that are kept open. */
export class Daemon {
  private readonly agent: Agent;
  private readonly docker: Docker;
  private answered: Promise<unknown> | undefined;

  constructor(private readonly host: DockerHost) {
    this.agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    const { target } = host;
    this.agent.createConnection = () => {
      return "ssh" in target ? new SshStream(target.ssh) : createConnection(target.socketPath);
    };
    // the client writes out all that a request has for a trace that nobody reads, the connections too
    Object.assign(this.agent, { [inspect.custom]: () => `connections to ${host.url}` });
    this.docker = new Docker({ protocol: "http", host: "docker", port: 80, agent: this.agent } as DockerOptions);
  }

  /**
   * The client, once the daemon has answered a ping. The real provider does not ask before it needs the daemon either,
   * so a preview without refresh works while a host is down.
   */
  async client(): Promise<Docker> {
    this.answered ??= this.docker.ping();
    try {
      await this.answered;
    } catch (error) {
      this.answered = undefined;
      throw new Error(
        `Error pinging Docker server, please make sure that ${this.host.url} is reachable and has a '_ping' endpoint. ` +
          `Error: ${(error as Error).message}`,
        { cause: error },
      );
    }
    return this.docker;
  }

  /** Runs an operation that may take so many seconds; then its connections are cut. */
  async within<T>(seconds: number, what: string, operation: (docker: Docker) => Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`${what} on ${this.host.url} did not end within ${seconds} s`));
        this.close();
      }, seconds * 1000);
    });
    try {
      return await Promise.race([limit, this.client().then(operation)]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Cuts all connections. */
  close(): void {
    this.agent.destroy();
  }
}

/** The daemon's own words for a failed request, without what the client puts around them. */
export function daemonMessage(error: unknown): string {
  return (error as Error).message.replace(/^\(HTTP code \d+\) .*? - /, "").trim();
}

/** True when the daemon says that there is no such object. */
export function isNotFound(error: unknown): boolean {
  return (error as { statusCode?: number }).statusCode === 404;
}
