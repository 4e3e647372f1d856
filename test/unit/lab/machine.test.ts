import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { debianSources } from "../../../lab/src/base";
import { runCommand } from "../../../lab/src/command";
import { hasSysResource, pidIn } from "../../../lab/src/daemon";
import { parseOsRelease } from "../../../lab/src/packages";

describe("what the lab reads from the machine", () => {
  it("tells Debian 12 from its os-release", () => {
    assert.deepEqual(parseOsRelease('PRETTY_NAME="Debian"\nVERSION_ID="12"\nVERSION="12 (bookworm)"\nID=debian\n'), {
      id: "debian",
      version: "12",
    });
    assert.deepEqual(parseOsRelease("NAME=Arch\nID=arch\nID_LIKE=debian\n"), { id: "arch", version: "" });
  });

  it("sees whether CAP_SYS_RESOURCE can be had", () => {
    assert.equal(hasSysResource("Name:\tsh\nCapEff:\t0000000000000000\nCapBnd:\t000001ffffffffff\n"), true);
    assert.equal(hasSysResource("CapBnd:\t000001fffeffffff\n"), false);
    assert.equal(hasSysResource("Name:\tsh\n"), true);
  });

  it("takes a pid file's word only for a process of that program that runs", async () => {
    const folder = mkdtempSync(join(tmpdir(), "dbha-pid-"));
    const file = join(folder, "pid");
    assert.equal(pidIn(file, "sleep"), undefined, "no file");
    const child = spawn("sleep", ["100"]);
    await once(child, "spawn");
    writeFileSync(file, `${child.pid ?? ""}\n`);
    assert.equal(pidIn(file, "sleep"), child.pid);
    assert.equal(pidIn(file, "dockerd"), undefined, "the number went to another program");
    child.kill("SIGKILL");
    await once(child, "exit");
    assert.equal(pidIn(file, "sleep"), undefined, "it was killed");
    for (const text of ["", "x"]) {
      writeFileSync(file, text);
      assert.equal(pidIn(file, "sleep"), undefined);
    }
    rmSync(folder, { recursive: true });
  });

  it("takes Debian's own sources of the wanted release, each once, and no others", () => {
    const lines = [
      "http://mirror.example/debian/|bookworm|main|Debian|bookworm",
      "http://mirror.example/debian/|bookworm|main|Debian|bookworm",
      "http://mirror.example/debian/|bookworm-updates|main|Debian|bookworm-updates",
      "http://mirror.example/security/|bookworm-security|main|Debian|bookworm-security",
      "http://mirror.example/debian/|trixie|main|Debian|trixie",
      "cdrom:[Debian 12]/|bookworm|main|Debian|bookworm",
      "http://packages.example/node/|nodistro|main|Somebody|nodistro",
      "",
    ];
    assert.deepEqual(debianSources(lines.join("\n"), "bookworm"), [
      "deb http://mirror.example/debian/ bookworm main",
      "deb http://mirror.example/debian/ bookworm-updates main",
      "deb http://mirror.example/security/ bookworm-security main",
    ]);
  });
});

describe("running a program", () => {
  it("returns its output and passes input and environment", async () => {
    const output = await runCommand("sh", ["-c", 'cat; echo "$GREETING"'], { input: "in\n", env: { GREETING: "hi" } });
    assert.equal(output, "in\nhi");
  });

  it("fails with the command and what it said, however it fails", async () => {
    await assert.rejects(runCommand("sh", ["-c", "echo bad >&2; exit 3"]), /exit code 3: sh -c .*\nbad$/);
    await assert.rejects(runCommand("no-such-program"), /ENOENT/);
    await assert.rejects(
      runCommand("sleep", ["10"], { limitSeconds: 0.1 }),
      /timed out after 100 milliseconds: sleep 10/,
    );
  });
});
