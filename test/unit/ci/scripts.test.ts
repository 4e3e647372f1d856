import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const SCRIPTS = ".github/scripts";

interface Comment {
  id: number;
  issue: string;
  login: string;
  body: string;
}
interface Issue {
  number: number;
  state: string;
  title: string;
  label: string;
  body: string;
  comment?: string;
}

describe("The workflows' scripts", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "dbha-ci-"));
  const state = join(folder, "state.json");
  const report = join(folder, "report.md");
  const bin = join(folder, "bin");

  before(() => {
    mkdirSync(bin);
    symlinkSync(resolve("test/unit/ci/gh.cjs"), join(bin, "gh"));
  });
  after(() => rmSync(folder, { recursive: true }));

  const start = (comments: Comment[] = [], issues: Issue[] = []): void =>
    writeFileSync(state, JSON.stringify({ comments, issues, labels: [] }));
  const now = () => JSON.parse(readFileSync(state, "utf8")) as { comments: Comment[]; issues: Issue[] };

  /** Runs a script on a report. */
  function run(script: string, text: string, args: string[], env: Record<string, string> = {}) {
    writeFileSync(report, text);
    return spawnSync(join(SCRIPTS, script), args, {
      encoding: "utf8",
      env: {
        PATH: `${bin}:${process.env.PATH}`,
        GH_STATE: state,
        GITHUB_REPOSITORY: "me/mine",
        PULL_REQUEST: "7",
        ...env,
      },
    });
  }

  function succeed(script: string, text: string, ...args: string[]): void {
    const { status, stderr } = run(script, text, args);
    assert.equal(status, 0, stderr);
  }

  it("are clean under shellcheck", () => {
    const scripts = readdirSync(SCRIPTS).map((name) => join(SCRIPTS, name));
    assert.equal(scripts.length, 3);
    const { error, stdout } = spawnSync("shellcheck", scripts, { encoding: "utf8" });
    assert.equal(error, undefined, "these tests need shellcheck: apt-get install shellcheck");
    assert.equal(stdout, "");
  });

  it("keep one comment for each stack on a pull request, and touch nobody else's", () => {
    const copied = { id: 1, issue: "7", login: "somebody", body: "<!-- dbha report: prod -->\ncopied" };
    start([copied]);
    succeed("comment.sh", "first\n", "prod", report);
    succeed("comment.sh", "of staging\n", "staging", report);
    succeed("comment.sh", "second\n", "prod", report);
    assert.deepEqual(now().comments, [
      copied,
      { id: 2, issue: "7", login: "github-actions[bot]", body: "<!-- dbha report: prod -->\nsecond\n" },
      { id: 3, issue: "7", login: "github-actions[bot]", body: "<!-- dbha report: staging -->\nof staging\n" },
    ]);
  });

  it("say nothing where there is no report", () => {
    start();
    succeed("comment.sh", "", "prod", report);
    succeed("comment.sh", "", "prod", join(folder, "none.md"));
    assert.deepEqual(now().comments, []);
  });

  it("open one issue for a stack's drift, replace its text, close it, and open another one later", () => {
    start();
    const issue = { state: "open", title: "Drift of stack prod", label: "drift" };
    succeed("drift-issue.sh", "nothing\n", "prod", report, "0");
    assert.deepEqual(now().issues, []);
    succeed("drift-issue.sh", "first\n", "prod", report, "11");
    assert.deepEqual(now().issues, [{ number: 1, ...issue, body: "first\n" }]);
    succeed("drift-issue.sh", "second\n", "prod", report, "11");
    assert.deepEqual(now().issues, [{ number: 1, ...issue, body: "second\n" }]);
    succeed("drift-issue.sh", "nothing\n", "staging", report, "0");
    assert.equal(now().issues[0]?.state, "open");
    succeed("drift-issue.sh", "nothing\n", "prod", report, "0");
    const closed = { number: 1, ...issue, state: "closed", body: "second\n", comment: "The drift is gone." };
    assert.deepEqual(now().issues, [closed]);
    succeed("drift-issue.sh", "third\n", "prod", report, "11");
    assert.deepEqual(now().issues, [closed, { number: 2, ...issue, body: "third\n" }]);
  });

  it("take no other exit code for an answer", () => {
    start();
    const { status, stderr } = run("drift-issue.sh", "failed\n", ["prod", report, "1"]);
    assert.deepEqual([status, stderr], [1, "drift-issue.sh: code 1 is neither 0 nor 11\n"]);
    assert.deepEqual(now().issues, []);
  });

  it("give the key to an agent that later steps find, and write it nowhere", () => {
    const key = join(folder, "key");
    spawnSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "of the test", "-f", key]);
    const github = join(folder, "env");
    const text = readFileSync(key, "utf8");
    rmSync(key);
    const { status, stdout, stderr } = run("agent.sh", "", [], { SSH_KEY: text, GITHUB_ENV: github, TMPDIR: folder });
    assert.deepEqual([status, stdout, stderr], [0, "", ""]);
    const [, socket, pid] = /^SSH_AUTH_SOCK=(.+)\nSSH_AGENT_PID=(\d+)\n$/.exec(readFileSync(github, "utf8")) ?? [];
    try {
      const listed = spawnSync("ssh-add", ["-l"], {
        encoding: "utf8",
        env: { PATH: process.env.PATH, SSH_AUTH_SOCK: socket },
      });
      assert.match(listed.stdout, /of the test \(ED25519\)/);
      assert.equal(spawnSync("grep", ["-rl", "PRIVATE KEY", folder], { encoding: "utf8" }).stdout, "");
    } finally {
      process.kill(Number(pid));
    }
  });

  it("start no agent without a key", () => {
    const { status, stdout } = run("agent.sh", "", [], { GITHUB_ENV: "/dev/null" });
    assert.deepEqual([status, stdout], [0, ""]);
  });
});
