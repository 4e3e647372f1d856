import assert from "node:assert/strict";

/** Packages that are not needed for what the stacks do, and what needs them: functions as text, the Automation API, traces. */
const SPARED = [
  "typescript",
  "@npmcli/arborist",
  "normalize-package-data",
  "@pulumi/pulumi/automation",
  "@opentelemetry/exporter-zipkin",
  "@opentelemetry/instrumentation",
  "@opentelemetry/instrumentation-grpc",
  "@opentelemetry/resources",
  "@opentelemetry/sdk-trace-base",
  "@opentelemetry/sdk-trace-node",
];

/** Says what of it is loaded once the SDK and its runner are, then uses all of it and says what that gave. */
const PROGRAM = `
const pulumi = require("@pulumi/pulumi");
const tracing = require("@pulumi/pulumi/cmd/run/tracing");
const factor = 3;
const loaded = () => ${JSON.stringify(SPARED)}.filter((name) => Object.keys(require.cache).some((path) => path.includes("/node_modules/" + name + "/")));
const before = loaded();
pulumi.runtime.computeCodePaths().then(async (paths) => {
  const { text } = await pulumi.runtime.serializeFunction((value) => value * factor);
  const stack = pulumi.automation.fullyQualifiedStackName("o", "p", "s");
  tracing.start("http://127.0.0.1:9/");
  const span = tracing.newSpan("step");
  console.log(JSON.stringify({ before, after: loaded(), text, stack, traced: span.isRecording(), paths: [...paths.keys()].sort() }));
  process.exit();
});`;

interface Said {
  before: string[];
  after: string[];
  text: string;
  stack: string;
  traced: boolean;
  paths: string[];
}

async function run(preload: string): Promise<Said> {
  const { execa } = await import("execa");
  const { stdout } = await execa(process.execPath, ["--require", preload, "-e", PROGRAM], { timeout: 60_000 });
  return JSON.parse(stdout) as Said;
}

describe("stacks/preload.cjs", function () {
  this.timeout(70_000);

  it("leaves out of the SDK what these stacks do not need, until it is used", async () => {
    const plain = await run("@pulumi/pulumi");
    const lazy = await run("./stacks/preload.cjs");
    assert.deepEqual(plain.before, SPARED);
    assert.deepEqual(lazy.before, []);
    assert.deepEqual(lazy.after, SPARED);
    assert.match(lazy.text, /value \* factor/);
    assert.equal(lazy.text, plain.text);
    assert.deepEqual(lazy.paths, plain.paths);
    assert.deepEqual([lazy.stack, plain.stack], ["o/p/s", "o/p/s"]);
    assert.deepEqual([lazy.traced, plain.traced], [true, true]);
  });
});
