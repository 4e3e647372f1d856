import { Agent } from "node:http";
import { createConnection } from "node:net";
import { messageOf } from "../../errors";
import type { Values } from "../../provider";
import { call, ConnectionLost } from "./api";
import type { DockerHost } from "./config";
import { SshStream } from "./ssh-stream";

/** Enough for parallel work on one host, and well below what sshd takes from one client before it refuses (10). */
const CONNECTIONS = 3;

/** One Docker daemon over a few connections that are kept open. */
export class Daemon {
  private readonly agent: Agent;
  private answered: Promise<unknown> | undefined;
  /** How often all connections were cut. */
  private cuts = 0;

  constructor(private readonly host: DockerHost) {
    this.agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    const { target } = host;
    this.agent.createConnection = () => {
      return "ssh" in target ? new SshStream(target.ssh) : createConnection(target.socketPath);
    };
  }

  /**
   * A call of the API. As Go's client does, it asks a question again on another connection when one that was idle before turns
   * out to be dead: the host may have been out of reach meanwhile.
   * @returns the answer's text
   * @throws Refused when the daemon says no
   */
  async call(method: string, path: string, body?: Values): Promise<string> {
    const { cuts } = this;
    try {
      return await call(this.agent, method, path, body);
    } catch (error) {
      if (!(error instanceof ConnectionLost && error.wasUsed)) throw error;
      if (method === "GET" && this.cuts === cuts) return this.call(method, path);
      // whoever cut the connection does not always say which
      throw new Error(`lost the connection to ${this.host.url}: ${error.message}`, { cause: error });
    }
  }

  /** What the daemon says of an object. @throws Refused when there is none */
  async inspect(path: string): Promise<Values> {
    return JSON.parse(await this.call("GET", path)) as Values;
  }

  /**
   * Pings the daemon, once. The real provider does not before it needs it either, so a preview without refresh works while a
   * host is down.
   * @throws Error in the real provider's words when there is no answer
   */
  async reach(): Promise<void> {
    this.answered ??= this.call("GET", "/_ping");
    try {
      await this.answered;
    } catch (error) {
      this.answered = undefined;
      throw new Error(
        `Error pinging Docker server, please make sure that ${this.host.url} is reachable and has a '_ping' endpoint. ` +
          `Error: ${messageOf(error)}`,
        { cause: error },
      );
    }
  }

  /** Reaches the daemon and runs an operation, which together may take so many seconds; then its connections are cut. */
  async within<T>(seconds: number, what: string, operation: () => Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`${what} on ${this.host.url} did not end within ${seconds} s`));
        this.close();
      }, seconds * 1000);
    });
    try {
      return await Promise.race([limit, this.reach().then(operation)]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Cuts all connections. */
  close(): void {
    this.cuts += 1;
    this.agent.destroy();
  }
}
