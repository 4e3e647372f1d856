import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { judge } from "../../../../cli/status/judge/judge";
import type { Status } from "../../../../cli/status/status";
import { renderPrometheus } from "../../../../cli/status/render/prometheus";
import { shownServed } from "../../../../cli/status/render/words";
import { deployed, looked, named, overHttps, PEM, type Otherwise, type RecordedResource } from "./deployed";
import { parsePrometheus } from "./prometheus-text";
import { FORMER } from "./scenarios";

const { fingerprint256: FINGERPRINT } = new X509Certificate(PEM);
const [CONSOLE, WEB] = ["oms-console-p1", "odc-proxy-probe-p3"];

/** ODC's nginx over HTTPS with a certificate that somebody gave, its key behind it as in the file. */
function provided(resources: RecordedResource[]): void {
  named(resources, WEB).inputs.http = { scheme: "https", port: 443 };
  named(resources, "odc-proxy-files-p3").outputs.files = {
    "/etc/dbha/odc-nginx/cert.pem": { content: `${PEM}-----BEGIN PRIVATE KEY-----\nMIG=\n-----END PRIVATE KEY-----\n` },
    "/etc/dbha/odc-nginx/nginx.conf": { content: "user nginx;\n" },
  };
}

const statusOf = (change: (resources: RecordedResource[]) => void, otherwise: Otherwise = {}): Status => {
  const model = deployed(change);
  return judge(model, looked(model, otherwise));
};
const told = ({ findings }: Status): string[] => findings.map(({ level, problem }) => `${level}: ${problem}`);
const servedOf = ({ deployments }: Status, name: string) => deployments.find((one) => one.name === name)?.served ?? [];
const OF_CONSOLE = "warning: the certificate oms-console ends in 9 days, on 2026-12-10";

