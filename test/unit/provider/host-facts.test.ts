import assert from "node:assert/strict";
import { parseHostFacts } from "../../../provider/kinds/host-facts";
import { parseAnswer } from "../../../provider/ssh/answer";

const output = `now=1795255579 250000000
zone=-0330
machine=x86_64
kernel=6.1.0-25-amd64
cores=4
memory_kb=16303508
os=Debian GNU/Linux 12 (bookworm)
client=1
docker=20.10.24+dfsg1
security=["name=apparmor","name=seccomp,profile=default"]
adopted=obodc 1234 abcd
adopted=nginx 5678 
keepalived=2.2.7
address=1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever
address=2: eth0    inet 10.0.0.11/24 brd 10.0.0.255 scope global eth0\\       valid_lft forever preferred_lft forever
address=2: eth0    inet6 fd00::11/64 scope global \\       valid_lft forever preferred_lft forever
address=3: ppp0    inet 192.0.2.1 peer 192.0.2.2/32 scope global ppp0\\       valid_lft forever preferred_lft forever
address=nonsense
service=ssh.service
service=dbha-vip-odc-vip.service
disk=/dev/vda1        20470152  8172388  11232600      43% /
disk=/dev/vda1        20470152  8172388  11232600      43% /etc/hosts
disk=/dev/mapper/vg-data with space 1000000 10 999990 1% /srv/my data
socket=udp   UNCONN 0      0          127.0.0.53%lo:53        0.0.0.0:*    users:(("systemd-resolve",pid=1,fd=13))
socket=tcp   LISTEN 0      4096             [::]:2883         [::]:*    users:(("obproxy",pid=7,fd=3),("obproxy",pid=8,fd=3))
socket=tcp   LISTEN 0      128                 *:22                *:*
socket=tcp   LISTEN 0      4096           0.0.0.0:8080      0.0.0.0:*    users:(("docker-proxy",pid=20,fd=4))
socket=nonsense
member=7 ${"ab".repeat(32)}
member=99 ${"cd".repeat(32)}
container=${"ab".repeat(32)} obproxy-1 
container=${"cd".repeat(32)} web 0.0.0.0:8080->80/tcp, :::8080->80/tcp, 9000/tcp
`;

