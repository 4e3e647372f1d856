import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { golden } from "../cli/recordings";
import { destroy, gate, mergeRequest, newKey, nightly, policies, runJob, update, usage } from "./page";

const recording = (name: string): string => resolve("test/fixtures/previews", `${name}.json`);

/** Stands for the CLI: answers the commands of the page with what the real one printed once, and knows no others. */
const PULUMI = `#!/bin/sh
echo "pulumi $*" >>calls
case "$*" in
"login file:///state") ;;
"preview --stack prod --refresh --json --non-interactive") cat ${recording("odc-upgrade")} ;;
"preview --stack prod --policy-pack policy --non-interactive") ;;
"up --stack prod --refresh --yes --skip-preview --non-interactive") ;;
"refresh --stack prod --preview-only --json --non-interactive") cat ${recording("refresh-only")} ;;
"stack export --stack prod") cat state.json ;;
"config get throwAway --stack prod") echo true ;;
"destroy --stack prod --yes --skip-preview --non-interactive") ;;
*) echo "error: unknown command" >&2; exit 255 ;;
esac
`;

/** Of a stack with a host, and nothing on it. */
const STATE = {
  version: 3,
  deployment: {
    resources: ["pulumi:pulumi:Stack::dbha-stacks-prod", "dbha:index:Host::p1"].map((name) => ({
      ...{ urn: `urn:pulumi:prod::dbha-stacks::${name}`, type: name.split("::")[0] },
    })),
  },
};

/** Installs nothing: that is tested where the package is. */
const NPM = `#!/bin/sh
echo "npm $*" >>calls
`;

describe("The shell commands of docs/ci.md, with what the real CLI has printed", function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), "dbha-pipeline-"));
  const bin = join(folder, "bin");
  let env: Record<string, string>;

  before(() => {
    mkdirSync(bin);
    mkdirSync(join(folder, "node_modules/.bin"), { recursive: true });
    writeFileSync(join(bin, "pulumi"), PULUMI, { mode: 0o755 });
    writeFileSync(join(bin, "npm"), NPM, { mode: 0o755 });
    writeFileSync(join(folder, "state.json"), JSON.stringify(STATE));
    symlinkSync(resolve("bin/dbha"), join(folder, "node_modules/.bin/dbha"));
    env = {
      PATH: `${bin}:${process.env.PATH}`,
      STACK: "prod",
      PULUMI_BACKEND_URL: "file:///state",
      DBHA_SSH_KEY: newKey(folder),
    };
  });
  after(() => rmSync(folder, { recursive: true }));

  const file = (name: string): string => readFileSync(join(folder, name), "utf8");

  /** Runs a job, and tells what it has called after what each begins with. */
  function run(block: string) {
    rmSync(join(folder, "calls"), { force: true });
    const { code, stdout, stderr } = runJob(block, folder, env);
    const [npm, login, ...calls] = file("calls").trimEnd().split("\n");
    assert.deepEqual(
      [npm, login],
      ["npm ci --ignore-scripts --no-fund --no-audit", "pulumi login file:///state"],
      stderr,
    );
    return { code, calls, printed: stdout.replace(/^Agent pid \d+\n/, "") };
  }

  /** Lets the preview print another recording, and end otherwise. */
  const answer = (name: string, code: number): void => {
    const failing = PULUMI.replace(/cat \S+odc-upgrade\.json/, `{ cat ${recording(name)}; exit ${code}; }`);
    writeFileSync(join(bin, "pulumi"), failing);
  };

  const preview = "pulumi preview --stack prod --refresh --json --non-interactive";

  it("print a report", () => {
    assert.deepEqual(run(usage), { code: 0, calls: [preview], printed: golden("odc-upgrade") });
  });

  it("write one for a merge request", () => {
    assert.deepEqual(run(mergeRequest), { code: 0, calls: [preview], printed: "" });
    assert.equal(file("report.md"), golden("odc-upgrade"));
  });

  it("stop at a gate", () => {
    assert.deepEqual(run(gate), { code: 10, calls: [preview], printed: "" });
    assert.equal(file("report.md"), golden("odc-upgrade"));
  });

  it("ask policies", () => {
    const judged = "pulumi preview --stack prod --policy-pack policy --non-interactive";
    assert.deepEqual(run(policies), { code: 0, calls: [judged], printed: "" });
  });

  it("deploy", () => {
    const up = "pulumi up --stack prod --refresh --yes --skip-preview --non-interactive";
    assert.deepEqual(run(update), { code: 0, calls: [up], printed: "" });
  });

  it("tell drift", () => {
    const look = "pulumi refresh --stack prod --preview-only --json --non-interactive";
    assert.deepEqual(run(nightly), { code: 11, calls: [look], printed: "" });
    assert.equal(file("drift.md"), golden("refresh-only"));
  });

  it("tell what goes, and destroy", () => {
    const look = ["pulumi stack export --stack prod", "pulumi config get throwAway --stack prod"];
    const act = "pulumi destroy --stack prod --yes --skip-preview --non-interactive";
    const shown = "## Destroy of `prod` (dbha-stacks)\n\n### What goes\n\n- hosts: 1 resource\n\n";
    assert.deepEqual(run(destroy), { code: 0, calls: [...look, ...look, act], printed: shown });
    assert.equal(file("destroy.md"), `${shown}Nothing was changed; with --yes-i-know it is.\n`);
  });

  it("report a preview that failed, and end with 1", () => {
    answer("refused-metadb", 1);
    assert.deepEqual(run(mergeRequest), { code: 1, calls: [preview], printed: "" });
    assert.equal(file("report.md"), golden("refused-metadb"));
  });

  it("end with the CLI's code where its JSON tells no failure, a report written", () => {
    answer("odc-upgrade", 255);
    assert.deepEqual(run(mergeRequest), { code: 255, calls: [preview], printed: "" });
    assert.equal(file("report.md"), golden("odc-upgrade"));
  });
});
