import assert from "node:assert/strict";
import { parseTrace } from "../../bench/engine-trace";
import type { SeenProcess } from "../../bench/process-watch";
import type { Profile } from "../../bench/profile";
import { callsSentence, memorySentence, profileTable } from "../../bench/profile-table";

const span = (name: string, from: number, to: number, attributes: Record<string, string> = {}, kind = 1) => ({
  name,
  kind,
  startTimeUnixNano: `${1_796_029_494_000_000_000n + BigInt(from * 1e6)}`,
  endTimeUnixNano: `${1_796_029_494_000_000_000n + BigInt(to * 1e6)}`,
  attributes: Object.entries(attributes).map(([key, value]) => ({ key, value: { stringValue: value } })),
});

const line = (service: string, ...spans: ReturnType<typeof span>[]): string =>
  JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: [{ key: "service.name", value: { stringValue: service } }] },
        scopeSpans: [{ spans }],
      },
    ],
  });

const trace = parseTrace(
  [
    line("random", span("pulumirpc.ResourceProvider/Read", 1, 900, {}, 2)),
    line("pulumi-cli", span("newPlugin", 2100, 2250, { prefix: "dbha (resource)" }), span("run-program", 2000, 3000)),
    line(
      "pulumi-cli",
      span("newPlugin", 500, 700, { prefix: "dbha (resource)" }),
      span("newPlugin", 10, 60, { prefix: "nodejs" }),
      span("pulumirpc.ResourceProvider/Read", 700, 900, {}, 3),
      span("pulumirpc.ResourceProvider/Read", 700, 1000, {}, 3),
      span("pulumirpc.ResourceProvider/Cancel", 700, 701, {}, 3),
      span("pulumi", 0, 3100),
    ),
  ].join("\n"),
);

const seen = (pid: number, parent: number, command: string, times: [number, number], more = {}): SeenProcess => ({
  ...{ pid, parent, command: command.split(" "), started: times[0], ended: times[1] },
  ...{ cpuSeconds: 0.5, peakMiB: 100, descriptors: 9, sockets: 3, writtenMiB: 0, sshPorts: [] },
  ...more,
});

const profile: Profile = {
  seconds: 3.1,
  peakMiB: 612.4,
  logins: 3,
  trace,
  processes: [
    seen(1, 0, "/bin/pulumi up", [0, 3.1]),
    seen(2, 1, "node /x/bin/pulumi-resource-dbha 127.0.0.1:1", [0.5, 1.9], { sshPorts: [4000] }),
    seen(3, 1, "/x/pulumi-resource-docker 127.0.0.1:1", [0.6, 1.9]),
    seen(4, 1, "/x/pulumi-resource-docker 127.0.0.1:1", [0.7, 1.8], { peakMiB: 80 }),
    seen(5, 3, "ssh p1 docker", [0.8, 1.8], { sshPorts: [4001] }),
    seen(6, 4, "ssh p2 docker", [0.9, 1.8], { sshPorts: [4002] }),
    seen(7, 1, "node /x/@pulumi/pulumi/cmd/run x", [2, 3]),
    seen(8, 1, "node /x/bin/pulumi-resource-dbha 127.0.0.1:2", [2.1, 3]),
  ],
  lines: [
    { clientPort: 4000, roundTrips: 14 },
    { clientPort: 4001, roundTrips: 12 },
    { clientPort: 4002, roundTrips: 9 },
  ],
  hostsCpu: [
    { at: 0, seconds: 0 },
    { at: 1.9, seconds: 0.4 },
    { at: 3, seconds: 0.5 },
  ],
};

describe("where the time of a no-op goes", () => {
  it("is in the CLI's own trace: starts of plugins, the program, calls as the caller sees them", () => {
    assert.deepEqual(trace, {
      starts: [
        { role: "language host", stretch: { from: 0.01, to: 0.06 } },
        { role: "dbha plugin", stretch: { from: 0.5, to: 0.7 } },
        { role: "dbha plugin", stretch: { from: 2.1, to: 2.25 } },
      ],
      program: { from: 2, to: 3 },
      calls: { Read: { count: 2, seconds: 0.5 }, Cancel: { count: 1, seconds: 0.001 } },
    });
    assert.equal(callsSentence(trace), "Calls of providers, several at a time: Read 2 (0.50 s).");
    assert.equal(callsSentence(parseTrace("")), "");
  });

  it("is told by pass and kind of process, beside what the hosts take", () => {
    const rows = profileTable(profile, "no-op at 0 ms")
      .split("\n")
      .slice(2)
      .map((row) =>
        row
          .slice(2, -2)
          .split(/ *\| */)
          .join("; "),
      );
    assert.deepEqual(rows, [
      "whole run: CLI; 1; 0.00; ; 3.10; 0.50; 100; ; ",
      "refresh: dbha plugin; 1; 0.50; 0.20; 1.90; 0.50; 100; 1; 14",
      "refresh: docker provider; 2; 0.60; ; 1.90; 1.00; 100; ; ",
      "refresh: ssh of docker provider; 2; 0.80; ; 1.80; 1.00; 100; 2; 9-12",
      "update: program; 1; 2.00; ; 3.00; 0.50; 100; ; ",
      "update: dbha plugin; 1; 2.10; 0.15; 3.00; 0.50; 100; ; ",
      "refresh: all that runs on the hosts; ; ; ; ; 0.40; ; ; ",
      "update: all that runs on the hosts; ; ; ; ; 0.10; ; ; ",
      "whole run: all that runs on the hosts; ; ; ; ; 0.50; ; 3; ",
    ]);
  });

  it("takes memory, which is told of all processes together", () => {
    assert.equal(
      memorySentence(profile),
      "Memory of all processes together, a page that several share counted once: 612 MiB at most.",
    );
  });
});
