import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { cpus, release, totalmem } from "node:os";
import { Bench, startBench } from "./cases";
import { LabBench, startLabBench, withoutCurl } from "./lab-host";

const token = "dbha:index:getHostFacts";

interface Facts {
  [name: string]: unknown;
  clockSkewMs: number;
  disks: { mount: string; totalBytes: number; freeBytes: number }[];
  ports: { port: number; protocol: string; address: string; process: string }[];
}

describe("getHostFacts", function () {
  this.timeout(60_000);

  describe("on this machine", () => {
    let bench: Bench;

    before(async () => {
      bench = await startBench();
    });
    after(() => bench.stop());

    it("tells what the host is and has", async () => {
      const listener = createServer();
      await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
      const { port } = listener.address() as AddressInfo;
      const answer = (await bench.plugin.invoke(token, { host: bench.host })).answer as Facts;
      listener.close();
      const machine = execFileSync("uname", ["-m"], { encoding: "utf8" }).trim();
      assert.equal(answer.architecture, { x86_64: "amd64", aarch64: "arm64" }[machine] ?? machine);
      assert.equal(answer.cores, cpus().length);
      assert.equal(answer.memoryBytes, totalmem());
      assert.equal(answer.kernel, release());
      assert.equal(
        answer.os,
        execFileSync("sh", ["-c", '. /etc/os-release; printf %s "$PRETTY_NAME"'], { encoding: "utf8" }),
      );
      const root = answer.disks.find((disk) => disk.mount === "/");
      assert.ok(root && root.totalBytes > root.freeBytes && root.freeBytes > 0);
      const found = answer.ports.filter((known) => known.port === port);
      assert.deepEqual(
        found.map(({ protocol, address }) => [protocol, address]),
        [["tcp", "127.0.0.1"]],
      );
      assert.ok(Math.abs(answer.clockSkewMs) < 2_000, `clock skew ${answer.clockSkewMs} ms`);
    });

    it("refuses bad arguments with all problems, and asks nobody", async () => {
      const { failures } = await bench.plugin.invoke(token, { host: { name: "p1", port: 0 }, other: 1 });
      assert.deepEqual(Object.keys(failures).sort(), ["host.address", "host.port", "other"]);
    });
  });

  describe("on a lab host", () => {
    let bench: LabBench;

    before(async () => {
      bench = await startLabBench();
    });
    after(() => bench.plugin.stop());

    it("tells its addresses and the version of its keepalived", async () => {
      const answer = (await bench.plugin.invoke(token, { host: bench.host })).answer as Facts;
      const address = { interface: "eth0", address: bench.host.address, prefixLength: 24 };
      assert.deepEqual(
        (answer.addresses as (typeof address)[]).filter((found) => found.interface === "eth0"),
        [address],
      );
      assert.equal(
        await bench.on("keepalived --version 2>&1 | head -n 1 | cut -d ' ' -f 2"),
        `v${String(answer.keepalivedVersion)}`,
      );
    });

    it("looks again for the name of a process that begins or ends just now", async () => {
      const script = `#!/bin/sh
[ -e /run/dbha-test-ss ] && name='users:(("java",pid=1,fd=3))'
: >/run/dbha-test-ss
echo "Netid State Recv-Q Send-Q Local Address:Port Peer Address:PortProcess"
echo "tcp LISTEN 0 5 0.0.0.0:8989 0.0.0.0:* $name"
`;
      const ss = "/usr/local/bin/ss";
      await bench.on(`printf %s ${Buffer.from(script).toString("base64")} | base64 -d >${ss}; chmod 755 ${ss}`);
      const { answer } = await bench.plugin
        .invoke(token, { host: bench.host })
        .finally(() => bench.on(`rm -f ${ss} /run/dbha-test-ss`));
      assert.deepEqual((answer as Facts).ports, [{ port: 8989, protocol: "tcp", address: "0.0.0.0", process: "java" }]);
    });

    it("names a Podman that stands in Docker's place, by the version that it tells", async () => {
      const docker = "/usr/local/bin/docker";
      await bench.on(`printf '#!/bin/sh\\necho podman version 4.9.4\\n' >${docker}; chmod 755 ${docker}`);
      try {
        await withoutCurl(bench, async () => {
          const { answer } = await bench.plugin.invoke(token, { host: bench.host });
          assert.deepEqual(
            [answer.dockerVersion, answer.podmanVersion, answer.dockerClient],
            [undefined, "4.9.4", true],
          );
        });
      } finally {
        await bench.on(`rm -f ${docker}`);
      }
    });

    it("tells an Engine whose client is not installed", async () => {
      await bench.on("mv /usr/bin/docker /usr/bin/docker.hidden");
      try {
        const { answer } = await bench.plugin.invoke(token, { host: bench.host });
        assert.deepEqual([answer.dockerClient, answer.dockerUserNamespaces], [false, false]);
        assert.match(String(answer.dockerVersion), /^\d+\.\d+/);
      } finally {
        await bench.on("mv /usr/bin/docker.hidden /usr/bin/docker");
      }
    });

    it("tells the version of its Docker Engine, and who listens", async () => {
      const answer = (await bench.plugin.invoke(token, { host: bench.host })).answer as Facts;
      assert.equal(answer.dockerVersion, await bench.on("docker version --format '{{.Server.Version}}'"));
      const ssh = answer.ports.filter((found) => found.port === 22 && found.address === "0.0.0.0");
      assert.deepEqual(ssh, [{ port: 22, protocol: "tcp", address: "0.0.0.0", process: "sshd" }]);
    });

    describe("with containers", () => {
      const image = "dbha-test-facts";
      const listen = (name: string, port: number, options: string): string =>
        `docker run -d --name ${name} ${options} -v /usr:/usr:ro -v /lib:/lib:ro -v /lib64:/lib64:ro --entrypoint /usr/bin/perl ${image} ` +
        `-MIO::Socket::INET -e '$s = IO::Socket::INET->new(Listen => 1, LocalPort => ${port}); sleep 300'`;

      before(() =>
        bench.on(
          `tar -c -C /etc hostname | docker import - ${image}; ${listen("facts-on-host", 18701, "--network host")}; ` +
            `${listen("facts-published", 80, "-p 127.0.0.1:18702:80")}; ` +
            "timeout 20 sh -c 'until ss -Hlnt | grep -q :18701; do sleep 0.05; done'",
        ),
      );
      after(() => bench.on(`docker rm -f facts-on-host facts-published; docker rmi ${image}`));

      const tells = async (): Promise<void> => {
        const answer = (await bench.plugin.invoke(token, { host: bench.host })).answer as Facts;
        const containers = answer.containers as string[];
        assert.deepEqual(
          containers.filter((name) => name.startsWith("facts-")),
          ["facts-on-host", "facts-published"],
        );
        assert.deepEqual(
          answer.ports.filter(({ port }) => port === 18701 || port === 18702),
          [
            { port: 18701, protocol: "tcp", address: "0.0.0.0", process: "perl", container: "facts-on-host" },
            {
              port: 18702,
              protocol: "tcp",
              address: "127.0.0.1",
              process: "docker-proxy",
              container: "facts-published",
            },
          ],
        );
        assert.equal(answer.dockerVersion, await bench.on("docker version --format '{{.Server.Version}}'"));
      };

      it("tells them, and whose a port is", tells);

      it("tells the same by Docker's client where curl does not do it", () => withoutCurl(bench, tells));
    });
  });
});