describe("host facts", () => {
  const here = 1795255579000;
  const answer = (text: string) => ({
    ...parseAnswer(Buffer.from(text)),
    said: "",
    sentAt: here - performance.timeOrigin,
    firstOutputAt: here - performance.timeOrigin + 100,
  });

  it("are what the host said", () => {
    assert.deepEqual(parseHostFacts(answer(output)), {
      architecture: "amd64",
      cores: 4,
      memoryBytes: 16303508 * 1024,
      os: "Debian GNU/Linux 12 (bookworm)",
      kernel: "6.1.0-25-amd64",
      dockerVersion: "20.10.24+dfsg1",
      dockerClient: true,
      dockerUserNamespaces: false,
      podmanVersion: undefined,
      keepalivedVersion: "2.2.7",
      adopted: [
        { container: "obodc", id: "1234", wanted: "abcd" },
        { container: "nginx", id: "5678", wanted: "" },
      ],
      addresses: [
        { interface: "lo", address: "127.0.0.1", prefixLength: 8 },
        { interface: "eth0", address: "10.0.0.11", prefixLength: 24 },
        { interface: "eth0", address: "fd00::11", prefixLength: 64 },
        { interface: "ppp0", address: "192.0.2.1", prefixLength: 32 },
      ],
      disks: [
        { mount: "/", totalBytes: 20470152 * 1024, freeBytes: 11232600 * 1024 },
        { mount: "/srv/my data", totalBytes: 1024000000, freeBytes: 999990 * 1024 },
      ],
      ports: [
        { port: 22, protocol: "tcp", address: "*", process: "" },
        { port: 53, protocol: "udp", address: "127.0.0.53%lo", process: "systemd-resolve" },
        { port: 2883, protocol: "tcp", address: "::", process: "obproxy", container: "obproxy-1" },
        { port: 8080, protocol: "tcp", address: "0.0.0.0", process: "docker-proxy", container: "web" },
      ],
      services: ["dbha-vip-odc-vip.service", "ssh.service"],
      containers: ["obproxy-1", "web"],
      clockSkewMs: 200,
      utcOffsetMinutes: -210,
    });
  });

  it("have the Engine's version and containers from its own JSON where the host could ask it", () => {
    const containers = [
      { Id: "ab".repeat(32), Names: ["/web/proxy", "/obproxy-1"], Ports: null },
      {
        Id: "cd".repeat(32),
        Names: ["/web"],
        Ports: [
          { PrivatePort: 9000, Type: "tcp" },
          ...["0.0.0.0", "::"].map((IP) => ({ IP, PrivatePort: 80, PublicPort: 8080, Type: "tcp" })),
        ],
      },
    ];
    const said = byEngine({ Platform: { Name: "" }, Version: "20.10.24+dfsg1" }, containers, { SecurityOptions: [] });
    assert.deepEqual(parseHostFacts(answer(said)), parseHostFacts(answer(output)));
  });

  const byEngine = (version: object, containers: object[], info: object) =>
    output.replace(/^(docker|container|security)=.*\n/gm, "") +
    `engine_version=${JSON.stringify(version)}\nengine_containers=${JSON.stringify(containers)}\nengine_info=${JSON.stringify(info)}\n`;

  it("tell of users of containers' own, by the Engine and by its client, as old and new ones say it", () => {
    for (const option of ["name=userns", "userns"]) {
      const told = byEngine({ Version: "26.1" }, [], { SecurityOptions: ["name=seccomp,profile=builtin", option] });
      assert.equal(parseHostFacts(answer(told)).dockerUserNamespaces, true);
      const said = output.replace(/^security=.*$/m, `security=["${option}"]`);
      assert.equal(parseHostFacts(answer(said)).dockerUserNamespaces, true);
    }
    assert.equal(parseHostFacts(answer(byEngine({ Version: "1.13.1" }, [], {}))).dockerUserNamespaces, false);
  });

  it("name Podman as such, and a missing client", () => {
    const told = byEngine({ Version: "4.3.1", Components: [{ Name: "Podman Engine" }] }, [], {});
    const said = output.replace(/^(container|security)=.*\n/gm, "").replace(/^docker=.*$/m, "podman=4.3.1");
    for (const text of [told, said]) {
      const { dockerVersion, podmanVersion } = parseHostFacts(answer(text));
      assert.deepEqual([dockerVersion, podmanVersion], [undefined, "4.3.1"]);
    }
    assert.equal(parseHostFacts(answer(output.replace("client=1", "client="))).dockerClient, false);
  });

  it("are an error where what the Engine says is not understood", () => {
    const told = byEngine({ message: "page not found" }, [], {});
    assert.throws(() => parseHostFacts(answer(told)), {
      message: 'engine_version is "{\\"message\\":\\"page not found\\"}"',
    });
  });

  it("leave out a Docker Engine that does not answer and a keepalived that is not there, and name other architectures as the kernel does", () => {
    const facts = parseHostFacts(
      answer(output.replace(/^(docker|keepalived)=.*\n/gm, "").replace("x86_64", "riscv64")),
    );
    assert.equal(facts.keepalivedVersion, undefined);
    assert.ok(!("dockerVersion" in facts) || facts.dockerVersion === undefined);
    assert.equal(facts.architecture, "riscv64");
    assert.equal(parseHostFacts(answer(output.replace("x86_64", "aarch64"))).architecture, "arm64");
  });

  for (const key of ["now", "machine", "kernel", "cores", "memory_kb", "client"])
    it(`are an error where the host does not say ${key}, or says something else`, () => {
      const line = new RegExp(`^${key}=.*\\n`, "m");
      assert.throws(() => parseHostFacts(answer(output.replace(line, ""))), { message: `it does not say ${key}` });
      assert.throws(() => parseHostFacts(answer(output.replace(line, `${key}=a problem\n`))), {
        message: `${key} is "a problem"`,
      });
    });

  it("take a clock without nanoseconds", () => {
    assert.equal(parseHostFacts(answer(output.replace(/^now=.*$/m, "now=1795255580 %N"))).clockSkewMs, 950);
  });
});
