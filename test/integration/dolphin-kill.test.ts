import assert from "node:assert/strict";
import { heal, inject } from "../../lab/src/faults";
import { HOST_NAMES, type HostName } from "../../lab/src/name";
import { waitFor } from "../../lab/src/wait";
import { vendorClient } from "./dolphin-client";
import { APPEND, COUNT, TABLE } from "./dolphin-rows";
import { dolphinConfig, dolphinNode, dolphinOutputs, dolphinTraces, endDolphin, serverOf } from "./dolphin-stack";
import { call, nodeOf } from "./dolphin-stand-in";
import { engines } from "./engines";
import { on, theLab } from "./hosts";
import { TestStack } from "./stack";

const [engine] = engines();
const HOME = "/var/lib/dolphin-dolphin";
const SERVER = "/opt/dbha/dolphin-dolphin/server";
const BACKUPS = "/var/backups/dolphin-dolphin";
const [FORMER, NEXT] = ["3.00.4.3", "3.00.5.1"] as const;

const CHECKED = `find ${HOME}/p1-datanode/storage/CHUNKS/dbha_check -name '*.rows' 2>/dev/null | grep -q .`;
const isActive = (unit: "controller" | "agent"): string => `systemctl -q is-active dbha-dolphin-dolphin-${unit}`;
const runs = (alias: string): string => `pgrep -f -- '[-]home ${HOME}/${alias}' >/dev/null`;

/**
 * What comes to hold on a host in the course of a run, in this order, and does not before. In a deployment the hosts wait for each
 * other for the first time when controllers start, so what comes before is looked for on one of them.
 */
type Moment = [what: string, host: HostName, condition: string];

const ofDeployment: Moment[] = [
  ["a package is unpacked", "p3", "[ -e /opt/dbha/dolphin-dolphin/current/dolphindb ]"],
  ["a user is made", "p3", "getent passwd dolphin-dolphin >/dev/null"],
  ["the licence is written", "p3", `[ -e ${SERVER}/dolphindb.lic ]`],
  ["the server is in place", "p3", `[ -e ${SERVER}/.package ]`],
  ["a controller starts", "p3", isActive("controller")],
  // here admin's password is changed, see below
  ["the first agent runs", "p1", isActive("agent")],
  ["the last agent runs", "p3", isActive("agent")],
  ["data nodes start", "p2", runs("p2-datanode")],
  ["the cluster is checked", "p1", CHECKED],
];

const ofUpgrade: Moment[] = [
  ["the package is beside the one in use", "p2", "[ $(ls -d /opt/dbha/dolphin-dolphin/*/web | wc -l) -gt 3 ]"],
  ["data nodes stop", "p2", `! ${runs("p2-datanode")}`],
  ["the controllers have stopped", "p3", `! ${isActive("controller")}`],
  ["metadata are saved", "p2", `ls -d ${BACKUPS}/.*.new >/dev/null 2>&1`],
  ["the server is in place", "p3", `grep -qx ${NEXT} ${SERVER}/.package`],
  ["controllers start", "p2", isActive("controller")],
  ["agents start", "p1", isActive("agent")],
  ["data nodes start", "p3", runs("p3-datanode")],
  ["old backups are removed", "p1", `[ ! -e ${BACKUPS}/20200101T000000Z-3.00.3 ]`],
  ["the cluster is checked again", "p1", CHECKED],
];

/**
 * One deployment, then one upgrade of it, each killed again and again: every run goes on from what the one before has left, and the last
 * one is told to come to its end. Neither nodes nor rows may be lost on the way, nor anything be left of runs that were killed: no
 * password that everybody knows, no database of a check, no second backup, no process of the former server.
 */
