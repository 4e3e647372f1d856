import { setTimeout as delay } from "node:timers/promises";
import { HostError } from "./host-error";
import { describeTarget } from "./target";

/** A host that did not answer, or was not let through to, in all the time there was. */
export class NotReached extends HostError {
  /**
   * @param last what was found at the last attempt.
   * @param wayOut what to do where nothing helps; empty for what is only gone through.
   */
  constructor(
    readonly last: HostError,
    readonly seconds: number,
    readonly wayOut: string,
  ) {
    const fix = wayOut === "" ? last.fix : `${last.fix}, or ${wayOut}`;
    super(last.target, "unreachable", `not reached within ${seconds} s: ${last.problem}`, fix);
  }
}

/**
 * For how long those that are not reached wait for others, in milliseconds: until none was tried for `quiet`, as an engine brings its
 * resources about one after the other, but no longer than `most`, since what waits takes one of the few places that an engine has.
 */
export interface Patience {
  quiet: number;
  most: number;
}

const PATIENCE: Patience = { quiet: 1000, most: 10_000 };

/**
 * Gathers the hosts that are not reached at about the same time, so that one message names them all: a network that is down, a
 * rack without power, is not explained once for each resource of each host.
 */
export class RollCall {
  private readonly underWay = new Set<Promise<unknown>>();
  private untold = new Map<string, NotReached>();
  private readonly told = new Map<string, NotReached>();
  private hasTold = false;
  private readonly shortened = new Map<NotReached, HostError>();
  private tried = 0;
  private quiet?: Promise<void>;

  /** @param tell shows the message that names several hosts. */
  constructor(
    private readonly tell: (message: string) => void,
    private readonly patience = PATIENCE,
  ) {}

  /**
   * Reaches a host. That one is not reached is said a little later: when all that are tried meanwhile have ended too.
   * @param key tells one host from others.
   * @throws HostError: of several hosts that are not reached, each in short
   */
  async reach<T>(key: string, attempt: () => Promise<T>): Promise<T> {
    const reached = attempt();
    this.tried++;
    this.underWay.add(reached);
    try {
      const result = await reached;
      this.told.delete(key);
      return result;
    } catch (error) {
      if (!(error instanceof NotReached)) throw error;
      this.untold.set(key, error);
      await (this.quiet ??= this.settled().finally(() => (this.quiet = undefined)));
      this.tellAll();
      throw this.shortened.get(error) ?? error;
    } finally {
      this.underWay.delete(reached);
    }
  }

  /** Resolves when no host is tried any more, or patience has ended and those that were tried until then have. */
  private async settled(): Promise<void> {
    const end = Date.now() + this.patience.most;
    let before;
    do {
      before = this.tried;
      await Promise.allSettled(this.underWay);
      await delay(Math.min(this.patience.quiet, Math.max(0, end - Date.now())));
    } while (this.tried !== before && Date.now() < end);
    await Promise.allSettled(this.underWay);
  }

  /**
   * One host alone says it by its own error. Where there are more, an engine that asks for few at a time finds some later: each message
   * names those before, too, so the last one names all.
   */
  private tellAll(): void {
    const now = this.untold;
    if (now.size === 0) return;
    this.untold = new Map();
    const before = [...this.told.keys()].filter((key) => !now.has(key)).length;
    for (const [key, host] of now) this.told.set(key, host);
    if (now.size === 1 && !this.hasTold) return;
    this.hasTold = true;
    const hosts = [...this.told.values()];
    this.tell(rollCallMessage(hosts, before));
    for (const host of now.values()) this.shortened.set(host, inShort(host, hosts.length));
  }
}

/** @param before how many of the hosts earlier messages were about */
function rollCallMessage(hosts: readonly NotReached[], before: number): string {
  const byCause = new Map<string, string[]>();
  const inOrder = [...hosts].sort((a, b) => a.target.name.localeCompare(b.target.name, "en", { numeric: true }));
  for (const { target, last } of inOrder) {
    const text = `${last.problem}; ${last.fix}`;
    byCause.set(text, [...(byCause.get(text) ?? []), describeTarget(target)]);
  }
  const seconds = Math.max(...hosts.map((host) => host.seconds));
  const causes = [...byCause].map(([text, names]) => `- ${names.join(", ")}: ${text}`);
  const wayOut = hosts.find((host) => host.wayOut !== "")?.wayOut;
  return [
    `${hosts.length} hosts not reached within ${seconds} s${before === 0 ? "" : `, ${before} of them told of before`}:`,
    ...causes,
    ...(wayOut ? [`or ${wayOut}`] : []),
  ].join("\n");
}

const inShort = ({ target, last }: NotReached, hosts: number): HostError =>
  new HostError(
    target,
    "unreachable",
    `not reached: ${last.problem}`,
    `the message about ${hosts} hosts says what to do`,
  );
