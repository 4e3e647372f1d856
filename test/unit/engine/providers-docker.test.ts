import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Provider, Values } from "../../../lab/engine/provider";
import { PartialFailure } from "../../../lab/engine/provider";
import { dockerProvider } from "../../../lab/engine/providers/docker";
import { dockerHost } from "../../../lab/engine/providers/docker/config";
import { durationText, nanoseconds } from "../../../lab/engine/providers/docker/duration";
import { FakeDocker } from "./providers-fake-docker";
import { Resource } from "./providers-support";

const TYPE = "docker:index/container:Container";
const ID = "c0ffee".repeat(10) + "0123";
const NOT_IMPLEMENTED =
  "is not implemented by the lab's stand-in of the docker provider; the real Pulumi CLI with the real docker provider does it.";

const running = { Running: true, ExitCode: 0 };
const inspection: Values = {
  Id: ID,
  Name: "/web",
  Image: "sha256:1",
  Platform: "linux",
  State: running,
  Config: { Image: "nginx", Hostname: "c0ffee", Cmd: ["nginx"], Env: ["A=1"] },
  HostConfig: { NetworkMode: "bridge", RestartPolicy: { Name: "no", MaximumRetryCount: 0 }, ShmSize: 67108864 },
  NetworkSettings: { Bridge: "", Networks: {}, Ports: {} },
};

