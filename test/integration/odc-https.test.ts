import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HostName } from "../../lab/src/lab";
import { browse } from "./browser";
import { engines } from "./engines";
import { emptyMetaDb, eventually, labHosts, on, snapshot } from "./hosts";
import { devConfig, type Config, type OdcSection } from "./odc-config";
import { pythonPrograms } from "../python-programs";
import { RequestLoop } from "./request-loop";
import { TestStack } from "./stack";

const names: HostName[] = ["p1", "p2", "p3"];
const domain = "odc.example.com";
const virtualAddress = (): string => labHosts().p1.address.replace(/\d+$/, "100");

/** Two ODC nodes, two nginx behind a virtual IP, HTTPS by an authority of the deployment's own. */
function config(change: (odc: OdcSection, https: Record<string, unknown>) => void = () => undefined): Config {
  return devConfig((odc) => {
    const https: Record<string, unknown> = { privateCa: { subject: { company: "Example" } } };
    Object.assign(odc.proxy, {
      hosts: ["p2", "p3"],
      domain,
      virtualIp: { address: `${virtualAddress()}/24` },
      https,
    });
    change(odc, https);
  });
}

for (const engine of engines())
  describe(`ODC over HTTPS behind a virtual IP, with the ${engine.name}`, function () {
    this.timeout(600_000);
    let stack: TestStack;
    let untouched: string[][];
    let folder: string;
    let trust: string;
    const snapshots = (): Promise<string[][]> => Promise.all(names.map(snapshot));

    /** curl with the authority trusted, the domain resolved to the virtual IP, or to a host. */
    async function curl(url: string, ...options: string[]): Promise<string> {
      const { execa } = await import("execa");
      const resolve = ["80", "443"].flatMap((port) => ["--resolve", `${domain}:${port}:${virtualAddress()}`]);
      const args = ["-sS", "-m", "10", "--cacert", join(folder, "trust.pem"), ...resolve, ...options, url];
      return (await execa("curl", args)).stdout;
    }

    async function outputs(): Promise<{
      url: string;
      proxies: { host: string; health: string; active: boolean; endpoint: string }[];
      certificate: { trust: string; expires: string };
    }> {
      return (await stack.outputs()).odc as Awaited<ReturnType<typeof outputs>>;
    }

    before(async () => {
      await emptyMetaDb();
      folder = mkdtempSync(join(tmpdir(), "dbha-https-"));
      untouched = await snapshots();
      stack = new TestStack(engine);
      await stack.init(config());
    });

    after(() => {
      stack.remove();
      rmSync(folder, { recursive: true });
    });

    it("refuses in preview what the hosts do not allow, all at once, and changes nothing", async () => {
      await on("p3", "systemd-run --unit dbha-stranger --collect nc -lk 443");
      try {
        await eventually("the stranger listens", 10, () => on("p3", "ss -Hltn sport = :443"), Boolean);
        stack.configure(
          config((odc) => {
            odc.memory = 1_000_000;
          }),
        );
        const { code, text } = await stack.run("preview");
        assert.notEqual(code, 0);
        const has = /host p1: has (\d+) MiB of memory/.exec(text)?.[1] ?? "";
        for (const line of [
          "OdcHaDeployment odc: its hosts are not ready (3 problems); nothing was changed:",
          `  - host p1: has ${has} MiB of memory, and a node may use 1000000; fix: lower memory, or take a larger host`,
          `  - host p2: has ${has} MiB of memory, and a node may use 1000000; fix: lower memory, or take a larger host`,
          "  - host p3: port 443 is taken by nc; fix: stop that, or change proxy.port",
        ])
          assert.ok(text.includes(line), `${line}\nis not in\n${text}`);
        assert.doesNotMatch(text, /^\s+at /m, "no stack trace");
      } finally {
        await on("p3", "systemctl stop dbha-stranger");
      }
      assert.deepEqual(await snapshots(), untouched);
      stack.configure(config());
    });

    it("comes up, and tells address, certificate and which nginx has the users", async () => {
      await stack.up();
      const { url, proxies, certificate } = await outputs();
      assert.equal(url, `https://${domain}/`);
      assert.deepEqual(
        proxies.map(({ host, health, active, endpoint }) => [host, health, active, endpoint]),
        [
          ["p2", "healthy", true, `${labHosts().p2.address}:443`],
          ["p3", "healthy", false, `${labHosts().p3.address}:443`],
        ],
      );
      trust = certificate.trust;
      writeFileSync(join(folder, "trust.pem"), trust);
      const days = (Date.parse(certificate.expires) - Date.now()) / 86_400_000;
      assert.ok(days > 396 && days <= 397, `${days} days`);
      assert.ok(new X509Certificate(trust).ca);
    });

    it("serves a client that trusts the authority by domain and by address, and sends HTTP there", async () => {
      const answer = JSON.parse(await curl(`https://${domain}/api/v2/info`)) as { data: { version: string } };
      assert.equal(answer.data.version, "4.3.1");
      for (const address of [virtualAddress(), labHosts().p2.address, labHosts().p3.address])
        assert.match(await curl(`https://${address}/api/v1/heartbeat/isHealthy`), /"data": ?true/);
      const moved = await curl(`http://${domain}/login?a=b`, "-o", "/dev/null", "-w", "%{http_code} %{redirect_url}");
      assert.equal(moved, `301 https://${domain}/login?a=b`);
      const headers = await curl(`https://${domain}/login`, "-D", "-", "-o", "/dev/null");
      assert.match(headers, /^HTTP\/2 200/);
      assert.match(headers, /^strict-transport-security: max-age=63072000\r?$/im);
      assert.match(headers, /^server: nginx\r?$/im, "without a version");
      await assert.rejects(curl(`https://${domain}/`, "--tls-max", "1.1"), /SSL|TLS|alert|protocol/i);
    });

    it("shows its log-in form to a browser that trusts the authority, and to no other", async () => {
      const strange = await browse(`https://${domain}/`, virtualAddress(), undefined, "odc-https-untrusted.png");
      assert.equal(strange.dom, "");
      assert.match(strange.log, /net_error -202\b/, "ERR_CERT_AUTHORITY_INVALID");
      const { dom, log, screenshot } = await browse(`https://${domain}/`, virtualAddress(), trust, "odc-https.png");
      assert.doesNotMatch(log, /net_error/);
      assert.match(dom, /<input[^>]*type="password"/);
      assert.ok(existsSync(screenshot) && statSync(screenshot).size > 5_000, "a picture was kept");
    });

    it("has a configuration in which gixy finds nothing", async () => {
      const file = join(folder, "nginx.conf");
      writeFileSync(file, await on("p2", "cat /etc/dbha/odc-nginx/nginx.conf"));
      const { execa } = await import("execa");
      const { stdout } = await execa(join(await pythonPrograms(["gixy-ng==0.2.59"]), "gixy"), ["-f", "json", file]);
      assert.deepEqual(JSON.parse(stdout), []);
    });

    it("passes a scan of its TLS with nothing of medium severity or worse but the unknown authority", async () => {
      const { execa } = await import("execa");
      const report = join(folder, "testssl.json");
      const options = [
        "--quiet",
        "--color",
        "0",
        "--fast",
        "--warnings",
        "batch",
        "--openssl-timeout",
        "5",
        "--connect-timeout",
        "5",
      ];
      await execa("testssl", [...options, "--jsonfile", report, `--ip=${virtualAddress()}`, `https://${domain}/`], {
        reject: false,
        timeout: 300_000,
      });
      const findings = JSON.parse(readFileSync(report, "utf8")) as { id: string; severity: string; finding: string }[];
      assert.ok(findings.length > 50, `only ${findings.length} findings`);
      const bad = findings.filter(({ severity }) => /MEDIUM|HIGH|CRITICAL|FATAL/.test(severity));
      const expected = ["cert_chain_of_trust", "cert_crlDistributionPoints", "cert_revocation", "overall_grade"];
      assert.deepEqual(
        bad
          .filter(({ id }) => !expected.some((known) => id.startsWith(known)))
          .map(({ id, finding }) => `${id}: ${finding}`),
        [],
      );
    });

    it("renews the certificate without a failed request, and nothing is to be trusted anew", async () => {
      stack.configure(
        config((_, https) => {
          https.privateCa = { subject: { company: "Example" }, days: 90 };
        }),
      );
      const loop = new RequestLoop(`https://${virtualAddress()}/api/v1/heartbeat/isHealthy`);
      const text = await stack.up();
      const { failures, certificates, sent } = await loop.stop();
      assert.deepEqual(failures, []);
      assert.ok(sent > 20);
      assert.equal(certificates.length, 2, text);
      assert.match(await curl(`https://${domain}/api/v1/heartbeat/isHealthy`), /true/);
      assert.equal((await outputs()).certificate.trust, trust);
    });

    it("changes nothing when nothing changed", async () => {
      await stack.up("--refresh", "--expect-no-changes");
    });

    it("leaves the hosts as they were", async () => {
      await stack.destroy();
      const kept = ["/var/log/odc", "/var/data", "/var/backups/odc"];
      for (const [i, lines] of (await snapshots()).entries()) {
        const left = lines.filter((line) => !untouched[i]?.includes(line));
        assert.deepEqual(
          left.filter((line) => !kept.some((path) => line.includes(path)) && !line.startsWith("log ")),
          [],
        );
      }
      await Promise.all(["p1" as const, "p2" as const].map((name) => on(name, `rm -rf ${kept.join(" ")}`)));
    });
  });
