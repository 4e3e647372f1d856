import assert from "node:assert/strict";
import { PrivateMachine } from "./private-machine";

const LAB = "labdockerd";
const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");

const asRoot = process.getuid?.() === 0 ? describe : describe.skip;

asRoot("a lab whose Docker daemon is killed, on a machine of its own (needs root)", function () {
  this.timeout(180_000);
  let machine: PrivateMachine;
  let untouched: string[];

  const lab = (what: "up" | "down" | "status") => machine.run(`lab/${what}`, "--name", LAB);
  const inHost = (text: string): Promise<string> =>
    machine.sh(`docker exec "$(docker ps -q --filter label=dbha.lab --filter name=-p1)" sh -c '${text}'`);
  async function up(): Promise<string> {
    const { output, exitCode } = await lab("up");
    assert.equal(exitCode, 0, output);
    return output;
  }

  /** What a daemon and its containers leave on a machine, wherever it can be. */
  const traces = async (): Promise<string[]> =>
    lines(
      await machine.sh(
        [
          `ps -eo stat=,comm= | grep -v ^Z | grep -oE 'dockerd|containerd.*|systemd.*|sshd|seekdb' || true`,
          `ip -o link | cut -d : -f 2`,
          `iptables-save | grep -E '^-A|^:.* (-|DROP)' || true`,
          `cut -d ' ' -f 2 /proc/self/mounts | grep -E '^/(run|var/lib/docker)/' || true`,
          `ls /run`,
        ].join("; "),
      ),
    ).sort();
  /** What must be the same after a repair: by identity, and by number where every start makes another. */
  const belongings = async (): Promise<string[]> =>
    lines(
      await machine.sh(
        [
          `docker ps -a --no-trunc --format '{{.ID}} {{.Names}}' | sort`,
          `docker network ls --filter label=dbha.lab --no-trunc -q; docker network ls | wc -l`,
          `docker volume ls -q | sort`,
          `cd .lab/${LAB}; sha256sum hosts.yaml known_hosts id_ed25519 lab.json host-keys/* metadb.password`,
          `ip -o link | grep -c veth; ip -o link | grep -cE ' (docker0|dbha-)'`,
          `iptables-save | grep -c DOCKER`,
          `grep -cE ' /(run|var/lib)/docker/.*(nsfs|overlay|shm) ' /proc/self/mounts`,
          `ps -eo stat=,args= | grep -v ^Z | grep -c "/containerd-shim.*-address /var/run/docker/"`,
          `ps -eo stat=,args= | grep -v ^Z | grep -cE "[ ]+(dockerd|containerd) --"`,
        ].join("; "),
      ),
    );
  const contents = async (): Promise<string[]> => [
    await inHost("cat /root/kept"),
    await inHost("docker images --no-trunc -q"),
    await inHost(`docker ps -a --no-trunc --format "{{.ID}} {{.Names}} {{.State}}"`),
    await inHost("docker exec inner cat /kept"),
    await inHost("cat /etc/ssh/ssh_host_ed25519_key.pub"),
  ];

  before(async () => {
    machine = await PrivateMachine.start();
    untouched = await traces();
    await machine.startDockerWithImages();
    await up();
    await inHost("echo data > /root/kept");
    const image = await machine.sh("docker images --format '{{.Repository}}:{{.Tag}}' dbha-lab/nginx | head -n 1");
    await machine.sh(`docker save ${image} | docker exec -i "$(docker ps -q --filter name=-p1)" docker load`);
    await inHost(`docker run -d --restart unless-stopped --name inner --entrypoint sleep ${image} infinity`);
    await inHost(`docker exec inner sh -c "echo data > /kept"`);
  });

  after(async () => {
    await lab("down");
    await machine.stop();
  });

  const victims: [what: string, pidFile: string, says: string][] = [
    ["dockerd", "/run/docker.pid", "no Docker daemon answers"],
    ["containerd", "/run/docker/containerd/containerd.pid", "the Docker daemon answers, but its containerd does not"],
  ];
  for (const [what, pidFile, says] of victims)
    it(`names the killed ${what} in lab/status; lab/up brings it back, and the hosts with what is on them`, async () => {
      const [had, held] = [await belongings(), await contents()];
      const pid = await machine.sh(`cat ${pidFile}; kill -9 "$(cat ${pidFile})"`);
      const { output, exitCode } = await lab("status");
      assert.deepEqual([output, exitCode], [`${says}; repair the lab with: lab/up --name ${LAB}`, 1]);
      await up();
      assert.notEqual(await machine.sh(`cat ${pidFile}`), pid, "another process is there");
      assert.deepEqual(await belongings(), had);
      assert.deepEqual(await contents(), held);
      assert.equal((await lab("status")).exitCode, 0);
      assert.match(await up(), /lab labdockerd is up already, nothing to do$/);
    });

  it("is removed by lab/down, with all that the killed dockerd left on the machine", async () => {
    await machine.sh(`kill -9 "$(cat /run/docker.pid)"`);
    const { output, exitCode } = await lab("down");
    assert.equal(exitCode, 0, output);
    assert.deepEqual(await traces(), untouched);
    assert.equal((await machine.run("ls", `.lab/${LAB}`)).exitCode, 2);
  });
});
