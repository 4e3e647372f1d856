import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { exec, labDown, labUp, run, type Lab } from "../../lab/src/lab";
import { faultsInForce, heal, inject, restartSshd, withFault } from "../../lab/src/faults";
import { sshRun } from "../../lab/src/ssh";
import { command } from "./lab-command";

describe("the lab's fault switches", function () {
  this.timeout(120_000);
  let lab: Lab;
  const fault = (...args: string[]) => command("lab/fault", "--name", "labfault", ...args);
  const reach = async (address: string): Promise<boolean> =>
    (await exec(lab, "p1", `nc -z -w 1 ${address} 22`)).exitCode === 0;
  const identity = (): Promise<string> =>
    sshRun(
      {
        address: lab.hosts.p2.address,
        privateKey: readFileSync(lab.privateKeyFile, "utf8"),
        hostKey: lab.hosts.p2.hostKeys[0] ?? "",
      },
      "cat /root/kept",
    );

  before(async () => {
    lab = await labUp("labfault");
    await run(lab, "p2", "echo data > /root/kept");
  });
  afterEach(async () => {
    for (const host of ["p1", "p2", "p3"] as const) await heal(lab, host);
  });
  after(() => labDown("labfault"));

  it("cuts a host: packets vanish both ways, virtual address included, connections hang and then go on", async () => {
    const virtual = lab.subnet.replace(/0\/24$/, "100");
    await run(lab, "p2", `ip addr add ${virtual}/24 dev eth0`);
    assert.equal(await reach(virtual), true);
    const socket = connect(22, lab.hosts.p2.address);
    const greeting = (await once(socket, "data")) as [Buffer];
    assert.match(greeting[0].toString(), /^SSH-2\.0-/);
    let closed = false;
    socket.on("close", () => (closed = true));

    const { output, exitCode } = await fault("cut", "p2");
    assert.deepEqual([output, exitCode], ["p2: network cut; end it with: lab/fault --name labfault heal p2", 0]);
    await run(lab, "p1", "ip neigh flush all");
    assert.deepEqual(await Promise.all([reach(lab.hosts.p2.address), reach(virtual)]), [false, false]);
    assert.notEqual((await exec(lab, "p2", `nc -z -w 1 ${lab.hosts.p1.address} 22`)).exitCode, 0);
    assert.equal(await reach(lab.hosts.p3.address), true);
    assert.equal(closed, false, "the open connection was ended");
    const status = await command("lab/status", "--name", "labfault");
    assert.equal(status.exitCode, 1);
    assert.match(status.output, /p2 .*FAULT: network cut \(lab\/fault\); lab\/up ends it/);
    assert.match(
      (await fault("fill", "p2")).output,
      /^lab: p2: network cut in force; end it first: lab\/fault --name labfault heal p2$/,
    );

    assert.equal((await fault("heal", "p2")).output, "p2: ended: network cut");
    assert.deepEqual(await Promise.all([reach(lab.hosts.p2.address), reach(virtual)]), [true, true]);
    socket.write("SSH-2.0-test\r\n");
    assert.ok(((await once(socket, "data")) as [Buffer])[0].length > 0, "the open connection goes on");
    socket.destroy();
    await run(lab, "p2", `ip addr del ${virtual}/24 dev eth0`);
  });

  it("loses the part of the received packets that was asked for", async () => {
    await withFault(lab, "p2", { kind: "loss", percent: 50 }, async () => {
      assert.deepEqual(await faultsInForce(lab, "p2"), ["loss 50%"]);
      const { stdout } = await exec(lab, "p1", `ping -q -c 200 -i 0.002 -W 1 ${lab.hosts.p2.address}`);
      const received = Number(/(\d+) received/.exec(stdout)?.[1]);
      // seven standard deviations to each side
      assert.ok(received > 50 && received < 150, stdout);
    });
    assert.deepEqual(await faultsInForce(lab, "p2"), []);
  });

  it("delays packets, or says that this kernel cannot and leaves nothing behind", async () => {
    const { output, exitCode } = await fault("latency", "p2", "100ms");
    if (exitCode === 0) {
      const { stdout } = await exec(lab, "p1", `ping -q -c 3 ${lab.hosts.p2.address}`);
      assert.ok(Number(/= ([\d.]+)\//.exec(stdout)?.[1]) >= 100, stdout);
    } else {
      assert.match(output, /^lab: p2: latency cannot be had: .*; latency needs the kernel module sch_netem/);
      assert.deepEqual(await faultsInForce(lab, "p2"), []);
    }
  });

  it("fills the small disk and leaves what was asked for", async () => {
    await run(lab, "p2", "echo old > /srv/small/file");
    const undo = await inject(lab, "p2", { kind: "full", leaveBytes: 0 });
    const write = await exec(lab, "p2", "echo new | dd of=/srv/small/other");
    assert.match(write.stderr, /No space left on device/);
    assert.equal(await run(lab, "p2", "cat /srv/small/file"), "old");
    await undo();
    await run(lab, "p2", "echo new > /srv/small/other");
    assert.equal((await fault("fill", "p2", "--leave", "1MB")).exitCode, 0);
    assert.equal(await run(lab, "p2", "df --output=avail -B1 /srv/small | tail -1"), "1048576");
  });

  for (const [how, args] of [
    ["stops", ["stop", "p2"]],
    ["kills", ["stop", "p2", "--kill"]],
  ] as const) {
    it(`${how} a host, which comes back with its data, address and host key`, async () => {
      assert.deepEqual(await fault(...args), {
        output: "p2: stopped; end it with: lab/fault --name labfault heal p2",
        exitCode: 0,
      });
      assert.match((await command("lab/status", "--name", "labfault")).output, /p2 .*FAULT: container exited/);
      assert.equal((await fault("start", "p2")).output, "p2: runs");
      assert.equal(await identity(), "data");
    });
  }

  it("restarts sshd with or without its sessions, docker, and the host", async () => {
    const session = () =>
      sshRun(
        {
          address: lab.hosts.p2.address,
          privateKey: readFileSync(lab.privateKeyFile, "utf8"),
          hostKey: lab.hosts.p2.hostKeys[0] ?? "",
        },
        "touch /run/began; while [ ! -e /run/go ]; do sleep 0.05; done; rm /run/go; echo survived",
      );
    const begun = () =>
      run(lab, "p2", "for i in $(seq 100); do [ -e /run/began ] && rm /run/began && exit; sleep 0.05; done; exit 1");
    const kept = session();
    await begun();
    await restartSshd(lab, "p2", "kept");
    await run(lab, "p2", "touch /run/go");
    assert.equal(await kept, "survived");
    const killed = assert.rejects(session());
    await begun();
    assert.equal((await fault("restart", "p2", "sshd", "--kill-sessions")).output, "p2: sshd restarted");
    await killed;

    const daemon = () => run(lab, "p2", "systemctl show -P MainPID docker");
    const before = await daemon();
    assert.equal((await fault("restart", "p2", "docker")).output, "p2: docker restarted");
    assert.notEqual(await daemon(), before);
    assert.equal((await fault("reboot", "p2")).output, "p2: rebooted");
    assert.equal(await identity(), "data");
  });

  it("is repaired by lab/up, which says what it healed", async () => {
    await inject(lab, "p2", { kind: "cut" });
    await inject(lab, "p3", { kind: "full", leaveBytes: 0 });
    const { output, exitCode } = await command("lab/up", "--name", "labfault");
    assert.equal(exitCode, 0);
    assert.match(output, /p2 .*: running, docker .*, healed: network cut/);
    assert.match(output, /p3 .*: running, docker .*, healed: \/srv\/small filled/);
    assert.equal((await command("lab/status", "--name", "labfault")).exitCode, 0);
  });

  it("outlives the reader of its output", async () => {
    const { output } = await command("sh", "-c", "lab/status --name labfault | true");
    assert.ok(!output.includes("EPIPE"), output);
  });

  it("does not get in the way of lab/down", async () => {
    await inject(lab, "p1", { kind: "cut" });
    await inject(lab, "p2", { kind: "stopped", power: "lost" });
    await labDown("labfault");
    lab = await labUp("labfault");
  });
});
