import { setTimeout as pause } from "node:timers/promises";

/** Asks all ODC nodes ten times a second, beside nginx, and notes when none of them served. */
export class NodeWatch {
  private readonly withoutAny: string[] = [];
  private stopped = false;
  private readonly done: Promise<void>;

  constructor(private readonly addresses: string[]) {
    this.done = this.watch();
  }

  private async watch(): Promise<void> {
    const started = performance.now();
    while (!this.stopped) {
      const serving = await Promise.all(this.addresses.map(serves));
      if (!serving.includes(true)) this.withoutAny.push(`${Math.round(performance.now() - started)} ms`);
      await pause(100);
    }
  }

  /** Ends the watch. @returns the moments without any serving node. */
  async stop(): Promise<{ withoutAny: string[] }> {
    this.stopped = true;
    await this.done;
    return { withoutAny: this.withoutAny };
  }
}

async function serves(address: string): Promise<boolean> {
  try {
    const answer = await fetch(`http://${address}:8989/api/v1/heartbeat/isHealthy`, {
      signal: AbortSignal.timeout(2_000),
    });
    return answer.ok;
  } catch {
    return false;
  }
}
