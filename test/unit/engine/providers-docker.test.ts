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

  it("asks Docker for exactly what the program says", async () => {
    await container.create({
      ...inputs,
      capabilities: { adds: ["CAP_NET_ADMIN"], drops: ["CAP_KILL"] },
      command: ["a", "b"],
      ...{ cpuPeriod: 100000, cpuQuota: 400000, cpuSet: "0-1", cpuShares: 512 },
      entrypoints: ["/e"],
      envs: ["B=2", "A=1"],
      healthcheck: { tests: ["CMD", "true"], interval: "1m30s", timeout: "500ms", retries: 3 },
      ...{ hostname: "h", domainname: "d", user: "u", workingDir: "/w", pidMode: "host", ipcMode: "host", init: true },
      hosts: [{ host: "db", ip: "10.0.0.9" }],
      labels: [{ label: "l", value: "v" }],
      ...{
        logDriver: "json-file",
        logOpts: { "max-size": "1m" },
        networkMode: "host",
        privileged: true,
        readOnly: true,
      },
      ...{
        memory: 8192,
        memoryReservation: 100,
        memorySwap: -1,
        shmSize: 32,
        maxRetryCount: 2,
        restart: "on-failure",
        rm: true,
      },
      mounts: [
        { type: "bind", source: "/a", target: "/b", readOnly: true, bindOptions: { propagation: "rslave" } },
        { type: "tmpfs", target: "/t", tmpfsOptions: { sizeBytes: 4096, mode: 448 } },
        {
          type: "volume",
          source: "v",
          target: "/v",
          volumeOptions: { noCopy: true, labels: [{ label: "x", value: "y" }] },
        },
      ],
      ports: [
        { internal: 80, external: 8080 },
        { internal: 53, protocol: "udp", ip: "127.0.0.1" },
      ],
      ...{ securityOpts: ["no-new-privileges:true"], groupAdds: ["7"], stopSignal: "SIGINT", stopTimeout: 9 },
      ...{ sysctls: { "net.core.somaxconn": "1" }, tmpfs: { "/tmp": "rw" } },
      ulimits: [{ name: "nofile", soft: 65535, hard: 65536 }],
      volumes: [
        { hostPath: "/h", containerPath: "/c" },
        { volumeName: "n", containerPath: "/n", readOnly: true, selinuxRelabel: "Z" },
        { containerPath: "/anonymous" },
        { fromContainer: "other" },
      ],
    });
    assert.deepEqual(docker.bodyOf("POST /containers/create"), {
      ...{ Image: "nginx", OpenStdin: false },
      ...{ Hostname: "h", Domainname: "d", User: "u", WorkingDir: "/w", StopSignal: "SIGINT", StopTimeout: 9 },
      ...{ Env: ["A=1", "B=2"], Cmd: ["a", "b"], Entrypoint: ["/e"], Labels: { l: "v" } },
      ExposedPorts: { "80/tcp": {}, "53/udp": {} },
      Volumes: { "/c": {}, "/n": {}, "/anonymous": {} },
      Healthcheck: {
        ...{ Test: ["CMD", "true"], Interval: 90e9, Timeout: 5e8, StartPeriod: 0, StartInterval: 0, Retries: 3 },
      },
      HostConfig: {
        ...{
          Privileged: true,
          ReadonlyRootfs: true,
          AutoRemove: true,
          Init: true,
          NetworkMode: "host",
          IpcMode: "host",
        },
        ...{ PidMode: "host", RestartPolicy: { Name: "on-failure", MaximumRetryCount: 2 } },
        LogConfig: { Type: "json-file", Config: { "max-size": "1m" } },
        ...{ Memory: 8589934592, MemoryReservation: 104857600, MemorySwap: -1, ShmSize: 33554432 },
        ...{ CpuShares: 512, CpuPeriod: 100000, CpuQuota: 400000, CpusetCpus: "0-1" },
        ...{
          CapAdd: ["CAP_NET_ADMIN"],
          CapDrop: ["CAP_KILL"],
          GroupAdd: ["7"],
          SecurityOpt: ["no-new-privileges:true"],
        },
        ...{ ExtraHosts: ["db:10.0.0.9"], Ulimits: [{ Name: "nofile", Soft: 65535, Hard: 65536 }] },
        ...{ Sysctls: { "net.core.somaxconn": "1" }, Tmpfs: { "/tmp": "rw" } },
        Mounts: [
          { Type: "bind", Source: "/a", Target: "/b", ReadOnly: true, BindOptions: { Propagation: "rslave" } },
          { Type: "tmpfs", Source: "", Target: "/t", ReadOnly: false, TmpfsOptions: { SizeBytes: 4096, Mode: 448 } },
          {
            ...{ Type: "volume", Source: "v", Target: "/v", ReadOnly: false },
            VolumeOptions: { NoCopy: true, Labels: { x: "y" }, DriverConfig: { Name: "", Options: {} } },
          },
        ],
        PortBindings: {
          "80/tcp": [{ HostIp: "0.0.0.0", HostPort: "8080" }],
          "53/udp": [{ HostIp: "127.0.0.1", HostPort: "0" }],
        },
        Binds: ["/h:/c:rw", "n:/n:ro,Z"],
        VolumesFrom: ["other"],
      },
    });
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

  it("waits until the container is healthy, and not for ever", async () => {
    const wait = { ...inputs, wait: true, waitTimeout: 0 };
    const withHealth = (Status: string): Values => ({ ...inspection, State: { ...running, Health: { Status } } });
    docker.next = withHealth("healthy");
    await container.create(wait);
    docker.next = withHealth("starting");
    await assert.rejects(container.create(wait), {
      message: "container failed to be in healthy state within 0 s: it is starting",
    });
    docker.next = inspection;
    await assert.rejects(container.create(wait), { message: /the container does not have a healthcheck defined/ });
  });

  it("changes in place what Docker can change in place", async () => {
    const { id, outputs } = await container.create({ ...inputs, memory: 100, memorySwap: 100 });
    const updated = await container.update(id, outputs, inputs, {
      ...inputs,
      memory: 200,
      memorySwap: -1,
      restart: "always",
    });
    assert.deepEqual([updated.outputs.memory, updated.outputs.memorySwap], [200, -1]);
    assert.equal(docker.changes.at(-1), `POST /containers/${ID}/update`);
    const { body } = docker.received.at(-1) ?? {};
    assert.deepEqual(body, {
      ...{ CpuShares: 0, CpusetCpus: "", Memory: 209715200, MemoryReservation: 0, MemorySwap: -1 },
      RestartPolicy: { Name: "always", MaximumRetryCount: 0 },
    });
  });

  it("touches no container for changes that only the state knows", async () => {
    const { id, outputs } = await container.create(inputs);
    const before = docker.changes.length;
    const { outputs: updated } = await container.update(id, outputs, inputs, {
      ...inputs,
      cpuQuota: 1000,
      destroyGraceSeconds: 9,
    });
    assert.deepEqual([updated.cpuQuota, updated.destroyGraceSeconds], [1000, 9]);
    assert.equal(docker.changes.length, before);
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

  it("kills a container at once that has no grace, and removes its volumes", async () => {
    const { id, outputs } = await container.create(inputs);
    await container.delete(id, outputs);
    assert.deepEqual(docker.changes.slice(2, 4), [
      `POST /containers/${ID}/stop?t=0`,
      `DELETE /containers/${ID}?v=true&force=true`,
    ]);
  });

  it("keeps to one connection for one thing after the other, and to three at once", async () => {
    const { id, outputs } = await container.create(inputs);
    await container.read(id, inputs, outputs);
    assert.equal(docker.connections, 1);
    await Promise.all(Array.from({ length: 20 }, () => container.read(id, inputs, outputs)));
    assert.equal(docker.connections, 3);
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
      ...{ dns: [], tty: false },
    });
    const names = ["uploads", "networksAdvanced", "gpus", "attach"];
    assert.deepEqual(
      problems,
      names.map((name) => `${name}: property ${name} ${NOT_IMPLEMENTED}`),
    );
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
