import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderCmMoveScript } from "../../../../components/oms/cm-move-script";

const plan = { made: "2026-11-29T12:00:00.000Z", stopped: ["10.0.0.11"], again: ["10.0.0.12"] };

/** supervisorctl in the container, whose services are lines of a file. */
const supervisorctl = `#!/bin/sh
cd "$(dirname "$0")" || exit 1
case $1 in
  stop) sed -i 's/RUNNING/STOPPED/' status ;;
  start) sed -i 's/STOPPED/RUNNING/' status ;;
esac
cat status
`;

describe("The steps of a node whose region's CM gets another address", () => {
  let root: string;
  let record: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "dbha-move-"));
    record = join(root, "record");
    writeFileSync(join(root, "supervisorctl"), supervisorctl);
    chmodSync(join(root, "supervisorctl"), 0o755);
    writeFileSync(join(root, "status"), "nginx RUNNING pid 1\noms_drc_cm RUNNING pid 2\n");
  });
  afterEach(() => rmSync(root, { recursive: true }));

  /** Runs a step with a docker whose container has its /root in a folder here. */
  function step(name: string, address: string, more: { problem?: string; made?: string; runs?: boolean } = {}) {
    const { problem = "", made = plan.made, runs = true } = more;
    const text = renderCmMoveScript({ container: "oms_427", address, plan: { ...plan, made }, record, problem }, [
      name,
    ]);
    const docker = `docker() {
  if [ "$1" = inspect ]; then echo ${runs}; return; fi
  [ "$1 $2 $3 $4" = "exec oms_427 bash -c" ] || return 9
  PATH=${root}:$PATH bash -c "cd ${root} && \${5#cd /root && }"
}
`;
    const { status, stdout, stderr } = spawnSync("sh", ["-s", name], { input: docker + text, encoding: "utf8" });
    return { status, said: stdout.trim(), told: stderr.trim() };
  }
  const running = (): number => readFileSync(join(root, "status"), "utf8").split("RUNNING").length - 1;
  const isMarked = (): boolean => existsSync(join(root, ".dbha-again"));

  it("stop its services once for each plan, and mark it", () => {
    assert.equal(step("stop", "10.0.0.11").said, "stopped");
    assert.deepEqual([running(), isMarked()], [0, true]);
    step("go", "10.0.0.11", { problem: "no room" });
    assert.deepEqual([running(), isMarked()], [2, false]);
    step("stop", "10.0.0.11");
    assert.deepEqual([running(), isMarked()], [2, false]);
    step("stop", "10.0.0.11", { made: "later" });
    assert.deepEqual([running(), isMarked()], [0, true]);
  });

  it("only mark it where its rows are to be made again, and leave other nodes alone", () => {
    step("stop", "10.0.0.12");
    assert.deepEqual([running(), isMarked()], [2, true]);
    rmSync(join(root, ".dbha-again"));
    step("stop", "10.0.0.13");
    assert.deepEqual([running(), isMarked()], [2, false]);
    const { status, said } = step("stop", "10.0.0.11", { made: "later", runs: false });
    assert.deepEqual([status, said, running()], [0, "stopped", 2]);
  });

  it("fail where services do not stop", () => {
    writeFileSync(join(root, "supervisorctl"), "#!/bin/sh\ncat $(dirname $0)/status\n");
    const { status, told } = step("stop", "10.0.0.11");
    assert.equal(status, 1);
    assert.match(
      told,
      /^services of container oms_427 do not stop: nginx oms_drc_cm; fix: see docker exec oms_427 supervisorctl status on the host, then run this again$/m,
    );
    assert.equal(existsSync(join(root, ".dbha-plan")), false);
  });

  it("note the plan as one that has not ended, and do not begin it a second time", () => {
    step("stop", "10.0.0.13");
    const noted = JSON.stringify(plan);
    assert.equal(readFileSync(record, "utf8"), `${noted}\nopen\n`);
    writeFileSync(record, `${noted}\n`);
    step("stop", "10.0.0.13");
    assert.equal(readFileSync(record, "utf8"), `${noted}\n`);
    step("stop", "10.0.0.13", { made: "" });
    assert.equal(readFileSync(record, "utf8"), `${noted}\n`);
    step("forget", "10.0.0.13", { made: "another" });
    assert.ok(existsSync(record));
    step("forget", "10.0.0.13");
    assert.ok(!existsSync(record));
  });

  it("start the services again where there is no backup, and fail with the reason last", () => {
    step("stop", "10.0.0.11");
    const { status, told } = step("lead", "10.0.0.11", { problem: "region 1: it's full; fix: make room" });
    assert.deepEqual([status, running(), isMarked()], [1, 2, false]);
    assert.match(
      told,
      /^the CM keeps its address, and the services run again, as the tables that have it were not backed up or not changed: region 1: it's full; fix: make room; fix: mend that, then run pulumi up again$/m,
    );
    assert.deepEqual(step("lead", "10.0.0.11"), { status: 0, said: "gone", told: "" });
  });
});