describe("stand-in of docker", () => {
  let docker: FakeDocker;
  let provider: Provider;
  let container: Resource;
  const inputs = { image: "nginx", name: "web" };

  beforeEach(async () => {
    docker = await new FakeDocker().listen();
    docker.images.add("nginx");
    docker.next = inspection;
    provider = dockerProvider();
    container = new Resource(provider, TYPE, "web");
    await provider.configure({ host: docker.host }, false);
  });
  afterEach(async () => {
    await provider.close();
    await docker.close();
  });

  it("creates and starts a container", async () => {
    const { id, outputs } = await container.create(inputs);
    assert.equal(id, ID);
    assert.deepEqual(docker.changes, ["POST /containers/create?name=web", `POST /containers/${ID}/start`]);
    assert.deepEqual([outputs.hostname, outputs.command, outputs.shmSize], ["c0ffee", ["nginx"], 64]);
  });

  it("makes up a name that is the same in preview and run", async () => {
    const [preview, run] = [await container.check({ image: "nginx" }), await container.check({ image: "nginx" })];
    assert.match(preview.name as string, /^web-[0-9a-f]{7}$/);
    assert.equal(preview.name, run.name);
    assert.equal((await container.check({ image: "nginx" }, { ...run, name: "web-old" })).name, "web-old");
    assert.notEqual((await container.check({ image: "nginx", name: "mine" }, run)).name, run.name);
  });

  it("does not start a container that is not to be started", async () => {
    await container.create({ ...inputs, start: false });
    assert.deepEqual(docker.changes, ["POST /containers/create?name=web"]);
  });

  it("pulls an image that is not there", async () => {
    docker.images.clear();
    docker.replies.set("POST /images/create", { status: 200, body: { status: "Pulled" } });
    await container.create(inputs);
    assert.equal(docker.changes[0], "POST /images/create?fromImage=nginx&tag=latest");
    assert.deepEqual(container.log.lines, ["status: Pulling nginx"]);
  });

  it("says why an image cannot be pulled", async () => {
    docker.images.clear();
    docker.replies.set("POST /images/create", { status: 404, body: { message: "pull access denied" } });
    const message = "Unable to create container with image nginx: unable to pull it: pull access denied";
    await assert.rejects(container.create(inputs), { message });
    docker.replies.set("POST /images/create", { status: 200, body: { error: "no space left on device" } });
    await assert.rejects(container.create(inputs), { message: /unable to pull it: no space left on device$/ });
    assert.equal(docker.container, undefined);
  });

  it("keeps in state a container that does not start", async () => {
    docker.replies.set(`POST /containers/${ID}/start`, { status: 400, body: { message: "no such file" } });
    await assert.rejects(container.create(inputs), (error) => {
      assert(error instanceof PartialFailure);
      assert.deepEqual([error.id, error.reasons], [ID, ["Unable to start container: no such file"]]);
      assert.equal(error.outputs.name, "web");
      return true;
    });
  });

  it("keeps in state a container that was made when the daemon is gone before anything can be read of it", async () => {
    const gone = { status: 500, body: { message: "gone" } };
    const reasons = ["Unable to start container: gone", `Unable to read container ${ID}: gone`];
    for (const step of [`POST /containers/${ID}/start`, `GET /containers/${ID}/json`]) docker.replies.set(step, gone);
    await assert.rejects(container.create(inputs), (error) => {
      assert(error instanceof PartialFailure);
      assert.deepEqual([error.id, error.reasons], [ID, reasons]);
      assert.deepEqual([error.outputs.id, error.outputs.name, error.outputs.mustRun], [ID, "web", true]);
      return true;
    });
  });

  it("sees a container that stopped, and starts it", async () => {
    const checked = await container.check(inputs);
    const { id, outputs } = await container.create(inputs);
    docker.container = { ...inspection, State: { Running: false, ExitCode: 137 } };
    const found = await container.read(id, checked, outputs);
    assert.deepEqual([found?.outputs.mustRun, found?.outputs.exitCode, found?.inputs.mustRun], [false, 137, false]);
    const diff = await container.diff(found?.outputs ?? {}, inputs, inputs);
    assert.deepEqual([diff.changes, diff.diffs, diff.replaces], ["some", ["mustRun"], []]);
    await container.update(id, found?.outputs ?? {}, inputs, inputs);
    assert.equal(docker.changes.at(-1), `POST /containers/${ID}/start`);
  });

  it("leaves a stopped container alone that need not run", async () => {
    const { id, outputs } = await container.create({ ...inputs, mustRun: false });
    docker.container = { ...inspection, State: { Running: false, ExitCode: 0 } };
    const found = await container.read(id, inputs, outputs);
    assert.equal((await container.diff(found?.outputs ?? {}, inputs, { ...inputs, mustRun: false })).changes, "none");
  });

  it("reads a container that is gone as gone, and any other failure as one", async () => {
    const { id, outputs } = await container.create(inputs);
    docker.replies.set(`GET /containers/${ID}/json`, { status: 500, body: { message: "broken" } });
    await assert.rejects(container.read(id, inputs, outputs), { message: `Unable to read container ${ID}: broken` });
    docker.replies.clear();
    docker.container = undefined;
    assert.equal(await container.read(id, inputs, outputs), undefined);
  });

  it("stops and removes a container, and one that is gone as well", async () => {
    const { id, outputs } = await container.create({ ...inputs, destroyGraceSeconds: 7, removeVolumes: false });
    const created = docker.changes.length;
    await container.delete(id, outputs);
    await container.delete(id, outputs);
    const [stop, remove, wait] = [
      `POST /containers/${ID}/stop?t=7`,
      `DELETE /containers/${ID}?v=false&force=true`,
      `POST /containers/${ID}/wait?condition=removed`,
    ];
    assert.deepEqual(docker.changes.slice(created), [stop, remove, wait, stop, remove, wait]);
  });

  it("keeps to one connection for one thing after the other, and to three at once", async () => {
    const { id, outputs } = await container.create(inputs);
    await container.read(id, inputs, outputs);
    assert.equal(docker.connections, 1);
    await Promise.all(Array.from({ length: 20 }, () => container.read(id, inputs, outputs)));
    assert.equal(docker.connections, 3);
  });

  it("asks again by another connection when one that was idle is dead, but does nothing twice", async () => {
    const checked = await container.check(inputs);
    const { id, outputs } = await container.create(inputs);
    docker.drop = 1;
    assert.equal((await container.read(id, checked, outputs))?.id, id);
    assert.equal(docker.connections, 2);
    docker.drop = 1;
    await assert.rejects(container.update(id, outputs, inputs, { ...inputs, memory: 64 }), {
      message: `Unable to update a container: lost the connection to unix://${docker.socketPath}: socket hang up`,
    });
    assert.equal(docker.changes.filter((call) => call.endsWith("/update")).length, 1);
  });

  it("gives up when the time is over", async () => {
    docker.replies.set(`POST /containers/${ID}/start`, { status: 200 });
    docker.hang = `POST /containers/${ID}/start`;
    await assert.rejects(container.create(inputs, { timeoutSeconds: 0.1 }), {
      message: `Creating container web on ${docker.host} did not end within 0.1 s`,
    });
  });

  it("says that a daemon cannot be reached, when it is first needed", async () => {
    const nowhere = dockerProvider();
    await nowhere.configure({ host: "unix:///nowhere/docker.sock" }, false);
    const it_ = new Resource(nowhere, TYPE);
    await it_.create(inputs, { preview: true });
    await assert.rejects(it_.create(inputs), {
      message:
        "Error pinging Docker server, please make sure that unix:///nowhere/docker.sock is reachable and has a '_ping' endpoint. " +
        "Error: connect ENOENT /nowhere/docker.sock",
    });
  });

  it("refuses by name what it leaves out", async () => {
    const problems = await container.problems({
      ...{
        ...inputs,
        uploads: [{ file: "/f", content: "x" }],
        networksAdvanced: [{ name: "n" }],
        gpus: "all",
        attach: true,
      },
      ...{ wait: true, cpuShares: 1, rm: true, domainname: "d", maxRetryCount: 1 },
      ...{ cpuSet: "", tty: false, groupAdds: [], waitTimeout: 60 },
    });
    const names = ["uploads", "networksAdvanced", "gpus", "attach", "wait", "cpuShares", "rm"];
    names.push("domainname", "maxRetryCount");
    assert.deepEqual(
      problems,
      names.map((name) => `${name}: property ${name} ${NOT_IMPLEMENTED}`),
    );
    const nested = { mounts: [{ type: "bind", target: "/t", bindOptions: { propagation: "private" } }] };
    assert.deepEqual(await container.problems({ ...inputs, ...nested }), [
      `mounts[0].bindOptions: property mounts[0].bindOptions ${NOT_IMPLEMENTED}`,
    ]);
    const image = new Resource(provider, "docker:index/remoteImage:RemoteImage");
    await assert.rejects(image.create({}), {
      message: `resource type docker:index/remoteImage:RemoteImage ${NOT_IMPLEMENTED}`,
    });
  });

  describe("over ssh", () => {
    let folder: string;
    const path = process.env.PATH;

    // stands for ssh and the remote `docker system dial-stdio`: notes its arguments and connects to the fake daemon
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "fake-ssh-"));
      process.env.PATH = `${folder}${delimiter}${path ?? ""}`;
      install(`
        require("node:fs").appendFileSync(${JSON.stringify(join(folder, "calls"))}, JSON.stringify(process.argv.slice(2)) + "\\n");
        const socket = require("node:net").connect(${JSON.stringify(docker.socketPath)});
        process.stdin.pipe(socket).pipe(process.stdout);
        socket.on("close", () => process.exit(0));`);
    });
    afterEach(() => {
      process.env.PATH = path;
      rmSync(folder, { recursive: true });
    });

    function install(program: string): void {
      const ssh = join(folder, "ssh");
      writeFileSync(ssh, `#!${process.execPath}\n${program}\n`);
      chmodSync(ssh, 0o755);
    }

    function calls(): string[][] {
      const lines = readFileSync(join(folder, "calls"), "utf8").trim().split("\n");
      return lines.map((line) => JSON.parse(line) as string[]);
    }

    it("reaches the daemon the way Docker's own CLI does, over one connection", async () => {
      const remote = dockerProvider();
      await remote.configure({ host: "ssh://root@p1:2222", sshOpts: '["-i","key"]' }, false);
      const { id, outputs } = await new Resource(remote, TYPE).create({
        ...inputs,
        envs: [`A=${"x".repeat(300_000)}`],
      });
      await new Resource(remote, TYPE).delete(id, outputs);
      await remote.close();
      const options = ["-i", "key", "-o", "ConnectTimeout=30", "-T", "-l", "root", "-p", "2222"];
      assert.deepEqual(calls(), [[...options, "--", "p1", "docker", "system", "dial-stdio"]]);
      const body = docker.bodyOf("POST /containers/create") as { Env: string[] };
      assert.equal(body.Env[0]?.length, 300_002);
    });

    it("repeats what ssh complains of", async () => {
      install('console.error("Host key verification failed."); process.exit(255);');
      const remote = dockerProvider();
      await remote.configure({ host: "ssh://root@p1" }, false);
      await assert.rejects(new Resource(remote, TYPE).create(inputs), {
        message:
          "Error pinging Docker server, please make sure that ssh://root@p1 is reachable and has a '_ping' endpoint. " +
          "Error: ssh ended with exit status 255: Host key verification failed.",
      });
    });
  });

  describe("configuration", () => {
    it("takes hosts by ssh and unix socket", () => {
      assert.deepEqual(dockerHost({ host: "unix:///run/d.sock" }).target, { socketPath: "/run/d.sock" });
      const { target } = dockerHost({
        host: "ssh://[fd00::1]",
        sshOpts: '["-o","ConnectTimeout=5"]',
        version: "5.2.0",
      });
      assert.deepEqual(target, {
        ssh: ["-o", "ConnectTimeout=5", "-T", "--", "fd00::1", "docker", "system", "dial-stdio"],
      });
    });

    const refused: [args: Values, message: string][] = [
      [{ host: "tcp://p1:2375" }, `host tcp://p1:2375 (not ssh:// and not unix://) ${NOT_IMPLEMENTED}`],
      [{ host: "ssh://p1/run/d.sock" }, `socket path in host ssh://p1/run/d.sock ${NOT_IMPLEMENTED}`],
      [{ host: "ssh://p1", certPath: "/c" }, `provider setting certPath ${NOT_IMPLEMENTED}`],
      [{ host: "ssh://u:p@p1" }, "provider setting host is ssh://u:p@p1: it must have the form ssh://user@host:port"],
      [
        { host: "ssh://p1", sshOpts: '"-v"' },
        "provider setting sshOpts must be a list of strings, one for each word of the ssh command line",
      ],
    ];
    for (const [args, message] of refused) {
      it(`refuses ${JSON.stringify(args)}`, () => {
        assert.throws(() => dockerHost(args), { message });
      });
    }
  });

  const durations: [nanoseconds: number, text: string][] = [
    ...([
      [0, "0s"],
      [5e8, "500ms"],
      [1e9, "1s"],
      [1.5e9, "1.5s"],
      [90e9, "1m30s"],
      [3600e9, "1h0m0s"],
    ] as [number, string][]),
  ];
  for (const [value, text] of durations) {
    it(`writes and reads durations as Go does: ${text}`, () => {
      assert.equal(durationText(value), text);
      assert.equal(nanoseconds(text), value);
    });
  }
});
