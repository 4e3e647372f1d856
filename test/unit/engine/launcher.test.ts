import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const LAUNCHER = resolve("lab/bin/pulumi");

describe("lab/bin/pulumi", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "dbha-launcher-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A stand-in for a real CLI, which tells how it was called. */
  const cli = (place: string): string => {
    mkdirSync(join(folder, place), { recursive: true });
    const path = join(folder, place, "pulumi");
    writeFileSync(path, `#!/bin/sh\necho "${place}: $*"\nexit 3\n`);
    chmodSync(path, 0o755);
    return path;
  };

  const run = async (environment: Record<string, string>, ...args: string[]) => {
    const path = [
      join(resolve("lab/bin")),
      ...(environment.PATH ? [environment.PATH] : []),
      process.env.PATH?.split(":")
        .filter((entry) => !entry.includes("pulumi"))
        .join(":"),
    ];
    const env = { ...process.env, XDG_CACHE_HOME: folder, DBHA_PULUMI: "", ...environment, PATH: path.join(":") };
    try {
      const { stdout, stderr } = await promisify(execFile)(LAUNCHER, args, { env });
      return { code: 0, stdout, stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, stdout, stderr };
    }
  };

  it("takes the CLI that DBHA_PULUMI names, with all arguments and its exit code", async () => {
    const result = await run({ DBHA_PULUMI: cli("named") }, "up", "--stack", "a b");
    assert.deepEqual(result, { code: 3, stdout: "named: up --stack a b\n", stderr: "" });
  });

  it("takes the CLI on PATH, past itself and other launchers of its kind", async () => {
    cli("real");
    mkdirSync(join(folder, "other"));
    writeFileSync(join(folder, "other", "pulumi"), "#!/bin/sh\n# dbha-lab-launcher\nexit 99\n");
    chmodSync(join(folder, "other", "pulumi"), 0o755);
    const result = await run({ PATH: `${join(folder, "other")}:${join(folder, "real")}` }, "version");
    assert.deepEqual(result, { code: 3, stdout: "real: version\n", stderr: "" });
  });

  it("takes what was downloaded before", async () => {
    cli("dbha-lab/pulumi/bin");
    assert.equal((await run({}, "version")).stdout, "dbha-lab/pulumi/bin: version\n");
  });

  it("does not try a failed download again, and says that the fallback runs", async () => {
    mkdirSync(join(folder, "dbha-lab"));
    writeFileSync(join(folder, "dbha-lab", "pulumi-download-failed"), "before\n");
    const result = await run({}, "version");
    assert.deepEqual(result, {
      code: 0,
      stdout: "v3.248.0-fallback\n",
      stderr: "pulumi: no Pulumi CLI here; this is the fallback engine of the dbha lab\n",
    });
  });

  it("says what asked for the fallback where a real CLI is on PATH", async () => {
    cli("real");
    const result = await run({ PATH: join(folder, "real"), DBHA_PULUMI: "fallback" }, "version");
    assert.deepEqual(result, {
      code: 0,
      stdout: "v3.248.0-fallback\n",
      stderr: "pulumi: DBHA_PULUMI=fallback is set; this is the fallback engine of the dbha lab\n",
    });
  });

  const refused: [string[], number, string][] = [
    [
      ["cancel"],
      1,
      'the fallback engine does not support the command "cancel"; use the real Pulumi CLI (put it on PATH or name it in DBHA_PULUMI)',
    ],
    [
      ["up", "--target", "x"],
      2,
      "the fallback engine does not support the option --target; use the real Pulumi CLI (put it on PATH or name it in DBHA_PULUMI)",
    ],
    [
      ["nonsense", "--at", "all"],
      1,
      'the fallback engine does not support the command "nonsense"; use the real Pulumi CLI (put it on PATH or name it in DBHA_PULUMI)',
    ],
    [["up"], 2, "the fallback engine asks no questions: pass --yes or --skip-preview to proceed"],
  ];
  for (const [args, code, message] of refused) {
    it(`refuses "${args.join(" ")}" by name`, async () => {
      const result = await run({ DBHA_PULUMI: "fallback" }, ...args);
      assert.deepEqual([result.code, result.stderr.split("\n")[1]], [code, `error: ${message}`]);
    });
  }
});