describe("Certificates as servers show them", () => {
  it("are looked at where a component has a certificate and an HTTPS probe, by the file that lies there", () => {
    const { deployments } = deployed((resources) => {
      overHttps(resources);
      provided(resources);
    });
    const shown = { fingerprint: FINGERPRINT, end: "2026-12-10T08:00:00.000Z" };
    assert.deepEqual(
      deployments.flatMap(({ servers }) => servers).map(({ urn, ...one }) => ({ ...one, probe: urn.split("::")[3] })),
      [
        {
          ...{ part: "nginx", host: "p3", address: "127.0.0.1", port: 443, endpoint: "10.0.0.13:443" },
          // by its fingerprint it is the one of OMS
          ...{ deployed: shown, certificate: "oms-console", isAsFound: false, probe: WEB },
          reload: "docker exec odc-nginx nginx -s reload -c /etc/nginx/dbha/nginx.conf",
        },
        ...["p1", "p2"].map((host, i) => ({
          ...{ part: "node", host, address: "127.0.0.1", port: 8089, endpoint: `10.0.0.1${i + 1}:8089` },
          ...{ deployed: shown, certificate: "oms-console", isAsFound: false, probe: `oms-console-${host}` },
          reload: `docker exec 'oms-oms_427-${host}' supervisorctl signal HUP nginx`,
        })),
      ],
    );
    assert.deepEqual(
      deployed().deployments.flatMap(({ servers }) => servers),
      [],
      "none without HTTPS",
    );
  });

  it("are the deployed ones: their end is told once, by their name", () => {
    const status = statusOf(overHttps);
    assert.deepEqual(told(status), [OF_CONSOLE]);
    const served = servedOf(status, "oms");
    assert.deepEqual(
      served.map(({ host, shows, daysLeft, fingerprint }) => [host, shows, daysLeft, fingerprint]),
      ["p1", "p2"].map((host) => [host, "deployed", 9, FINGERPRINT]),
    );
    assert.equal(shownServed(served), "the deployed one: node on p1, node on p2");
  });

  it("are told of at their server where the stack has no name for them", () => {
    assert.deepEqual(told(statusOf(provided)), [
      "warning: the certificate of odc nginx on p3 (10.0.0.13:443) ends in 9 days, on 2026-12-10",
    ]);
  });

  it("are other ones: both ends, both fingerprints, and what to run", () => {
    const wanted = `the deployed one (ends on 2026-12-10, SHA-256 ${FINGERPRINT.slice(0, 23)}:…)`;
    const server = "oms node on p1 (10.0.0.11:8089) shows another certificate";
    const fix = "fix: run on p1: docker exec 'oms-oms_427-p1' supervisorctl signal HUP nginx";
    const status = statusOf(overHttps, { certificates: { [CONSOLE]: FORMER } });
    const short = "SHA-256 00:01:02:03:04:05:06:07:…";
    assert.deepEqual(told(status), [
      OF_CONSOLE,
      `warning: ${server} (ends on 2026-12-02, ${short}) than ${wanted}; ${fix}`,
    ]);
    assert.equal(status.deployments.find(({ name }) => name === "oms")?.level, "warning");
    const [served] = servedOf(status, "oms");
    assert.deepEqual(served, {
      ...{ part: "node", host: "p1", endpoint: "10.0.0.11:8089", certificate: "oms-console" },
      ...{ reload: "docker exec 'oms-oms_427-p1' supervisorctl signal HUP nginx" },
      ...{ deployedEnd: "2026-12-10T08:00:00.000Z", deployedFingerprint: FINGERPRINT },
      ...{ shows: "other", problem: "", end: FORMER.end, daysLeft: 1, fingerprint: FORMER.fingerprint },
    });
    assert.equal(
      shownServed(servedOf(status, "oms")),
      "the deployed one: node on p2; another one: node on p1, ends 2026-12-02, in 1 day",
    );
    const over = { ...FORMER, end: "2026-11-29T08:00:00.000Z" };
    assert.deepEqual(told(statusOf(overHttps, { certificates: { [CONSOLE]: over } })), [
      `critical: ${server} (ended on 2026-11-29, ${short}) than ${wanted}; ${fix}`,
      OF_CONSOLE,
    ]);
  });

  it("are the containers' own where these were taken over, and nothing is wrong with that until they end", () => {
    const adopted = (resources: RecordedResource[]): void => {
      provided(resources);
      named(resources, "odc-proxy-nginx-p3").ignoreChanges = ["image", "volumes"];
    };
    const own = (end: string) => statusOf(adopted, { certificates: { [WEB]: { ...FORMER, end } } });
    const status = own("2027-11-30T08:00:00.000Z");
    assert.deepEqual(told(status), []);
    assert.equal(
      shownServed(servedOf(status, "odc")),
      "its own, as it was taken over: nginx on p3, ends 2027-11-30, in 364 days",
    );
    assert.deepEqual(told(own("2026-12-01T17:00:00.000Z")), [
      "warning: the certificate of odc nginx on p3 (10.0.0.13:443) ends in 1 day, on 2026-12-01",
    ]);
  });

  it("could not be seen: why, unless that is told of the part or its host already", () => {
    const certificates = { [CONSOLE]: { state: "unknown", problem: "not done after 10 s" } } as const;
    const status = statusOf(overHttps, { certificates });
    assert.deepEqual(told(status), [
      OF_CONSOLE,
      "warning: the certificate that oms node on p1 (10.0.0.11:8089) shows could not be seen: not done after 10 s",
    ]);
    assert.equal(shownServed(servedOf(status, "oms")), "the deployed one: node on p2; not seen: node on p1");
    const probe = { state: "found", properties: { healthy: false, detail: "HTTP 502" }, differs: [] } as const;
    assert.deepEqual(told(statusOf(overHttps, { certificates, resources: { [CONSOLE]: probe } })), [
      "critical: oms node on p1: console: HTTP 502",
      OF_CONSOLE,
    ]);
    const hosts = { p1: { state: "unreachable", problem: "not reached" } } as const;
    const hidden = servedOf(statusOf(overHttps, { certificates, hosts }), "oms")[0];
    assert.deepEqual([hidden?.shows, hidden?.problem, hidden?.end, hidden?.daysLeft], ["unknown", "", "", null]);
  });

  it("are metrics, of those that were seen", () => {
    const certificates = { "oms-console-p2": { state: "unknown", problem: "no" }, [CONSOLE]: FORMER } as const;
    const samples = parsePrometheus(renderPrometheus(statusOf(overHttps, { certificates })));
    const labels = {
      ...{ project: "dbha-stacks", stack: "dev", deployment: "oms", type: "OmsMultiNode" },
      ...{ part: "node", host: "p1", endpoint: "10.0.0.11:8089" },
    };
    assert.deepEqual(
      samples.filter(({ name }) => name.startsWith("dbha_served_")),
      [
        { name: "dbha_served_certificate_end_timestamp_seconds", labels, value: Date.parse(FORMER.end) / 1000 },
        { name: "dbha_served_certificate_deployed", labels, value: 0 },
      ],
    );
  });
});
