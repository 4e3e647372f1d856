import { blot } from "./blot";
import { Config, credentialsFor, secretsOf } from "./config";
import type { EngineLog } from "./engine-log";
import type { Context } from "./kinds/kind";
import { LeftBehind } from "./left-behind";
import { Pool } from "./ssh/pool";
import { Remote } from "./ssh/remote";
import type { Target } from "./ssh/target";
import type { Trace } from "./ssh/trace";

/** How long short steps may still take after Pulumi was told to stop, in milliseconds. */
const graceTime = 10_000;

/** Where a session tells what it meets, beside which resource. */
export type SessionLog = Pick<EngineLog, "status" | "fail" | "warn" | "note" | "settle" | "delivered">;

/** What lasts as long as the process: configuration, connections, the log, and whether to stop. */
export class Session {
  /** Calls of the engine that are not answered yet. */
  callsUnderWay = 0;
  private config: Config = { credentials: {}, connectTimeout: 20 };
  private pool: Pool | undefined;
  private readonly soon = new AbortController();
  private readonly now = new AbortController();
  private readonly held = new Map<string, Promise<unknown>>();
  private readonly leftBehind: LeftBehind;

  constructor(
    readonly log: SessionLog,
    private readonly trace: Trace,
  ) {
    this.leftBehind = new LeftBehind(log);
  }

  /** Takes a configuration; connections made with an earlier one are not used any more. */
  configure(config: Config): void {
    this.pool?.close();
    this.pool = undefined;
    this.config = config;
  }

  /** Ends all connections; nothing is asked any more. */
  close(): void {
    this.pool?.close();
  }

  /** Secret texts of the configuration. */
  get secrets(): string[] {
    return secretsOf(this.config);
  }

  /**
   * File with the hosts, for imports. DBHA_INVENTORY wins: for an import the CLI takes the provider's configuration from the
   * state, so that a setting counts only after the next `up`.
   */
  get inventory(): string | undefined {
    const named = process.env.DBHA_INVENTORY ?? "";
    return named === "" ? this.config.inventory : named;
  }

  /** Whether Pulumi was told to stop, or is done. */
  get cancelled(): boolean {
    return this.soon.signal.aborted;
  }

  /** Ends waits and transfers at once, begins nothing new, and gives short steps a little time to finish. */
  cancel(): void {
    const reason = "Pulumi was told to stop";
    this.soon.abort(reason);
    setTimeout(() => this.now.abort(reason), graceTime).unref();
  }

  /**
   * What a kind works with.
   * @param timeout limit for the whole operation in seconds, from the resource's customTimeouts; 0 is none
   */
  context(urn: string, timeout: number): Context {
    const over = timeout > 0 ? [abortAfter(timeout)] : [];
    const cancellation = {
      soon: AbortSignal.any([this.soon.signal, ...over]),
      now: AbortSignal.any([this.now.signal, ...over]),
    };
    return {
      urn,
      remote: (target: Target) => {
        if (target.lost) {
          throw new Error(
            `host ${target.name} is marked as lost: nothing there is asked or changed; fix: leave it out, or remove lost when it is back`,
          );
        }
        return new Remote(target, this.connections(), cancellation);
      },
      status: (message) => this.log.status(urn, blot(message, this.secrets)),
      note: (message) => this.log.note(urn, blot(message, this.secrets)),
      warn: (message) => this.log.warn(urn, blot(message, this.secrets)),
      leave: (target, thing) => this.leftBehind.tell(target, thing),
      cancelled: cancellation.soon,
      exclusively: (key, action) => this.exclusively(key, action),
    };
  }

  private connections(): Pool {
    this.pool ??= new Pool({
      credentials: (names) => credentialsFor(this.config, names),
      connectLimit: this.config.connectTimeout * 1000,
      trace: this.trace,
      fail: (message) => this.log.fail("", blot(message, this.secrets)),
      warn: (message) => this.log.warn("", blot(message, this.secrets)),
      status: (message) => this.log.status("", blot(message, this.secrets)),
      settle: () => this.log.settle(""),
    });
    return this.pool;
  }

  private async exclusively<T>(key: string, action: () => Promise<T>): Promise<T> {
    const before = this.held.get(key) ?? Promise.resolve();
    const mine = before.then(action, action);
    this.held.set(key, mine);
    return mine;
  }
}

function abortAfter(seconds: number): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(`customTimeouts gives it ${seconds} s`), seconds * 1000).unref();
  return controller.signal;
}
