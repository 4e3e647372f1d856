import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Duplex, Readable, Writable } from "node:stream";

interface Answer {
  id?: number;
  error?: { message: string };
  result?: {
    sessionId?: string;
    targetId?: string;
    errorText?: string;
    /** A picture or document, in Base64. */
    data?: string;
    exceptionDetails?: { text: string; exception?: { description?: string } };
    result?: { value?: unknown };
  };
}

/** A headless Chromium with an empty profile that stays open, driven by its DevTools protocol over two pipes. */
export class BrowserSession {
  private readonly pending = new Map<number, (answer: Answer) => void>();
  private sent = 0;
  private page = "";
  private why?: string;

  private constructor(
    private readonly input: Writable,
    output: Readable,
    private readonly end: () => Promise<void>,
  ) {
    let rest = "";
    output.setEncoding("utf8").on("data", (chunk: string) => {
      const messages = `${rest}${chunk}`.split("\0");
      rest = messages.pop() ?? "";
      for (const message of messages) this.take(JSON.parse(message) as Answer);
    });
    // what was written to a browser that ended: `ended` says so
    input.on("error", () => undefined);
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
    const stdio = ["ignore", "ignore", "pipe", "pipe", "pipe"] as const;
    const browser = execa("chromium", options, { env: { HOME: home }, stdio, reject: false, timeout: 240_000 });
    const [, , , input, output] = browser.stdio as unknown as [null, null, null, Duplex, Duplex];
    const end = async (): Promise<void> => {
      browser.kill("SIGKILL");
      // Its other processes outlive the first one and write the profile: stderr, which all have, ends with the last of them.
      await browser;
      rmSync(home, { recursive: true });
    };
    const session = new BrowserSession(input, output, end);
    void browser.then(({ shortMessage = "", stderr }) => session.ended(`${shortMessage}\n${stderr.slice(-2_000)}`));
    try {
      const { targetId } = await session.send("Target.createTarget", { url: "about:blank" });
      session.page = (await session.send("Target.attachToTarget", { targetId, flatten: true })).sessionId ?? "";
      return session;
    } catch (error) {
      await end();
      throw error;
    }
  }

  /** Opens a page, and waits until an expression holds there. */
  async visit(url: string, until: string): Promise<void> {
    const { errorText } = await this.send("Page.navigate", { url }, this.page);
    if (errorText !== undefined) throw new Error(`${url}: ${errorText}`);
    await this.wait(until);
  }

  /** The value of an expression in the page, as JSON can tell it. @throws Error with what the expression threw. */
  async evaluate(expression: string): Promise<unknown> {
    const { value, thrown } = await this.outcome(expression);
    if (thrown !== undefined) throw new Error(`in the page: ${thrown}`);
    return value;
  }

  /** Waits until an expression holds in the page, 30 s at most; while the page loads it may throw. */
  async wait(expression: string): Promise<void> {
    const limit = Date.now() + 30_000;
    for (;;) {
      const { value, thrown } = await this.outcome(expression);
      if (value === true) return;
      if (Date.now() > limit) {
        const page = await this.evaluate("`${location.href}: ${document.body?.innerText}`");
        const last = thrown ?? JSON.stringify(value);
        throw new Error(`${expression} did not hold within 30 s, but was ${last}, on ${String(page)}`);
      }
      await pause(100);
    }
  }

  /** Shows pages on a screen of this size, as a phone does where it is narrow; in dark colours where that is wanted. */
  async screen(width: number, height: number, scheme: "light" | "dark" = "light"): Promise<void> {
    const size = { width, height, deviceScaleFactor: 2, mobile: width < 600 };
    await this.send("Emulation.setDeviceMetricsOverride", size, this.page);
    const features = [{ name: "prefers-color-scheme", value: scheme }];
    await this.send("Emulation.setEmulatedMedia", { features }, this.page);
  }

  /** The whole page as a picture (PNG). */
  async picture(): Promise<Buffer> {
    const { data = "" } = await this.send("Page.captureScreenshot", { captureBeyondViewport: true }, this.page);
    return Buffer.from(data, "base64");
  }

  /** The page as it is printed on A4 (PDF). */
  async print(): Promise<Buffer> {
    const paper = { paperWidth: 8.27, paperHeight: 11.69, printBackground: true };
    const { data = "" } = await this.send("Page.printToPDF", paper, this.page);
    return Buffer.from(data, "base64");
  }

  close(): Promise<void> {
    return this.end();
  }

  private async outcome(expression: string): Promise<{ value?: unknown; thrown?: string }> {
    const params = { expression, returnByValue: true };
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", params, this.page);
    if (exceptionDetails === undefined) return { value: result?.value };
    return { thrown: exceptionDetails.exception?.description ?? exceptionDetails.text };
  }

  /** No answer will come any more. */
  private ended(why: string): void {
    this.why = `Chromium ended: ${why}`;
    for (const answer of this.pending.values()) answer({ error: { message: this.why } });
    this.pending.clear();
  }

  private send(method: string, params: object, sessionId?: string): Promise<NonNullable<Answer["result"]>> {
    if (this.why !== undefined) return Promise.reject(new Error(`${method}: ${this.why}`));
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
