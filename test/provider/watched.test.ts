import assert from "node:assert/strict";
import { LabBench, startLabBench } from "./lab-host";
import { PluginError, Properties } from "./plugin-client";

const type = "dbha:index:Probe";
const name = "dbha-watched";
const unit = "dbha-watched.service";
const directory = "/var/log/dbha-watched";

/** Nobody listens there. */
const nobody = { port: 1 };

/** On a host of the lab, with containers and units that fail as those of users do. */
describe("What a probe watches", function () {
  this.timeout(120_000);
  let bench: LabBench;
  let image: string;
  let imageId: string;
  let imageState: Properties;
  const about = () => `host p3 (${String(bench.host.address)})`;

  before(async () => {
    bench = await startLabBench();
    const { nginx } = bench.images;
    assert.ok(nginx);
    const made = await bench.plugin.make("dbha:index:Image", { host: bench.host, tarballs: { amd64: nginx.tarball } });
    [imageId, imageState, image] = [made.id, made.state, String(made.state.imageId)];
  });
  afterEach(() =>
    bench.on(
      `docker rm -f ${name} >/dev/null 2>&1; systemctl stop ${unit} 2>/dev/null; ` +
        `rm -rf /run/systemd/system/${unit} ${directory}; systemctl daemon-reload; systemctl reset-failed`,
    ),
  );
  after(async () => {
    await bench.plugin.delete("dbha:index:Image", imageId, imageState);
    await bench.plugin.stop();
  });

  const contain = (script: string, options = "") =>
    bench.on(
      `cat >/run/${name}.sh <<'END'\n${script}\nEND\n` +
        `docker run -d --name ${name} --network none ${options} -v /run/${name}.sh:/x.sh:ro --entrypoint sh ${image} /x.sh >/dev/null`,
    );
  const install = (service: string) =>
    bench.on(
      `printf '[Unit]\\nStartLimitIntervalSec=0\\n[Service]\\n%s\\n' '${service}' >/run/systemd/system/${unit}; ` +
        `systemctl daemon-reload; systemctl start ${unit}`,
    );
  const make = (more: Properties) => bench.plugin.make(type, { host: bench.host, http: nobody, interval: 1, ...more });

  /** What the probe fails with, and after how many seconds. */
  async function failure(more: Properties): Promise<{ message: string; after: number; seconds: string }> {
    const begun = Date.now();
    let message = "";
    await assert.rejects(make(more), (error: PluginError) => {
      message = error.message;
      return true;
    });
    const seconds = /not healthy after (\d+) s/.exec(message)?.[1] ?? "?";
    return { message, after: (Date.now() - begun) / 1000, seconds };
  }

  it("ends a wait early for a container that Docker starts again and again, and shows its log without its secrets", async () => {
    await contain(
      'echo "starting as odc, $DB_PASSWORD"; echo "FATAL: no configuration"; exit 3',
      "--restart always -e DB_PASSWORD=Meta.Pass-12",
    );
    const { message, after, seconds } = await failure({ timeout: 40, watched: { container: name } });
    assert.ok(after > 10 && after < 30, `${after} s`);
    const [, count] = / again, (\d+) times so far/.exec(message) ?? [];
    assert.ok(Number(count) >= 3);
    const pair = "    starting as odc, [secret]\n    FATAL: no configuration";
    assert.equal(
      message,
      `${about()}: probe http://127.0.0.1:1/: not healthy after ${seconds} s, last seen: connection refused; ` +
        `container ${name} restarts again and again, ${count} times so far; ` +
        `correct what its log on the host says (docker logs ${name}), and run it again\n` +
        `  docker logs ${name} on p3:\n${pair}\n${pair}\n${pair}`,
    );
  });

  it("ends it when a supervisor has given up, but not before the repair, and shows log files that are fresh", async () => {
    await contain(
      'sleep 1; i=0; while [ $i -lt 4 ]; do i=$((i + 1)); echo "INFO exited: odc (exit status 1; not expected)"; done; ' +
        'echo "INFO gave up: odc entered FATAL state"; exec sleep 300',
    );
    await bench.on(
      `mkdir ${directory}; cd ${directory}; echo "ERROR DB_PASS password=hunter2 is wrong" >odc.log; ` +
        "echo long ago >old.log; touch -d '1 hour ago' old.log; mkdir dir.log; " +
        `touch -d '20 seconds ago' odc.log`,
    );
    const logFiles = ["absent.log", "old.log", "dir.log", "odc.log"].map((file) => `${directory}/${file}`);
    const supervisor = { ended: " exited: ", gaveUp: " entered FATAL state" };
    const repair = { command: `docker restart -t 0 ${name}`, after: 8 };
    const { message, after, seconds } = await failure({
      timeout: 120,
      repair,
      watched: { container: name, logFiles, supervisor },
    });
    assert.ok(after > 13 && after < 28, `${after} s`);
    const ended = "    INFO exited: odc (exit status 1; not expected)\n";
    assert.equal(
      message,
      `${about()}: probe http://127.0.0.1:1/: not healthy after ${seconds} s, last seen: connection refused; ` +
        `what runs in container ${name} ended 8 times, and its supervisor starts it no more; ` +
        `correct what its log on the host says (docker logs ${name} and ${directory}), and run it again\n` +
        `  docker logs ${name} on p3:\n    INFO gave up: odc entered FATAL state\n${ended.repeat(4)}` +
        `    INFO gave up: odc entered FATAL state\n` +
        `  ${directory}/odc.log on p3:\n    ERROR DB_PASS password=[secret] is wrong`,
    );
  });

  it("lets what ended often and then runs take its time", async () => {
    await contain(
      'for i in 1 2 3 4 5; do echo "exited: odc"; done; sleep 14; echo ready; exec sleep 300',
      "--restart always",
    );
    const { state } = await make({
      http: undefined,
      command: `docker logs ${name} 2>&1 | grep -q ready`,
      timeout: 30,
      watched: { container: name, supervisor: { ended: "exited: " } },
    });
    assert.equal(state.healthy, true);
    const told = bench.plugin.log.map((line) => line.message).filter((line) => line.includes("ended"));
    assert.match(told.at(-1) ?? "", /^waiting for command docker, \d+ s left: status 1 \(ended 5 times so far\)$/);
  });

  it("ends a wait early for a unit that systemd starts again and again, and shows its journal", async () => {
    await install(`ExecStart=/bin/sh -c "echo no configuration; exit 4"\nRestart=always\nRestartSec=1`);
    const { message, after } = await failure({ timeout: 24, watched: { unit } });
    assert.ok(after >= 6 && after < 20, `${after} s`);
    assert.match(
      message,
      new RegExp(`; ${unit} restarts again and again, \\d+ times so far; correct what its log on the host says`),
    );
    assert.match(
      message,
      new RegExp(`\\(journalctl -u ${unit}\\), and run it again\n  journalctl -u ${unit} on p3:\n`),
    );
    assert.match(message, /\n {4}no configuration\n/);
  });

  it("ends it for a unit that failed, since nothing starts it again", async () => {
    await install(`ExecStart=/bin/sh -c "echo no configuration; exit 4"`);
    const { message, after } = await failure({ timeout: 60, watched: { unit } });
    assert.ok(after >= 10 && after < 25, `${after} s`);
    assert.match(message, new RegExp(`; ${unit} is failed, and nothing starts it; correct`));
  });

  it("tells where something logs that only took too long, and what it said last", async () => {
    await contain('echo "still migrating"; exec sleep 300');
    const { message, seconds } = await failure({ timeout: 3, watched: { container: name } });
    assert.equal(
      message,
      `${about()}: probe http://127.0.0.1:1/: not healthy after ${seconds} s, last seen: connection refused; ` +
        `see its log on the host (docker logs ${name}); give a longer timeout if it only needs more time\n` +
        `  docker logs ${name} on p3:\n    still migrating`,
    );
  });

  it("may be missing", async () => {
    const { message, seconds } = await failure({ timeout: 3, watched: { container: name } });
    assert.equal(
      message,
      `${about()}: probe http://127.0.0.1:1/: not healthy after ${seconds} s, last seen: connection refused; ` +
        `there is no container ${name} any more, which pulumi up --refresh makes again; ` +
        `see its log on the host (docker logs ${name}); give a longer timeout if it only needs more time`,
    );
  });
});
