import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const { dependencies } = JSON.parse(readFileSync("node_modules/@pulumi/pulumi/package.json", "utf8")) as {
  dependencies: Record<string, string>;
};

/**
 * Packages that are not needed for what the stacks do, and what needs them: functions as text, references to resources in answers,
 * the Automation API, traces.
 */
const SPARED = [
  "typescript",
  "semver",
  // no part of newer SDKs
  ...("@npmcli/arborist" in dependencies ? ["@npmcli/arborist"] : []),
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

/** Logs a message of each severity, and says which of them reached the engine. */
const LOGGING = `
const { Server, ServerCredentials } = require("@grpc/grpc-js");
const { EngineService } = require("@pulumi/pulumi/proto/engine_grpc_pb");
const { Empty } = require("google-protobuf/google/protobuf/empty_pb");
const pulumi = require("@pulumi/pulumi");
const said = [];
const server = new Server();
server.addService(EngineService, { log: (call, done) => (said.push(call.request.getMessage()), done(null, new Empty())) });
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), async (_, port) => {
  pulumi.runtime.resetOptions("p", "s", 1, "127.0.0.1:" + port, "127.0.0.1:" + port, false, "o");
  for (const severity of ["debug", "info", "warn", "error"]) await pulumi.log[severity](severity);
  console.log(said.join());
  process.exit();
});`;

async function logged(preload: string, environment: Record<string, string> = {}): Promise<string> {
  const { execa } = await import("execa");
  const options = { timeout: 60_000, env: environment };
  return (await execa(process.execPath, ["--require", preload, "-e", LOGGING], options)).stdout;
}

/** Says how many lines the stack has that the SDK notes with a promise. */
const PROMISING = `
require("@pulumi/pulumi");
const promise = Promise.resolve();
require("@pulumi/pulumi/runtime/debuggable").debuggablePromise(promise, "a test");
console.log(promise._debugCtx, promise._debugStackTrace.split("\\n").length > 1, new Error().stack.split("\\n").length > 1);
setImmediate(() => process.exit());`;

async function promised(preload: string, environment: Record<string, string> = {}): Promise<string> {
  const { execa } = await import("execa");
  const options = { timeout: 60_000, env: environment };
  return (await execa(process.execPath, ["--require", preload, "-e", PROMISING], options)).stdout;
}

describe("stacks/preload.cjs", function () {
  this.timeout(70_000);

  it("sends the engine no debug messages, one call each, unless NODE_DEBUG asks for them", async () => {
    assert.equal(await logged("@pulumi/pulumi"), "debug,info,warn,error");
    assert.equal(await logged("./stacks/preload.cjs"), "info,warn,error");
    assert.equal(await logged("./stacks/preload.cjs", { NODE_DEBUG: "pulumi" }), "debug,info,warn,error");
  });

  it("notes no stack with a promise, unless leaks of promises are looked for", async () => {
    assert.equal(await promised("@pulumi/pulumi"), "a test true true");
    assert.equal(await promised("./stacks/preload.cjs"), "a test false true");
    assert.equal(await promised("./stacks/preload.cjs", { PULUMI_DEBUG_PROMISE_LEAKS: "true" }), "a test true true");
  });

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
