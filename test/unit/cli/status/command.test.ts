import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import type { Status } from "../../../../cli/status/status";
import { exported, recordedResources } from "./deployed";

/** The stack of the recordings on hosts where nobody answers at once. */
function unreachable(): string {
  const recorded = recordedResources();
  const urn = "urn:pulumi:dev::dbha-stacks::pulumi:providers:dbha::default";
  const used = recorded.map(({ provider }) => String(provider)).find((one) => one.startsWith(urn)) ?? "";
  const provider = {
    ...{ urn, type: "pulumi:providers:dbha", id: used.split("::").at(-1) },
    ...{ inputs: { password: "Not-A-Secret-9", connectTimeout: "1" }, outputs: {} },
  };
  const target = (host: object) => ({
    ...{ ...host, address: "127.0.0.1", port: 1, user: "root", sudo: false },
    ...{ hostKeys: [], acceptUnknownHostKey: true },
  });
  const resources = recorded.map((resource) => {
    const { host } = resource.inputs as { host?: object };
    return host === undefined ? resource : { ...resource, inputs: { ...resource.inputs, host: target(host) } };
  });
  return exported([provider, ...resources]);
}

describe("dbha status", function () {
  this.timeout(120_000);
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "dbha-status-"));
  });

  after(() => rmSync(folder, { recursive: true }));

  /** Runs it with a pulumi that prints a text, or does what a script says, and writes down its arguments. */
  async function status(args: string[], said: { prints?: string; script?: string }) {
    const { execa } = await import("execa");
    const bin = join(folder, "bin");
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(folder, "state.json"), said.prints ?? "");
    const body = said.script ?? 'cat "$(dirname "$0")/../state.json"';
    writeFileSync(join(bin, "pulumi"), `#!/bin/sh\nprintf '%s\\n' "$@" >"$(dirname "$0")/../arguments"\n${body}\n`);
    chmodSync(join(bin, "pulumi"), 0o755);
    const env = { PATH: `${bin}${delimiter}${process.env.PATH ?? ""}` };
    const { exitCode, stdout, stderr } = await execa(resolve("bin/dbha"), ["status", ...args], { reject: false, env });
    return { code: exitCode, stdout, stderr };
  }

  it("tells of hosts that are not reached, and ends with 2", async () => {
    const { code, stdout, stderr } = await status([], { prints: unreachable() });
    assert.deepEqual([code, stderr], [2, ""]);
    const [first, ...lines] = stdout.split("\n");
    assert.equal(first, "CRITICAL: stack dev of dbha-stacks: 0 of 21 parts healthy, 5 critical");
    assert.match(lines[0] ?? "", /^CRITICAL {2}host p1: not reached.*: connection refused$/);
    assert.doesNotMatch(stdout, /Not-A-Secret/);
  });

  it("asks for the state of the stack that is named, with its secrets, and for nothing else", async () => {
    await status(["--stack", "org/prod"], { prints: unreachable() });
    assert.deepEqual(readFileSync(join(folder, "arguments"), "utf8").trim().split("\n"), [
      ...["stack", "export", "--show-secrets", "--non-interactive", "--stack", "org/prod"],
    ]);
  });

  it("prints JSON of version 1, and metrics", async () => {
    const json = await status(["--json"], { prints: unreachable() });
    const { version, stack, level, hosts } = JSON.parse(json.stdout) as Status;
    assert.deepEqual([json.code, version, stack, level, hosts.length], [2, 1, "dev", "critical", 3]);
    const metrics = await status(["--prometheus"], { prints: unreachable() });
    assert.equal(metrics.code, 2);
    assert.match(metrics.stdout, /^dbha_status\{project="dbha-stacks",stack="dev"\} 2$/m);
  });

  it("writes the page as a whole, beside what it prints", async () => {
    const page = join(folder, "status.html");
    const { stdout } = await status(["--html", page], { prints: unreachable() });
    assert.match(stdout, /^CRITICAL: stack dev/);
    assert.match(readFileSync(page, "utf8"), /^<!doctype html>[^]*<\/html>\n$/);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith("status.html.")),
      [],
    );
    const nowhere = await status(["--html", join(folder, "no", "page.html")], { prints: unreachable() });
    assert.equal(nowhere.code, 3);
    assert.match(nowhere.stderr, /^dbha: \S+page\.html cannot be written: ENOENT; fix: name a file in a folder that/);
    assert.equal(existsSync(join(folder, "no")), false);
  });

  it("watches until it is interrupted, and ends with the code of the last look", async () => {
    const { execa } = await import("execa");
    await status([], { prints: unreachable() });
    const env = { PATH: `${join(folder, "bin")}${delimiter}${process.env.PATH ?? ""}` };
    const watching = execa(resolve("bin/dbha"), ["status", "--watch=1", "--json"], {
      reject: false,
      env,
      timeout: 60_000,
    });
    let looks = 0;
    watching.stdout.on("data", (chunk: Buffer) => {
      looks += chunk.toString().split("\n").length - 1;
      if (looks >= 2) watching.kill("SIGINT");
    });
    const { exitCode, stdout, stderr } = await watching;
    assert.deepEqual([exitCode, stderr], [2, ""]);
    const lines = stdout.split("\n").map((line) => (JSON.parse(line) as Status).level);
    assert.ok(lines.length >= 2);
    assert.deepEqual(new Set(lines), new Set(["critical"]));
  });

  for (const [what, args, said, expected] of [
    ["another option", ["--yaml"], {}, /^dbha: Unknown option '--yaml'/],
    ["a name without an option", ["dev"], {}, /^dbha: Unexpected argument 'dev'/],
    [
      "two forms",
      ["--json", "--prometheus"],
      {},
      /^dbha: --json and --prometheus are given together; give one of them\n\nusage: dbha status/,
    ],
    ["metrics to watch", ["--watch", "--prometheus"], {}, /^dbha: --prometheus and --watch are given together; have/],
    ["no time to wait", ["--watch=0"], {}, /^dbha: --watch=0: must be a whole number of seconds from 1 to 3600\n/],
    ["no file", ["--html", ""], {}, /^dbha: --html is empty; name a file\n/],
    [
      "a stack without resources",
      [],
      { prints: '{"version":3,"deployment":{}}' },
      /^dbha: nothing is deployed in the stack: its state has no resources; fix: run pulumi up first$/,
    ],
    [
      "no state",
      [],
      { prints: "hello" },
      /^dbha: the exported state is not understood at its start; fix: look at what "pulumi stack export" prints/,
    ],
    [
      "a CLI that fails",
      [],
      { script: "echo 'error: no stack selected' >&2; exit 255" },
      /^dbha: "pulumi stack export" failed: error: no stack selected; fix: run this in the folder of Pulumi\.yaml/,
    ],
  ] as [string, string[], { prints?: string; script?: string }, RegExp][])
    it(`ends with 3, which monitors take for unknown, for ${what}`, async () => {
      const { code, stdout, stderr } = await status(args, said);
      assert.deepEqual([code, stdout], [3, ""]);
      assert.match(stderr, expected);
    });

  it("ends with 3 where there is no pulumi", async () => {
    const { execa } = await import("execa");
    const env = { PATH: join(process.execPath, "..") };
    const { exitCode, stderr } = await execa(process.execPath, [resolve("bin/dbha"), "status"], { reject: false, env });
    assert.equal(exitCode, 3);
    assert.match(stderr, /^dbha: there is no pulumi on PATH; fix: install the Pulumi CLI, or add the folder/);
  });

  it("does what the commands of docs/status.md are for", async () => {
    const { execa } = await import("execa");
    await status([], { prints: unreachable() });
    mkdirSync(join(folder, "node_modules/.bin"), { recursive: true });
    symlinkSync(resolve("bin/dbha"), join(folder, "node_modules/.bin/dbha"));
    const collector = join(folder, "status.prom");
    const blocks = [...readFileSync("docs/status.md", "utf8").matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text = ""]) =>
      text.replace("/var/lib/node_exporter/status.prom", collector).replace("/srv/stacks", folder),
    );
    const env = { PATH: `${join(folder, "bin")}${delimiter}${process.env.PATH ?? ""}` };
    const run = async (block: string): Promise<[number | undefined, string | undefined]> => {
      const { exitCode, stdout } = await execa("bash", ["-c", block], { cwd: folder, env, reject: false });
      return [exitCode, stdout.split(":")[0]];
    };
    const [text = "", page = "", metrics = "", ...more] = blocks;
    assert.deepEqual([await run(text), await run(page), more], [[2, "CRITICAL"], [2, "CRITICAL"], []]);
    assert.deepEqual(await run(metrics), [0, ""]);
    assert.match(readFileSync(join(folder, "status.html"), "utf8"), /^<!doctype html>[^]*<\/html>\n$/);
    assert.match(readFileSync(collector, "utf8"), /^dbha_status\{project="dbha-stacks",stack="dev"\} 2$/m);
    assert.equal(existsSync(join(folder, "status.prom.new")), false);
    const before = readFileSync(collector, "utf8");
    await status([], { prints: "no state" });
    assert.deepEqual(await run(metrics), [1, ""]);
    assert.equal(readFileSync(collector, "utf8"), before, "an alert about its age would never come");
  });

  it("tells what its options and exit codes mean", async () => {
    const { code, stdout } = await status(["--help"], {});
    assert.equal(code, 0);
    for (const part of [
      /--watch\[=SECONDS\] {2}looks again/,
      /0 all is well; 1 warning: /,
      /2 critical: /,
      /3 called wrongly/,
    ])
      assert.match(stdout.replaceAll("\n", " "), part);
  });
});
