import { once } from "node:events";
import { get as getHttp, type IncomingMessage } from "node:http";
import { get as getHttps } from "node:https";
import { availableParallelism, loadavg } from "node:os";
import { TLSSocket } from "node:tls";

/** What a client saw of a server. */
export interface Seen {
  /** Requests that ended, well or not. */
  sent: number;
  /** Why requests failed, each with milliseconds since the start. */
  failures: string[];
  /** Different answers, in order of appearance. */
  answers: string[];
  /** Fingerprints of the certificates shown, in order of appearance. */
  certificates: string[];
  /** The longest time without an answer that was wanted, in milliseconds. */
  outage: number;
}

/**
 * How long something may take here that takes at most so long on hosts with processors of their own: the lab's hosts share those of this
 * machine with whatever else runs on it. Three times as long at most, however busy it is.
 * @param milliseconds what is promised; where at most two wait for each processor that is the limit here, too.
 */
export function limitHere(milliseconds: number): number {
  const waiting = loadavg()[0] ?? 0;
  return milliseconds * Math.min(3, Math.max(1, waiting / availableParallelism() / 2));
}

/** One request every 50 ms, each over a connection of its own and whatever became of those before it, for two minutes at most. */
export class RequestLoop {
  private readonly started = performance.now();
  private readonly answered: number[] = [this.started];
  private readonly pending = new Set<Promise<void>>();
  private readonly seen: Seen = { sent: 0, failures: [], answers: [], certificates: [], outage: 0 };
  private readonly timer: NodeJS.Timeout;

  /**
   * @param limit milliseconds after which a request counts as failed.
   * @param wanted answers without which it is an outage; all when left out.
   */
  constructor(
    private readonly url: string,
    private readonly limit = 5_000,
    private readonly wanted = /^/,
  ) {
    this.timer = setInterval(() => this.send(), 50);
    this.timer.unref();
  }

  private send(): void {
    if (performance.now() - this.started > 120_000) {
      clearInterval(this.timer);
      return;
    }
    const request = this.request();
    this.pending.add(request);
    void request.finally(() => this.pending.delete(request));
  }

  private async request(): Promise<void> {
    const get = this.url.startsWith("https:") ? getHttps : getHttp;
    const signal = AbortSignal.timeout(this.limit);
    try {
      const request = get(this.url, { agent: false, rejectUnauthorized: false, signal });
      const [response] = (await once(request, "response", { signal })) as [IncomingMessage];
      const certificate =
        response.socket instanceof TLSSocket ? response.socket.getPeerCertificate().fingerprint256 : undefined;
      const answer = `${response.statusCode} ${(await response.setEncoding("utf8").toArray()).join("").trim()}`;
      if (this.wanted.test(answer)) this.answered.push(performance.now());
      if (!this.seen.answers.includes(answer)) this.seen.answers.push(answer);
      if (certificate && !this.seen.certificates.includes(certificate)) this.seen.certificates.push(certificate);
    } catch (error) {
      this.seen.failures.push(`${Math.round(performance.now() - this.started)} ms: ${(error as Error).message}`);
    }
    this.seen.sent += 1;
  }

  /** Whether this answer, or one of which it is a part, has been seen. */
  has(answer: string): boolean {
    return this.seen.answers.some((one) => one.includes(answer));
  }

  /** How many requests have ended. */
  get sent(): number {
    return this.seen.sent;
  }

  /** Ends the loop. @returns all that it saw, the requests under way included. */
  async stop(): Promise<Seen> {
    clearInterval(this.timer);
    await Promise.all(this.pending);
    this.answered.sort((a, b) => a - b);
    const gaps = this.answered.map((at, i) => at - (this.answered[i - 1] ?? at));
    return { ...this.seen, outage: Math.round(Math.max(...gaps)) };
  }
}
