import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** A page as a headless Chromium shows it. */
export interface BrowserView {
  /** Its DOM after scripts ran; empty when the browser refused the certificate. */
  dom: string;
  /** What the browser logged, such as why it refused. */
  log: string;
  /** Path of the picture. */
  screenshot: string;
}

/**
 * Opens a page in Debian's Chromium with an empty profile.
 * @param hostAddress where the page's host name leads, past DNS.
 * @param trusted a certificate in PEM that this browser's user has imported as an authority.
 * @param picture name of the screenshot below test-output.
 */
export async function browse(
  url: string,
  hostAddress: string,
  trusted: string | undefined,
  picture: string,
): Promise<BrowserView> {
  const { execa } = await import("execa");
  const home = mkdtempSync(join(tmpdir(), "dbha-browser-"));
  mkdirSync("test-output", { recursive: true });
  const screenshot = resolve("test-output", picture);
  try {
    const database = `sql:${join(home, ".pki/nssdb")}`;
    mkdirSync(join(home, ".pki/nssdb"), { recursive: true });
    await execa("certutil", ["-d", database, "-N", "--empty-password"]);
    if (trusted !== undefined) {
      writeFileSync(join(home, "trusted.pem"), trusted);
      await execa("certutil", ["-d", database, "-A", "-t", "C,,", "-n", "trusted", "-i", join(home, "trusted.pem")]);
    }
    const options = [
      "--headless=new",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      `--user-data-dir=${join(home, "profile")}`,
      `--host-resolver-rules=MAP ${new URL(url).hostname} ${hostAddress}`,
      "--window-size=1000,700",
      "--enable-logging=stderr",
    ];
    const settings = { env: { HOME: home }, timeout: 120_000 };
    await execa("chromium", [...options, `--screenshot=${screenshot}`, url], settings);
    const { stdout, stderr } = await execa("chromium", [...options, "--dump-dom", url], settings);
    return { dom: stdout, log: stderr, screenshot };
  } finally {
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
