import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Duplex, Readable, Writable } from "node:stream";

interface Answer {
  id?: number;
  error?: { message: string };
  result?: { sessionId?: string; targetId?: string; result?: { value?: unknown } };
}

/** A headless Chromium with an empty profile that stays open, driven by its DevTools protocol over two pipes. */
export class BrowserSession {
  private readonly pending = new Map<number, (answer: Answer) => void>();
  private sent = 0;
  private page = "";

  private constructor(
    private readonly input: Writable,
    output: Readable,
    private readonly end: () => Promise<void>,
  ) {
    let rest = "";
    output.on("data", (chunk: Buffer) => {
      const messages = `${rest}${chunk.toString("utf8")}`.split("\0");
      rest = messages.pop() ?? "";
      for (const message of messages) this.take(JSON.parse(message) as Answer);
    });
  }

  /** @param hostAddress where every host name leads, past DNS. */
  static async open(hostAddress: string): Promise<BrowserSession> {
    const { execa } = await import("execa");
    const home = mkdtempSync(join(tmpdir(), "dbha-browser-"));
    const options = [
      ...["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe"],
      `--user-data-dir=${join(home, "profile")}`,
      `--host-resolver-rules=MAP * ${hostAddress}`,
      // HTTP is meant: nobody answers on 443
      "--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable",
    ];
    const stdio = ["ignore", "ignore", "ignore", "pipe", "pipe"] as const;
    const browser = execa("chromium", options, { env: { HOME: home }, stdio, reject: false, timeout: 240_000 });
    const [, , , input, output] = browser.stdio as unknown as [null, null, null, Duplex, Duplex];
    const end = async (): Promise<void> => {
      browser.kill("SIGKILL");
      await browser;
      rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    };
    const session = new BrowserSession(input, output, end);
    const { targetId } = await session.send("Target.createTarget", { url: "about:blank" });
    session.page = (await session.send("Target.attachToTarget", { targetId, flatten: true })).sessionId ?? "";
    return session;
  }

  /** Opens a page, and waits until an expression holds there. */
  async visit(url: string, until: string): Promise<void> {
    await this.send("Page.navigate", { url }, this.page);
    await this.wait(until);
  }

  /** The value of an expression in the page, as JSON can tell it. */
  async evaluate(expression: string): Promise<unknown> {
    return (await this.send("Runtime.evaluate", { expression, returnByValue: true }, this.page)).result?.value;
  }

  /** Waits until an expression holds in the page, 30 s at most. */
  async wait(expression: string): Promise<void> {
    const limit = Date.now() + 30_000;
    while ((await this.evaluate(expression)) !== true) {
      if (Date.now() > limit) {
        const text = await this.evaluate("`${location.href}: ${document.body?.innerText}`");
        throw new Error(`${expression} did not hold within 30 s on ${String(text)}`);
      }
      await pause(100);
    }
  }

  close(): Promise<void> {
    return this.end();
  }

  private send(method: string, params: object, sessionId?: string): Promise<NonNullable<Answer["result"]>> {
    const id = ++this.sent;
    return new Promise((resolve, reject) => {
      this.pending.set(id, ({ error, result = {} }) =>
        error ? reject(new Error(`${method}: ${error.message}`)) : resolve(result),
      );
      this.input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  private take(answer: Answer): void {
    if (answer.id === undefined) return;
    this.pending.get(answer.id)?.(answer);
    this.pending.delete(answer.id);
  }
}
