import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import * as yaml from "yaml";
import { destroy, gate, mergeRequest, newKey, nightly, policies, runJob, update, usage } from "../unit/ci/page";
import { realPulumi } from "./engines";

const pulumi = realPulumi();

/** Three hosts alone, which nothing contacts: what the commands do is the engine's. */
const INVENTORY = {
  hosts: ["p1", "p2", "p3"].map((name, at) => ({ name, address: `192.0.2.${at + 1}`, acceptUnknownHostKey: true })),
};

(pulumi === undefined ? describe.skip : describe)("The shell commands of docs/ci.md, with the real CLI", function () {
  this.timeout(600_000);
  const folder = mkdtempSync(join(tmpdir(), "dbha-pipeline-"));
  let env: Record<string, string>;

  before(() => {
    // the project, but with configuration and state of its own
    for (const name of readdirSync("."))
      if (!/^(\.|Pulumi\..+\.yaml$)/.test(name)) symlinkSync(resolve(name), join(folder, name));
    const bin = join(folder, ".pipeline");
    mkdirSync(bin);
    // packages are installed already, and by others in use
    writeFileSync(join(bin, "npm"), "#!/bin/sh\n", { mode: 0o755 });
    mkdirSync(join(folder, ".state"));
    writeFileSync(join(folder, "inventory.yaml"), yaml.stringify(INVENTORY));
    writeFileSync(
      join(folder, "Pulumi.prod.yaml"),
      yaml.stringify({ config: { "dbha:agent": true, "dbha-stacks:inventory": "inventory.yaml" } }),
    );
    env = {
      PATH: `${bin}:${dirname(pulumi ?? "")}:${process.env.PATH}`,
      STACK: "prod",
      PULUMI_BACKEND_URL: `file://${folder}/.state`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // logging in is noted there
      PULUMI_CREDENTIALS_PATH: join(folder, ".state"),
      DBHA_SSH_KEY: newKey(folder),
    };
    const { code, stderr } = runJob("pulumi stack init prod\n", folder, env);
    assert.equal(code, 0, stderr);
  });
  after(() => rmSync(folder, { recursive: true }));

  const file = (name: string): string => readFileSync(join(folder, name), "utf8");

  /** Runs a job that ends well. @returns what it printed. */
  function succeed(block: string): string {
    const { code, stdout, stderr } = runJob(block, folder, env);
    assert.equal(code, 0, stderr);
    return stdout;
  }

  it("report, gate, deploy, look for drift, and destroy", () => {
    assert.match(succeed(usage), /^## Preview of `prod` \(dbha-stacks\)\n\n.* Resources: 4 made\./m);
    succeed(mergeRequest);
    assert.match(file("report.md"), /^## Preview of `prod`/);
    succeed(gate);
    assert.match(succeed(update), /^ +\+ 4 created$/m);
    succeed(mergeRequest);
    assert.equal(file("report.md"), "## Preview of `prod` (dbha-stacks)\n\nNothing changes.\n");
    succeed(nightly);
    assert.equal(file("drift.md"), "## Drift of `prod` (dbha-stacks)\n\nEverything is as it was deployed.\n");
    const gone = succeed(destroy);
    assert.match(gone, /^## Destroy of `prod` \(dbha-stacks\)$/m);
    assert.match(gone, /^ +- 4 deleted$/m);
  });

  it("tell what policies have against a change", () => {
    // hosts alone break none
    assert.match(succeed(policies), /^ +✅ dbha@v[\d.]+ \(local: policy\)$/m);
  });

  it("report a configuration that is refused, and end with 1", () => {
    const config = { "dbha-stacks:inventory": "none.yaml" };
    writeFileSync(
      join(folder, "Pulumi.prod.yaml"),
      yaml.stringify({ ...(yaml.parse(file("Pulumi.prod.yaml")) as object), config }),
    );
    assert.equal(runJob(mergeRequest, folder, env).code, 1);
    assert.match(
      file("report.md"),
      /^\*\*Failed: nothing would be changed\.\*\*\n\n### The preview failed\n\n```\n.*none\.yaml/ms,
    );
  });

  it("say that there is no preview of a stack that is not there, and end with 2", () => {
    const { code, stderr } = runJob(mergeRequest, folder, { ...env, STACK: "nobody" });
    assert.equal(code, 2);
    assert.match(stderr, /no stack named 'nobody' found/);
    assert.match(stderr, /dbha: standard input is empty; fix: /);
  });
});
