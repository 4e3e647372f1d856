import assert from "node:assert/strict";
import { LabBench, startLabBench } from "./lab-host";
import { PluginError, Properties } from "./plugin-client";

const type = "dbha:index:Service";
const file = "/etc/systemd/system/dbha-test.service";

const unit = (exec: string, more = "") =>
  `[Unit]\nDescription=what a test runs\n[Service]\nExecStart=${exec}\n${more}[Install]\nWantedBy=multi-user.target\n`;

describe("Service on a host with systemd", function () {
  this.timeout(120_000);
  let bench: LabBench;

  before(async () => {
    bench = await startLabBench();
  });
  after(() => bench.plugin.stop());
  afterEach(async () => {
    await bench.on(
      `systemctl disable --now dbha-test.service 2>/dev/null; systemctl unmask --quiet dbha-test.service; rm -rf ${file}*; systemctl daemon-reload; systemctl reset-failed`,
    );
  });

  const args = (more: Properties = {}): Properties => ({
    host: bench.host,
    name: "dbha-test.service",
    unit: unit("/bin/sleep 1000"),
    ...more,
  });
  const make = (more: Properties = {}) => bench.plugin.make(type, args(more));
  const is = (what: string) => bench.on(`systemctl is-${what} dbha-test.service || true`);
  const pid = () => bench.on("systemctl show --property=MainPID --value dbha-test.service");

  it("writes the unit, enables it and runs it", async () => {
    const { id, state } = await make();
    assert.equal(id, "p3:dbha-test.service");
    assert.deepEqual([await is("active"), await is("enabled")], ["active", "enabled"]);
    assert.equal(await bench.on(`cat ${file}`), unit("/bin/sleep 1000").trim());
    assert.equal(await bench.on(`stat -c '%a %U:%G' ${file}`), "644 root:root");
    assert.deepEqual([state.activeState, state.unitFileState], ["active", "enabled"]);
    assert.deepEqual(state.found, { active: false, enabled: false });
  });

  it("leaves an equal unit that runs alone", async () => {
    await make();
    const before = await pid();
    await make();
    assert.equal(await pid(), before);
  });

  it("restarts for another text or other triggers, in place, and for nothing else", async () => {
    const { id, state } = await make({ triggers: ["a"] });
    const first = await pid();
    const news = args({ triggers: ["b"] });
    const { inputs } = await bench.plugin.check(type, news);
    assert.deepEqual((await bench.plugin.diff(type, id, state, inputs)).detailed, { "triggers[0]": "update" });
    const triggered = await bench.plugin.update(type, id, state, inputs);
    const second = await pid();
    assert.notEqual(second, first);
    const rewritten = await bench.plugin.change(type, id, triggered, { ...news, unit: unit("/bin/sleep 2000") });
    assert.match(await bench.on(`ps -o args= -p ${await pid()}`), /sleep 2000/);
    const third = await pid();
    const disabled = await bench.plugin.change(type, id, rewritten, {
      ...news,
      unit: unit("/bin/sleep 2000"),
      enabled: false,
    });
    assert.deepEqual([await is("enabled"), await pid(), disabled.unitFileState], ["disabled", third, "disabled"]);
  });

  it("stops what is not to run, and starts it again", async () => {
    const { id, state } = await make({ active: false });
    assert.deepEqual([await is("active"), await is("enabled")], ["inactive", "enabled"]);
    const started = await bench.plugin.change(type, id, state, args());
    assert.equal(await is("active"), "active");
    await bench.plugin.change(type, id, started, args({ active: false }));
    assert.equal(await is("active"), "inactive");
  });

  it("reads what is so, and what differs", async () => {
    const { id, state, inputs } = await make();
    assert.deepEqual(await bench.plugin.read(type, id, state), { state, inputs });
    await bench.on(
      `systemctl disable --now dbha-test.service 2>/dev/null; echo '# edited' >>${file}; systemctl daemon-reload`,
    );
    const read = await bench.plugin.read(type, id, state);
    assert.deepEqual(read?.state, {
      ...state,
      active: false,
      enabled: false,
      activeState: "inactive",
      unitFileState: "disabled",
      unit: `${unit("/bin/sleep 1000")}# edited\n`,
    });
    const diff = await bench.plugin.diff(type, id, read.state, inputs);
    assert.deepEqual(diff.detailed, { active: "update", enabled: "update", unit: "update" });
    await bench.plugin.update(type, id, read.state, inputs);
    assert.deepEqual(await bench.plugin.read(type, id, state), { state, inputs });
  });

  it("sees a unit file that was removed under a running service, and puts it back", async () => {
    const { id, state, inputs } = await make();
    await bench.on(`rm ${file}`);
    const read = await bench.plugin.read(type, id, state);
    assert.equal(read?.state.unit, "");
    const updated = await bench.plugin.update(type, id, read.state, inputs);
    assert.deepEqual([await is("active"), await is("enabled")], ["active", "enabled"]);
    await bench.on(`rm ${file}; systemctl daemon-reload`);
    assert.equal(await bench.plugin.read(type, id, updated), undefined);
    await make();
    assert.deepEqual([await is("active"), await is("enabled")], ["active", "enabled"]);
  });

  it("is gone when neither unit nor file are there", async () => {
    const { id, state } = await make();
    await bench.on(`systemctl disable --now dbha-test.service 2>/dev/null; rm ${file}; systemctl daemon-reload`);
    assert.equal(await bench.plugin.read(type, id, state), undefined);
  });

  const failing = async (action: Promise<unknown>): Promise<PluginError> => {
    try {
      await action;
    } catch (error) {
      assert.ok(error instanceof PluginError);
      return error;
    }
    return assert.fail("this should have failed");
  };

  it("that crashes gives the end of its journal, and is kept as a resource to be updated", async () => {
    const crash = unit("/bin/sh -c 'echo the port is taken; exit 7'");
    const { message, initFailed } = await failing(make({ unit: crash }));
    assert.match(
      message,
      /^host p3 \([0-9.]+\): start dbha-test\.service: the unit failed \(exit-code\) \(.*the port is taken.*\); correct what its journal says: journalctl -u dbha-test\.service$/,
    );
    assert.equal(initFailed?.id, "p3:dbha-test.service");
    const { inputs } = await bench.plugin.check(type, args());
    const state = await bench.plugin.update(type, initFailed.id, initFailed.properties, inputs);
    assert.equal(await is("active"), "active");
    assert.deepEqual(state.found, { active: false, enabled: false });
  });

  const crashing = (more = ""): string =>
    unit("/bin/sh -c 'echo no licence; exit 7'", "Restart=always\nRestartSec=100ms\n").replace(
      "[Service]",
      `${more}[Service]`,
    );

  it("that crashes until systemd gives it up tells what it said, not only what systemd says of it", async () => {
    const { message } = await failing(make({ unit: crashing() }));
    assert.match(message, /: the unit failed \(exit-code\) \(no licence( \| no licence)* \| .*dbha-test\.service/);
  });

  it("that crashes again and again is not taken for a running one", async () => {
    const { message } = await failing(make({ unit: crashing("StartLimitIntervalSec=0\n") }));
    assert.match(message, /: the unit is still (activating|active) after 30 s \(no licence( \| no licence){4} \| /);
  });

  it("whose text systemd cannot read is told", async () => {
    const { message, initFailed } = await failing(
      make({ unit: "[Service]\nType=nonsense\n[Install]\nWantedBy=multi-user.target\n" }),
    );
    assert.match(message, /systemd cannot load the unit \((bad-setting|error)\)|the unit does not start/);
    assert.equal(initFailed?.id, "p3:dbha-test.service");
  });

  it("that nobody knows is told", async () => {
    const { message, initFailed } = await failing(
      bench.plugin.make(type, { host: bench.host, name: "no-such.service" }),
    );
    assert.match(
      message,
      /systemd knows no unit no-such\.service; correct the name, install what brings the unit, or give its text as unit$/,
    );
    assert.equal(initFailed, undefined);
  });

  it("runs once and is content, where it is of that type", async () => {
    const once = unit("/bin/true", "Type=oneshot\n");
    const { id, state, inputs } = await make({ unit: once });
    assert.equal(state.activeState, "inactive");
    assert.deepEqual(await bench.plugin.read(type, id, state), { state, inputs });
  });

  it("that is masked is refused, and stays so", async () => {
    await bench.on("systemctl mask --quiet dbha-test.service");
    const { message, initFailed } = await failing(make());
    assert.match(
      message,
      /: start dbha-test\.service: the unit is masked; systemctl unmask dbha-test\.service on the host$/,
    );
    assert.equal(initFailed, undefined);
    assert.equal(await bench.on(`ls ${file}*; readlink ${file}`), `${file}\n/dev/null`);
  });

  it("that was masked by hand is seen, and not unmasked", async () => {
    const { id, state, inputs } = await make();
    await bench.on(`systemctl stop dbha-test.service; rm ${file}; systemctl mask --quiet dbha-test.service`);
    const read = await bench.plugin.read(type, id, state);
    assert.deepEqual([read?.state.unit, read?.state.active], ["", false]);
    const { message } = await failing(bench.plugin.update(type, id, read?.state ?? {}, inputs));
    assert.match(message, /the unit is masked; systemctl unmask dbha-test\.service on the host$/);
  });

  it("that a drop-in changes is warned of", async () => {
    await bench.on(`mkdir ${file}.d; printf '[Service]\\nNice=5\\n' >${file}.d/nice.conf; systemctl daemon-reload`);
    await make();
    const warnings = bench.plugin.log.filter((line) => line.severity === "warning").map((line) => line.message);
    assert.deepEqual(warnings, [
      `dbha-test.service on host p3 is changed by ${file}.d/nice.conf, beside the text that is given here`,
    ]);
  });

  it("keeps what a run that was killed on the way had found", async () => {
    const lost = await make();
    assert.deepEqual(lost.state.found, { active: false, enabled: false });
    const { id, state } = await make();
    assert.deepEqual(state.found, { active: false, enabled: false });
    await bench.plugin.delete(type, id, state);
    assert.equal(await bench.on(`ls ${file}* 2>/dev/null | wc -l`), "0");
  });

  describe("delete", () => {
    it("puts back a unit file of the same name that was there, enabled and running as it was", async () => {
      const theirs = unit("/bin/sleep 500");
      await bench.on(`printf '%s' '${theirs}' >${file}; chmod 0640 ${file}; systemctl daemon-reload`);
      await bench.on("systemctl enable --quiet --now dbha-test.service");
      const { id, state } = await make();
      assert.match(await bench.on(`ps -o args= -p ${await pid()}`), /sleep 1000/);
      assert.deepEqual(state.found, { active: true, enabled: true });
      await bench.plugin.delete(type, id, state);
      assert.match(await bench.on(`ps -o args= -p ${await pid()}`), /sleep 500/);
      assert.deepEqual([await is("active"), await is("enabled")], ["active", "enabled"]);
      assert.equal(await bench.on(`cat ${file}; stat -c %a ${file}`), `${theirs}640`);
      assert.equal(await bench.on(`ls -d ${file}*`), file);
    });

    it("stops and removes what it brought, and is content when it is gone", async () => {
      const { id, state } = await make();
      const running = await pid();
      await bench.plugin.delete(type, id, state);
      assert.equal(await bench.on("systemctl show --property=LoadState --value dbha-test.service"), "not-found");
      assert.deepEqual([await is("active"), await bench.on(`ps -o args= -p ${running} || true`)], ["inactive", ""]);
      assert.equal(
        await bench.on(
          `ls -a /etc/systemd/system /etc/systemd/system/multi-user.target.wants | grep -c dbha-test || true`,
        ),
        "0",
      );
      await bench.plugin.delete(type, id, state);
    });

    for (const wasActive of [true, false]) {
      it(`brings a unit that was there back to ${wasActive ? "running and enabled" : "stopped and disabled"}`, async () => {
        await bench.on(`printf '%s' '${unit("/bin/sleep 500")}' >${file}; systemctl daemon-reload`);
        if (wasActive) {
          await bench.on("systemctl enable --now dbha-test.service 2>/dev/null");
        }
        const wanted = { host: bench.host, name: "dbha-test.service", enabled: !wasActive, active: !wasActive };
        const { id, state } = await bench.plugin.make(type, wanted);
        assert.equal(await is("active"), wasActive ? "inactive" : "active");
        assert.deepEqual(state.found, { active: wasActive, enabled: wasActive });
        await bench.plugin.delete(type, id, state);
        assert.deepEqual(
          [await is("active"), await is("enabled")],
          wasActive ? ["active", "enabled"] : ["inactive", "disabled"],
        );
        assert.equal(await bench.on(`cat ${file}`), unit("/bin/sleep 500").trim());
      });
    }
  });
});
