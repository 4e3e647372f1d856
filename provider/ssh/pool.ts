import type { Client } from "ssh2";
import { ExponentialBackoff, handleWhen, retry } from "cockatiel";
import { Connection } from "./connection";
import { Credentials, loginFor } from "./credentials";
import { dial } from "./dial";
import { HostError, LoginRefused } from "./host-error";
import { NotReached, RollCall } from "./roll-call";
import { bastionTarget, connectionKey, describeEndpoint, Target } from "./target";
import { Trace } from "./trace";

/** For how long a host that did not answer is not dialled again, in milliseconds: its other resources fail at once. */
const graveTime = 15_000;

/** SSH's reason for not opening a channel that the server's configuration forbids (RFC 4254, 5.1). */
const prohibited = 1;

export interface PoolOptions {
  /** Credentials by names of a host, the first that has some. */
  credentials: (names: readonly string[]) => Credentials;
  /** Limit for reaching a host, all attempts together, in milliseconds. */
  connectLimit: number;
  trace: Trace;
  /** Shows an error that concerns several hosts. */
  fail: (message: string) => void;
  /** Shows a warning that stays. */
  warn: (message: string) => void;
  /** Shows a message that passes. */
  status: (message: string) => void;
  /** Takes the last of them away. */
  settle: () => void;
}

/** One live connection per host, dialled when first needed and again when it broke. */
export class Pool {
  private readonly connections = new Map<string, Promise<Connection>>();
  /** Per server and credentials: what became of the first log-in, the refusal or nothing. */
  private readonly logins = new Map<string, Promise<LoginRefused | undefined>>();
  private readonly stopped = new AbortController();
  private readonly rollCall: RollCall;

  constructor(private readonly options: PoolOptions) {
    this.rollCall = new RollCall(options.fail);
  }

  /**
   * The connection to a target; whoever asks while it is being dialled gets the same one.
   * @throws HostError: refused at once, unreachable when the limit is over
   */
  async connect(target: Target): Promise<Connection> {
    const key = connectionKey(target);
    const known = this.connections.get(key);
    if (known !== undefined) {
      const connection = await known;
      if (connection.alive) {
        return connection;
      }
      if (this.connections.get(key) === known) {
        this.connections.delete(key);
      }
      return this.connect(target);
    }
    // nobody behind a bastion may wait for those that wait for the bastion
    const dialling = target.isBastion
      ? this.dialPatiently(target)
      : this.rollCall.reach(key, () => this.dialPatiently(target));
    this.connections.set(key, dialling);
    dialling.catch(() => {
      setTimeout(() => this.connections.delete(key), graveTime).unref();
    });
    return dialling;
  }

  /** Ends all connections and every attempt to make one. */
  close(): void {
    this.stopped.abort();
    for (const dialling of this.connections.values()) {
      dialling.then(
        (connection) => connection.end(),
        () => undefined,
      );
    }
  }

  private async dialPatiently(target: Target): Promise<Connection> {
    const { connectLimit, status, settle } = this.options;
    const started = Date.now();
    const left = () => started + connectLimit - Date.now();
    const again = (error: Error) =>
      error instanceof HostError && error.trouble === "unreachable" && left() > 0 && !this.stopped.signal.aborted;
    const policy = retry(handleWhen(again), {
      maxAttempts: Number.MAX_SAFE_INTEGER,
      backoff: new ExponentialBackoff({ initialDelay: 250, maxDelay: 5_000 }),
    });
    policy.onRetry(({ attempt, ...failure }) => {
      if ("error" in failure && failure.error instanceof HostError) {
        status(`${target.name}: ${failure.error.problem}; attempt ${attempt + 1}, ${Math.ceil(left() / 1000)} s left`);
      }
    });
    let seen: unknown;
    const attempt = async (): Promise<Connection> => {
      const limit = Math.min(attemptLimit, Math.max(1_000, left()));
      const end = Date.now() + limit;
      try {
        return await this.dialOnce(target, limit);
      } catch (error) {
        // what the end of the time cut short says less than what was found before
        const isCutShort = limit < attemptLimit && Date.now() > end - 50;
        if (seen === undefined || !isCutShort) seen = error;
        throw error;
      }
    };
    try {
      return await policy.execute(attempt);
    } catch {
      throw gaveUp(target, seen, Math.round((Date.now() - started) / 1000));
    } finally {
      settle();
    }
  }

  private async dialOnce(target: Target, limit: number): Promise<Connection> {
    const { credentials, trace, warn } = this.options;
    const login = loginFor(target, credentials(target.credentialNames ?? [target.name]));
    const through = target.bastion && (await this.throughBastion(target, target.bastion));
    const started = performance.now();
    const keepAlive = this.options.connectLimit / 2;
    const client = await this.loggedIn(target, login.identity, () =>
      dial(target, { login, limit, keepAlive, through, warn }),
    );
    trace({ event: "connect", host: target.name, ms: performance.now() - started });
    return new Connection(client, target, trace);
  }

  /**
   * Logs in, but not where the same credentials were refused by the same server before: servers count that, and many hosts may
   * be behind one bastion. Nobody follows before it is known how the first log-in ends.
   */
  private async loggedIn(target: Target, identity: string, dialled: () => Promise<Client>): Promise<Client> {
    const key = JSON.stringify([target.address, target.port, identity]);
    const first = this.logins.get(key);
    const refused = await first;
    if (refused !== undefined) {
      throw new LoginRefused(target, refused.problem, refused.fix);
    }
    if (this.logins.get(key) !== first) {
      return this.loggedIn(target, identity, dialled);
    }
    const client = dialled();
    const outcome = client.then(
      () => undefined,
      (error: unknown) => {
        const refusal = error instanceof LoginRefused ? error : undefined;
        if (refusal === undefined && this.logins.get(key) === outcome) {
          this.logins.delete(key);
        } else if (refusal !== undefined) {
          this.logins.set(key, Promise.resolve(refusal));
        }
        return refusal;
      },
    );
    if (first === undefined) {
      this.logins.set(key, outcome);
    }
    return client;
  }

  private async throughBastion(target: Target, bastion: NonNullable<Target["bastion"]>) {
    const via = `its bastion ${describeEndpoint(bastion)}`;
    try {
      const connection = await this.connect(bastionTarget(target, bastion));
      return await connection.open(target.address, target.port);
    } catch (error) {
      if (error instanceof HostError) {
        throw new HostError(target, error.trouble, `${via}: ${error.problem}`, error.fix);
      }
      if (error instanceof Error && "reason" in error && error.reason === prohibited) {
        const fix =
          "allow it there: AllowTcpForwarding, PermitOpen and DisableForwarding in sshd_config, restrict in authorized_keys";
        throw new HostError(target, "refused", `${via} forbids forwarding to it`, fix);
      }
      const message = error instanceof Error ? error.message : String(error);
      const fix = `check the host's address as seen from the bastion, and AllowTcpForwarding there, or ${wayOut}`;
      throw new HostError(target, "unreachable", `${via} cannot reach it (${message})`, fix);
    }
  }
}

/** How long one attempt may take, in milliseconds. */
const attemptLimit = 15_000;

/** The way out for the host itself; a bastion that does not answer says nothing of the hosts behind it. */
const wayOut = "set lost: true when the host is gone for good";

function gaveUp(target: Target, error: unknown, seconds: number): unknown {
  if (!(error instanceof HostError) || error.trouble !== "unreachable") return error;
  const isDirect = target.bastion === undefined && target.isBastion !== true;
  return new NotReached(error, seconds, isDirect ? wayOut : "");
}
