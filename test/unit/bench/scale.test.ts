import assert from "node:assert/strict";
import { goalTable } from "../../bench/report";
import { byRole, type ScaleFigures, type ScaleSample } from "../../bench/scale-figures";
import { parseScaleOptions } from "../../bench/scale-options";
import { roleTable, scaleChart, scaleGoals, scaleTable } from "../../bench/scale-report";

const sample = (seconds: number, plugin = 150): ScaleSample => ({
  seconds,
  cpuSeconds: seconds / 2,
  hostsCpuSeconds: seconds / 4,
  peakMiB: 400,
  roles: {
    CLI: { peakMiB: 120, descriptors: 30, sockets: 10 },
    "dbha plugin": { peakMiB: plugin, descriptors: 120, sockets: 101 },
  },
  logins: { least: 1, most: 2 },
  channels: 4.75,
});
const peer = (seconds: number): ScaleSample => ({ ...sample(seconds), roles: {} });

const figures = (hosts: number): ScaleFigures => ({
  "empty stack": { up: [peer(1), peer(1)], "no-op": [peer(1), peer(2)] },
  "dbha, Files": { preview: [sample(2)], up: [sample(12), sample(20)], "no-op": [sample(8), sample(8, 210)] },
  pyinfra: { up: [peer(hosts), peer(hosts)], "no-op": [peer(10), peer(10)] },
});
const byHosts = new Map([10, 100].map((hosts) => [hosts, figures(hosts)]));

const rows = (markdown: string): string[] =>
  markdown
    .split("\n")
    .slice(2)
    .map((row) =>
      row
        .slice(2, -2)
        .split(/ *\| */)
        .join("; "),
    );

describe("many hosts in the benchmark", () => {
  it("are measured up to a hundred, with twenty files each", () => {
    const { hosts, files, runs, kinds, pyinfra, trouble } = parseScaleOptions(["node", "scale.ts"]);
    assert.deepEqual(
      { hosts, files, runs, pyinfra, trouble },
      { hosts: [3, 10, 30, 100], files: 20, runs: 3, pyinfra: true, trouble: true },
    );
    assert.deepEqual(kinds, ["File", "Files"]);
    assert.deepEqual(parseScaleOptions(["node", "x", "--hosts", "5,7", "--kinds", "Files"]).hosts, [5, 7]);
  });

  it("have a row of seconds for each number and tool", () => {
    assert.deepEqual(rows(scaleTable(new Map([[10, figures(10)]]))), [
      "10 hosts, empty stack; ; 1.00 (1.00-1.00); 1.50 (1.00-2.00); ; 0.50 / 1.00; ; ; ; 400",
      "10 hosts, dbha, Files; 2.00; 16.0 (12.0-20.0); 8.00 (8.00-8.00); ; 10.0 / 4.00; 5.00 / 2.00; 1-2 / 1-2; 4.8 / 4.8; 400",
      "10 hosts, pyinfra; ; 10.0 (10.0-10.0); 10.0 (10.0-10.0); ; 5.00 / 5.00; 2.50 / 2.50; 1-2 / 1-2; 4.8 / 4.8; 400",
    ]);
  });

  it("have goals at a hundred, above the engine's own time and beside pyinfra in the same round", () => {
    assert.deepEqual(rows(goalTable(scaleGoals(byHosts))), [
      "dbha, Files - empty stack, up, s; 15.0; 15.0; 11.0-19.0; met",
      "dbha, Files / pyinfra, up; 0.50x; 0.16x; 0.12x-0.20x; met",
      "dbha, Files - empty stack, no-op, s; 8.00; 6.50; 6.00-7.00; met",
      "dbha, Files / pyinfra, no-op; 0.50x; 0.80x; 0.80x-0.80x; missed",
      "dbha, Files: dbha plugin, peak MiB; 200; 210; 210-210; missed",
    ]);
    assert.deepEqual(scaleGoals(new Map([[10, figures(10)]])), []);
  });

  it("tell what a process of each role held at most", () => {
    const process = { pid: 1, parent: 0, started: 0, ended: 1, cpuSeconds: 1, writtenMiB: 0, sshPorts: [] };
    const plugin = (peakMiB: number, sockets: number) => ({
      ...process,
      ...{ command: ["node", "/x/pulumi-resource-dbha"], peakMiB, descriptors: 20, sockets },
    });
    assert.deepEqual(byRole([plugin(90, 12), plugin(100, 4)]), {
      "dbha plugin": { peakMiB: 100, descriptors: 20, sockets: 12 },
    });
    assert.deepEqual(rows(roleTable(new Map([[10, figures(10)]]))), [
      "10 hosts, dbha, Files: CLI; 120; 30; 10",
      "10 hosts, dbha, Files: dbha plugin; 210; 120; 101",
    ]);
  });

  it("are a line for each tool in a chart", () => {
    const { title, lines } = scaleChart(byHosts, "up", 20);
    assert.equal(title, "up, 20 small files a host: seconds by number of hosts");
    assert.deepEqual(lines.at(-1), {
      name: "pyinfra",
      points: [
        { at: 10, value: 10 },
        { at: 100, value: 100 },
      ],
    });
  });
});