describe("A DolphinDB cluster whose deployment and upgrade are killed", function () {
  this.timeout(360_000);
  let stack: TestStack;
  let password: string;

  before(async () => {
    assert.ok(engine);
    stack = new TestStack(engine);
    await stack.init(dolphinConfig((dolphin) => Object.assign(dolphin, { check: { rows: 50 } })));
    await slow("p3");
  });
  after(async () => {
    for (const host of ["p1", "p3"] as const) await heal(theLab(), host);
    await endDolphin(stack);
  });

  /** One step on the host is to be over where it is seen before the next one begins. */
  const slow = (host: HostName): Promise<unknown> => inject(theLab(), host, { kind: "latency", milliseconds: 150 });

  /**
   * Log-ins on the host stand still from the moment on, and go on when the run is dead: a busy machine may take long to kill it, and
   * must not let it come to the next moment meanwhile.
   */
  async function killAt([what, host, condition]: Moment): Promise<void> {
    assert.equal(await on(host, `if ${condition}; then echo already; fi`), "", `${what}, before a run has come so far`);
    const logIns = (signal: "STOP" | "CONT"): string => `pkill -${signal} -f '^sshd(-session)?: [^ ]*@notty' || true`;
    const quoted = `until ( ${condition} ); do sleep 0.01; done; ${logIns("STOP")}`.replaceAll("'", `'\\''`);
    try {
      await stack.killUpAt(on(host, `timeout 90 sh -c '${quoted}'`), { whole: true });
    } finally {
      await on(host, logIns("CONT"));
    }
  }

  /** Comes when a controller that knows the built-in password of admin refuses it. */
  async function passwordChanges(): Promise<void> {
    const logIn = () => call(nodeOf("p1", "controller"), "getActiveMaster", {}, "123456");
    await waitFor("the built-in password was not taken", 60, logIn);
    await waitFor("the built-in password was not changed", 60, () =>
      assert.rejects(logIn, /user name or password is incorrect/),
    );
  }

  const answered = async (script: string, kind: "datanode" | "computenode" = "computenode"): Promise<unknown> =>
    (await vendorClient({ node: dolphinNode("p2", kind), password, scripts: [script] }))[1];

  async function assertWhole(version: string): Promise<void> {
    const { nodes, adminPassword } = await dolphinOutputs(stack);
    password = adminPassword;
    assert.deepEqual(
      nodes.map(({ alias, state, version: found }) => `${alias} ${state} ${found}`).sort(),
      HOST_NAMES.flatMap((host) =>
        ["agent", "computenode", "controller", "datanode"].map((kind) => `${host}-${kind} online ${version}`),
      ),
    );
    for (const host of HOST_NAMES) {
      const processes = (await dolphinTraces(host)).filter((line) => /^\d+ .*dolphindb/.test(line));
      assert.equal(processes.length, 4, processes.join("\n"));
      const left = `ls -A /opt/dbha/dolphin-dolphin ${SERVER} | grep '[.]new' ; grep -hs '^{' /var/lib/dbha/* || true`;
      assert.equal(await on(host, left), "", `what runs that were killed have left on ${host}`);
    }
    assert.deepEqual((await stack.recorded()).pending, []);
    await stack.succeed("preview", "--refresh", "--expect-no-changes");
    const known = await vendorClient({ node: dolphinNode("p1", "datanode"), password: "123456" });
    assert.deepEqual(known, [{ connected: false }]);
    assert.deepEqual(await answered('existsDatabase("dfs://dbha_check")'), { value: false });
  }

  for (const moment of ofDeployment) {
    if (moment[0] === "the first agent runs")
      it("is killed when admin's password has been changed", () => stack.killUpAt(passwordChanges(), { whole: true }));
    it(`is killed when ${moment[0]}`, () => killAt(moment));
  }

  it("has all of its nodes by the next up, after ten kills", async () => {
    await heal(theLab(), "p3");
    await stack.up();
    await assertWhole(FORMER);
    assert.deepEqual(await answered(TABLE, "datanode"), { value: 30 });
  });

  for (const [at, moment] of ofUpgrade.entries())
    it(`is killed in its upgrade when ${moment[0]}`, async () => {
      if (at === 0) {
        stack.configure(
          dolphinConfig((dolphin) =>
            Object.assign(dolphin, { check: { rows: 50 }, server: serverOf(NEXT), backup: { keep: 1 } }),
          ),
        );
        await slow("p1");
        // a backup is to take its time
        await on("p2", `head -c 200M /dev/urandom >${HOME}/p2-controller/dfsMeta/large`);
        await on(
          "p1",
          `mkdir -p ${BACKUPS}/20200101T000000Z-3.00.3 && touch ${BACKUPS}/20200101T000000Z-3.00.3/sha256`,
        );
      }
      await killAt(moment);
    });

  it("has the other server by the next up, after ten kills, with all rows, and one backup that it can go back by", async () => {
    await heal(theLab(), "p1");
    await stack.up();
    await assertWhole(NEXT);
    assert.deepEqual(await answered(COUNT), { value: 30 });
    assert.deepEqual(await answered(APPEND, "datanode"), { value: 31 });
    const { backups } = await dolphinOutputs(stack);
    for (const host of HOST_NAMES)
      assert.deepEqual((await on(host, `ls -A ${BACKUPS}`)).trim().split("\n"), backups, host);
    assert.match(backups.join(), /^\d{8}T\d{6}Z-3\.00\.4\.3$/);
  });
});
