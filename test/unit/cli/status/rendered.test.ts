import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { renderPage } from "../../../../cli/status/html/page";
import { renderPrometheus } from "../../../../cli/status/render/prometheus";
import { renderText } from "../../../../cli/status/render/text";
import { shownSize } from "../../../../cli/status/render/words";
import type { Status } from "../../../../cli/status/status";
import { parsePrometheus, type Sample } from "./prometheus-text";
import { SCENARIOS, trouble, well } from "./scenarios";

const RENDERERS: Record<string, (status: Status) => string> = {
  txt: (status) => renderText(status),
  json: (status) => `${JSON.stringify(status, null, 2)}\n`,
  prom: renderPrometheus,
  html: (status) => renderPage(status),
};

const golden = (name: string): string => readFileSync(`test/fixtures/status/${name}`, "utf8");

describe("A status", () => {
  for (const [name, scenario] of Object.entries(SCENARIOS))
    for (const [kind, render] of Object.entries(RENDERERS))
      it(`is shown as ${name}.${kind} has it`, () => {
        assert.equal(render(scenario()), golden(`${name}.${kind}`));
      });

  it("tells sizes in units of 1024", () => {
    assert.deepEqual([0, 1023, 1024, 3_250_000, 5e12].map(shownSize), [
      "0 B",
      "1023 B",
      "1.0 KiB",
      "3.1 MiB",
      "4.5 TiB",
    ]);
  });
});

/** Values of a metric by one of its labels. */
const byLabel = (samples: Sample[], name: string, label: string): Record<string, number> =>
  Object.fromEntries(
    samples.filter((one) => one.name === name).map(({ labels, value }) => [labels[label] ?? "", value]),
  );

describe("Metrics of a status", () => {
  it("are Prometheus' text format, each with HELP and TYPE before it", () => {
    for (const scenario of Object.values(SCENARIOS)) {
      const samples = parsePrometheus(renderPrometheus(scenario()));
      assert.ok(samples.every(({ name, labels }) => name.startsWith("dbha_") && labels.stack === "dev"));
    }
  });

  it("tell health, leader, virtual IP, ends and backups in numbers", () => {
    const samples = parsePrometheus(renderPrometheus(trouble()));
    assert.deepEqual(byLabel(samples, "dbha_status", "stack"), { dev: 2 });
    assert.deepEqual(byLabel(samples, "dbha_host_reached", "host"), { p1: 1, p2: 0, p3: 1 });
    assert.deepEqual(byLabel(samples, "dbha_leader", "alias"), {
      "p1-controller": 0,
      "p2-controller": 0,
      "p3-controller": 1,
    });
    assert.deepEqual(byLabel(samples, "dbha_virtual_ip_holder", "host"), { p1: 1, p2: 0 });
    assert.deepEqual(byLabel(samples, "dbha_certificate_end_timestamp_seconds", "certificate"), {
      "oms-console": Date.parse("2026-12-10T08:00:00Z") / 1000,
    });
    assert.deepEqual(byLabel(samples, "dbha_license_end_timestamp_seconds", "deployment"), {
      dolphin: Date.parse("2026-12-05T23:59:59Z") / 1000,
    });
    assert.deepEqual(byLabel(samples, "dbha_backup_proven", "deployment"), { odc: 0 });
    assert.deepEqual(byLabel(samples, "dbha_drifted_resources", "deployment"), { odc: 2, odp: 0, oms: 0, dolphin: 0 });
  });

  it("keep their form whatever stands in a label", () => {
    const status = well();
    const name = 'a\\b"c\nd';
    const [host] = status.hosts;
    assert.ok(host);
    host.name = name;
    const samples = parsePrometheus(renderPrometheus(status));
    assert.equal(byLabel(samples, "dbha_host_reached", "host")[name], 1);
  });
});

describe("The page of a status", () => {
  it("loads nothing, runs nothing, and allows neither", () => {
    for (const scenario of Object.values(SCENARIOS)) {
      const page = renderPage(scenario());
      assert.match(
        page,
        /<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">/,
      );
      assert.doesNotMatch(page, /<(script|link|img|iframe|object|embed|image|use)\b|@import|url\(|\bsrc=|\son\w+=/);
    }
  });

  it("shows text as text, whatever stands in it", () => {
    const status = trouble();
    const bad = `<b onclick="x">'&`;
    for (const finding of status.findings) finding.problem = bad;
    for (const host of status.hosts) host.problem = bad;
    const [deployment] = status.deployments;
    assert.ok(deployment);
    deployment.name = bad;
    deployment.endpoints = [`http://x/"><script>`];
    for (const part of deployment.parts) Object.assign(part, { version: bad, endpoint: bad, problem: bad, host: bad });
    const page = renderPage(status);
    assert.doesNotMatch(page, /<script|<b onclick/);
    assert.match(page, /&lt;b onclick=&quot;x&quot;&gt;&#39;&amp;/);
  });

  it("is read again by browsers while hosts are watched, and else stays", () => {
    assert.match(renderPage(well(), 5), /<meta http-equiv="refresh" content="5">/);
    assert.doesNotMatch(renderPage(well()), /http-equiv="refresh"/);
  });

  it("draws each panel below the one that talks to it, all within the drawing", () => {
    const page = renderPage(well());
    const drawings = [...page.matchAll(/<svg class="topology" viewBox="0 0 (\d+) (\d+)".*?<\/svg>/gs)];
    assert.equal(drawings.length, 4);
    for (const [drawing, width, height] of drawings) {
      const rects = [...drawing.matchAll(/<rect[^>]* x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g)];
      assert.ok(rects.length > 3);
      for (const [rect, x, y, w, h] of rects) {
        assert.ok(Number(x) + Number(w) <= Number(width), rect);
        assert.ok(Number(y) + Number(h) <= Number(height), rect);
      }
    }
    const panels = [...(drawings[3]?.[0].matchAll(/<text class="name"[^>]*>([^<]*)</g) ?? [])].map(
      ([, title]) => title,
    );
    assert.deepEqual(panels, ["controllers", "agents", "data nodes, compute nodes"]);
  });
});
