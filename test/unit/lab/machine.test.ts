import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { debianSources } from "../../../lab/src/bootstrap";
import { runCommand } from "../../../lab/src/command";
import { hasSysResource, pidIn } from "../../../lab/src/daemon";
import { knownRelease, needsOf, parseOsRelease } from "../../../lab/src/packages";

describe("what the lab reads from the machine", () => {
  it("knows the Debian releases on which it installs packages", () => {
    const release = (id: string, version: string) => knownRelease(`ID=${id}\nVERSION_ID="${version}"\n`);
    assert.deepEqual(
      [
        release("debian", "12"),
        release("debian", "13"),
        release("debian", "11"),
        release("ubuntu", "12"),
        release("", ""),
      ],
      ["12", "13", undefined, undefined, undefined],
    );
  });

  it("takes Docker's client from docker.io on Debian 12, and from docker-cli on 13, where docker.io brings none", () => {
    const packages = (release: "12" | "13", ownDaemon: boolean) =>
      Object.fromEntries(needsOf(release, ownDaemon).map((need) => [need.program, need.package]));
    const others = { ip: "iproute2", tar: "tar", ssh: "openssh-client" };
    const daemon = { dockerd: "docker.io", iptables: "iptables" };
    assert.deepEqual(packages("12", false), { ...others, docker: "docker.io" });
    assert.deepEqual(packages("13", false), { ...others, docker: "docker-cli" });
    assert.deepEqual(packages("12", true), { ...others, docker: "docker.io", ...daemon });
    assert.deepEqual(packages("13", true), { ...others, docker: "docker-cli", ...daemon });
  });

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

  describe("the package sources of a Debian release", () => {
    const lines = [
      "http://mirror.example/debian/|main|Debian|bookworm",
      "http://mirror.example/debian/|main|Debian|bookworm",
      "http://mirror.example/debian/|main|Debian|bookworm-updates",
      "http://mirror.example/debian/|main|Debian Backports|bookworm-backports",
      "http://mirror.example/debian/|main|Debian|bookworm-proposed-updates",
      "http://mirror.example/security/|main|Debian|bookworm-security",
      "cdrom:[Debian 12]/|main|Debian|bookworm",
      "http://packages.example/node/|main|Somebody|nodistro",
      "",
    ];
    const newer = "http://newer.example/debian/|main|Debian|trixie";

    it("are the machine's own of that release, each once, and no others", () => {
      assert.deepEqual(debianSources([...lines, newer].join("\n"), "bookworm"), [
        "deb http://mirror.example/debian/ bookworm main",
        "deb http://mirror.example/debian/ bookworm-updates main",
        "deb http://mirror.example/security/ bookworm-security main",
      ]);
      assert.deepEqual(debianSources([...lines, newer].join("\n"), "trixie"), [
        "deb http://newer.example/debian/ trixie main",
      ]);
    });

    it("are the same mirrors, asked for that release, where the machine has another", () => {
      assert.deepEqual(debianSources(lines.join("\n"), "trixie"), [
        "deb http://mirror.example/debian/ trixie main",
        "deb http://mirror.example/debian/ trixie-updates main",
        "deb http://mirror.example/security/ trixie-security main",
      ]);
      assert.deepEqual(debianSources(newer, "bookworm"), ["deb http://newer.example/debian/ bookworm main"]);
      assert.deepEqual(debianSources("http://packages.example/node/|main|Somebody|nodistro", "bookworm"), []);
    });
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
