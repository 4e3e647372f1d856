import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tracedConnections } from "../../bench/trace";

describe("trace of the plugin", () => {
  it("counts the connections of each host, and commands over them not at all", () => {
    const folder = mkdtempSync(join(tmpdir(), "dbha-trace-"));
    const file = join(folder, "trace.jsonl");
    const events = [
      { event: "connect", host: "p1" },
      { event: "exec", host: "p1", step: "look" },
      { event: "connect", host: "p2" },
      { event: "connect", host: "p1" },
    ];
    writeFileSync(file, events.map((event) => `${JSON.stringify(event)}\n`).join(""));
    assert.deepEqual(tracedConnections(file), { p1: 2, p2: 1 });
    rmSync(folder, { recursive: true });
  });

  it("counts none where the plugin wrote nothing", () => {
    assert.deepEqual(tracedConnections("/nonexistent/trace.jsonl"), {});
  });
});
