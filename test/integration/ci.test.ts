import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as yaml from "yaml";
import { destroy, gate, mergeRequest, newKey, nightly, policies, runJob, update, usage } from "../unit/ci/page";
import { realPulumi } from "./engines";
import { ProjectCopy } from "./project-copy";

const pulumi = realPulumi();

(pulumi === undefined ? describe.skip : describe)("The shell commands of docs/ci.md, with the real CLI", function () {
  this.timeout(600_000);
  const project = new ProjectCopy();
  const { folder } = project;
  let env: Record<string, string>;

  before(() => {
    const bin = join(folder, ".pipeline");
    mkdirSync(bin);
    // packages are installed already, and by others in use
    writeFileSync(join(bin, "npm"), "#!/bin/sh\n", { mode: 0o755 });
    project.deploysHosts("prod");
    env = {
      ...project.environment,
      PATH: `${bin}:${dirname(pulumi ?? "")}:${process.env.PATH}`,
      STACK: "prod",
      DBHA_SSH_KEY: newKey(folder),
    };
    const made = "pulumi stack init prod\npulumi config set throwAway true --stack prod\n";
    const { code, stderr } = runJob(made, folder, env);
    assert.equal(code, 0, stderr);
  });
  after(() => project.remove());

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
    const shown = "## Destroy of `prod` (dbha-stacks)\n\n### What goes\n\n- hosts: 3 resources\n";
    assert.equal(file("destroy.md"), `${shown}\nNothing was changed; with --yes-i-know it is.\n`);
    assert.ok(gone.includes(shown), gone);
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
