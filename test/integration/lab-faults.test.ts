import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { exec, labDown, labUp, readLab, run, type Lab } from "../../lab/src/lab";
import { faultsInForce, heal, inject, restartSshd, withFault } from "../../lab/src/faults";
import { REPO_ROOT } from "../../lab/src/paths";
import { sshRun } from "../../lab/src/ssh";
import { waitFor } from "../../lab/src/wait";
import { eventually } from "./hosts";
import { command } from "./lab-command";

const README = readFileSync(join(REPO_ROOT, "lab/README.md"), "utf8");
/** Command lines in the README's blocks, without their explanations. */
const documented = (what: string): string[] =>
  [...README.matchAll(new RegExp(`^(lab/${what}.*?)(  .*)?$`, "gm"))].map((match) => match[1] ?? "");

const ENDS = "end it with: lab/fault --name labfault heal p2";
/** What each command of the README says and leaves in force, and whether the host's containers come back after it. */
const DOCUMENTED: Record<string, [lasting: string | undefined, output: RegExp, restarts?: boolean]> = {
  "lab/fault cut p2": ["network cut", new RegExp(`^p2: network cut; ${ENDS}$`)],
  "lab/fault loss p2 5%": ["loss 5%", new RegExp(`^p2: 5% loss; ${ENDS}$`)],
  "lab/fault latency p2 100ms": ["latency 100ms", new RegExp(`^p2: 100 ms of latency; ${ENDS}$`)],
  "lab/fault fill p2 --leave 1MB": [
    "/srv/small filled",
    new RegExp(`^p2: /srv/small filled, 1048576 bytes left; ${ENDS}$`),
  ],
  "lab/fault stop p2": ["stopped", new RegExp(`^p2: stopped; ${ENDS}$`)],
  "lab/fault start p2": [undefined, /^p2: runs$/, true],
  "lab/fault reboot p2": [undefined, /^p2: rebooted$/, true],
  "lab/fault restart p2 sshd": [undefined, /^p2: sshd restarted$/],
  "lab/fault restart p2 docker": [undefined, /^p2: docker restarted$/, true],
  "lab/fault heal p2": [undefined, /^p2: no fault$/],
};

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
        user: "root",
        privateKey: readFileSync(lab.privateKeyFile, "utf8"),
        hostKeys: lab.hosts.p2.hostKeys,
      },
      "cat /root/kept",
    );

  before(async () => {
    lab = await labUp("labfault");
    await run(lab, "p2", "echo data > /root/kept");
  });
  after(() => labDown("labfault"));

  describe("in force, one after the other", () => {
    afterEach(async () => {
      for (const host of ["p1", "p2", "p3"] as const) await heal(lab, host);
    });

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
        (await fault("cut", "p2")).output,
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

    it("adds faults up, each of which ends by itself or with all", async () => {
      const ping = `ping -q -c 100 -i 0.005 -W 1 ${lab.hosts.p2.address}`;
      await inject(lab, "p2", { kind: "latency", milliseconds: 50 });
      const found = await withFault(lab, "p2", { kind: "loss", percent: 50 }, async () => {
        assert.deepEqual(await faultsInForce(lab, "p2"), ["latency 50ms", "loss 50%"]);
        assert.match(
          (await fault("loss", "p2", "5%")).output,
          /^lab: p2: loss 50% in force; end it first: lab\/fault --name labfault heal p2$/,
        );
        const answered = await exec(lab, "p1", ping);
        await withFault(lab, "p2", { kind: "cut" }, async () => assert.equal(await reach(lab.hosts.p2.address), false));
        return answered.stdout;
      });
      const [, received, shortest] = /(\d+) received.*?= ([\d.]+)\//s.exec(found) ?? [];
      // five standard deviations to each side
      assert.ok(Number(received) > 25 && Number(received) < 75, found);
      assert.ok(Number(shortest) >= 50 && Number(shortest) < 100, found);
      assert.match(await run(lab, "p1", ping), / 0% packet loss.*= 5\d\./s);
      await inject(lab, "p2", { kind: "full", leaveBytes: 0 });
      assert.equal((await fault("heal", "p2")).output, "p2: ended: latency 50ms, /srv/small filled");
      assert.deepEqual(await faultsInForce(lab, "p2"), []);
    });

    it("delays packets by the time that was asked for and loses none; what it holds goes on when it ends", async () => {
      const { output, exitCode } = await fault("latency", "p2", "100ms");
      assert.deepEqual([output, exitCode], [`p2: 100 ms of latency; ${ENDS}`, 0]);
      const ping = `ping -q -c 50 -i 0.01 ${lab.hosts.p2.address}`;
      const [, received, shortest] = /(\d+) received.*?= ([\d.]+)\//s.exec(await run(lab, "p1", ping)) ?? [];
      assert.equal(received, "50");
      assert.ok(Number(shortest) >= 100 && Number(shortest) < 150, `${shortest} ms`);
      // packets larger than the wire takes, and more of them than a queue has room for by default
      const arrived = run(lab, "p2", "timeout 30 nc -l 7000 | wc -c");
      await waitFor("no listener", 10, () => run(lab, "p2", "ss -Hlnt sport = :7000 | grep ."));
      await run(lab, "p1", `head -c 20000000 /dev/zero | timeout 30 nc -N ${lab.hosts.p2.address} 7000`);
      assert.equal(await arrived, "20000000");
      assert.equal((await fault("heal", "p2")).output, "p2: ended: latency 100ms");

      await inject(lab, "p2", { kind: "latency", milliseconds: 60_000 });
      const answer = exec(lab, "p1", `ping -c 1 -W 30 ${lab.hosts.p2.address}`);
      await waitFor("nothing is held", 10, () =>
        run(lab, "p2", "awk '$3 > 0' /proc/net/netfilter/nfnetlink_queue | grep ."),
      );
      await heal(lab, "p2");
      assert.equal((await answer).exitCode, 0);
      await waitFor("the program stays", 10, () => run(lab, "p2", "! pgrep -f 'sbin/delay [0-9]'"));
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

    it("takes a host's power away; it comes back with its data, address and host key", async () => {
      assert.equal((await fault("stop", "p2", "--kill")).output, `p2: stopped; ${ENDS}`);
      assert.match(
        (await command("lab/status", "--name", "labfault")).output,
        /p2 .*FAULT: container exited; lab\/up starts it/,
      );
      await heal(lab, "p2");
      assert.equal(await identity(), "data");
    });

    it("does with every command of lab/README.md what is written there, and containers that restart always come back", async () => {
      const commands = documented("fault [a-z]");
      assert.deepEqual([...commands].sort(), Object.keys(DOCUMENTED).sort());
      await run(
        lab,
        "p2",
        `cd / && tar -ch $(ldd /bin/sleep | grep -o '/[^ ]*' | sed 's,^/,,') bin/sleep | docker import - sleeper >/dev/null
       docker run -d --restart always --stop-signal KILL --name always sleeper /bin/sleep infinity`,
      );
      const startOfAlways = () =>
        run(lab, "p2", "docker inspect -f '{{.State.Running}} {{.State.StartedAt}}' always || echo 'false'");
      let started = await startOfAlways();
      for (const line of commands) {
        const [lasting, expected, restarts] = DOCUMENTED[line] ?? [];
        const { output } = await command("sh", "-c", line.replace("lab/fault", "lab/fault --name labfault"));
        assert.match(output, expected ?? /^$/, line);
        if (lasting !== undefined && !output.includes("cannot be had")) {
          assert.deepEqual(await faultsInForce(lab, "p2"), [lasting]);
          if (lasting !== "stopped") await heal(lab, "p2");
        }
        if (restarts === true) {
          const now = await eventually("the container", 20, startOfAlways, (seen) => seen.startsWith("true"));
          assert.notEqual(now, started, `${line}: the container was not stopped`);
          started = now;
        }
      }
      assert.equal(await identity(), "data");
      await run(lab, "p2", "docker rm -f always; docker rmi sleeper");
    });

    it("can be reached and used as lab/README.md says", async () => {
      const ssh = /for ssh: (ssh .* root@)ADDRESS/.exec(README)?.[1]?.replaceAll(".lab/demo/", ".lab/labfault/") ?? "";
      assert.deepEqual(await command("sh", "-c", `${ssh}${lab.hosts.p1.address} hostname`), {
        output: "p1",
        exitCode: 0,
      });
      const use = /eval "\$\(lab\/env\)"/.exec(README)?.[0].replace("lab/env", "lab/env --name labfault") ?? "false";
      assert.deepEqual(await command("sh", "-c", `${use}; echo "$PULUMI_BACKEND_URL"; command -v pulumi`), {
        output: `file://${lab.directory}/state\n${REPO_ROOT}/lab/bin/pulumi`,
        exitCode: 0,
      });
      assert.deepEqual(
        documented("(up|status|env|fault|down) +\\[--name demo\\]").map((line) => line.split(" ")[0]),
        ["lab/up", "lab/status", "lab/env", "lab/fault", "lab/down"],
      );
    });

    it("restarts sshd with or without its sessions", async () => {
      const session = () =>
        sshRun(
          {
            address: lab.hosts.p2.address,
            user: "root",
            privateKey: readFileSync(lab.privateKeyFile, "utf8"),
            hostKeys: lab.hosts.p2.hostKeys,
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
  });

  describe("and lab/down", () => {
    it("are no obstacle to it", async () => {
      await inject(lab, "p1", { kind: "cut" });
      await inject(lab, "p2", { kind: "stopped", power: "lost" });
      await labDown("labfault");
      assert.throws(() => readLab("labfault"), /lab labfault is not there/);
    });
  });
});
