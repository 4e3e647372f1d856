import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Host, VirtualIp, type VirtualIpArgs } from "../../../components";
import { refusalOf } from "./refusal";
import { placing } from "./placing";
import { mockEngine, valueOf, type Registered } from "./mocks";

const hostKeys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHost1AA"];
const host = (n: number): Host => new Host(`p${n}`, { address: `10.0.0.${n}`, hostKeys });
const facts = (n: number, ...more: string[]) => ({
  keepalivedVersion: "2.2.7",
  addresses: [`10.0.0.${n}`, ...more].map((address) => ({ interface: "eth0", address, prefixLength: 24 })),
});
const checks: VirtualIpArgs["checks"] = [{ tcp: { port: 80 } }];

describe("VirtualIp", () => {
  let registered: Registered[];
  let vip: VirtualIp;
  const after = new Map<string, string[]>();
  const nameOf = (resource: pulumi.Resource): string => (resource as unknown as { __name: string }).__name;
  const inputs = (name: string) => registered.find((one) => one.name === name)?.inputs as Record<string, string>;

  const file = (n: number, name: string): Record<string, string> =>
    (inputs(`vip-files-p${n}`).files as unknown as Record<string, Record<string, string>>)[
      `/etc/dbha/vip-vip/${name}`
    ] ?? {};

  before(async () => {
    // p1 has the address, so p2 is changed first.
    registered = await mockEngine({}, { p1: facts(1, "10.0.0.100"), p2: facts(2) });
    const pending: Promise<unknown>[] = [];
    const transformations = [
      ({ name, opts }: pulumi.ResourceTransformationArgs): undefined => {
        const waits = Promise.resolve(
          (opts as { dependsOn?: pulumi.Resource[] | Promise<pulumi.Resource[]> }).dependsOn,
        );
        pending.push(waits.then((found) => after.set(name, (found ?? []).map(nameOf).sort())));
      },
    ];
    vip = new VirtualIp("vip", { hosts: [host(1), host(2)], address: "10.0.0.100/24", checks }, { transformations });
    await valueOf(vip.hosts);
    await Promise.all(pending);
  });

  it("registers exactly these resources", () => {
    const names = registered.map(({ type, name }) => `${type.split(":").at(-1)} ${name}`).sort();
    assert.deepEqual(names, [
      "Files vip-files-p1",
      "Files vip-files-p2",
      "Host p1",
      "Host p2",
      "Probe vip-probe-p1",
      "Probe vip-probe-p2",
      "Service vip-service-p1",
      "Service vip-service-p2",
      "VirtualIp vip",
    ]);
  });

  it("gives each host its own place, priority and peers", () => {
    const one = file(1, "keepalived.conf").content ?? "";
    assert.match(
      one,
      /priority 250\n[^}]*unicast_src_ip 10\.0\.0\.1\n {4}unicast_peer \{\n {8}10\.0\.0\.2\n {8}include/,
    );
    const two = file(2, "keepalived.conf").content ?? "";
    assert.match(
      two,
      /priority 230\n[^}]*unicast_src_ip 10\.0\.0\.2\n {4}unicast_peer \{\n {8}10\.0\.0\.1\n {8}include/,
    );
    for (const text of [one, two]) assert.match(text, /virtual_router_id 100\n/);
  });

  it("has keepalived check its configuration before the swap, and reload it", () => {
    const { validate, onChange } = file(1, "keepalived.conf");
    assert.match(
      String(validate),
      /^keepalived=\/usr\/sbin\/keepalived\n.*\n {2}said=\$\("\$keepalived" --config-test --use-file="\$DBHA_FILE" 2>&1\)/m,
    );
    assert.equal(
      onChange,
      "if systemctl is-active --quiet dbha-vip-vip.service; then systemctl reload dbha-vip-vip.service; fi",
    );
    assert.equal(file(1, "check").mode, "0755");
    assert.deepEqual(inputs("vip-files-p1").directories, { "/etc/dbha/vip-vip": { onDelete: "purge" } });
    assert.equal(inputs("vip-service-p1").name, "dbha-vip-vip.service");
  });

  it("asks each host whether keepalived runs, and whether the checks hold there and through the address", () => {
    assert.equal(
      inputs("vip-probe-p2").command,
      "systemctl is-active dbha-vip-vip.service && /etc/dbha/vip-vip/check && /etc/dbha/vip-vip/check 10.0.0.100",
    );
  });

  it("changes the host that has the address last", () => {
    assert.deepEqual(after.get("vip-files-p2"), []);
    assert.deepEqual(after.get("vip-service-p2"), ["vip-files-p2"]);
    assert.deepEqual(after.get("vip-probe-p2"), ["vip-service-p2"]);
    assert.deepEqual(after.get("vip-files-p1"), ["vip-probe-p2"]);
  });

  it("changes a host that does not take part yet after all others", async () => {
    const services = ["dbha-vip-vip.service"];
    await mockEngine({}, { p1: facts(1), p2: { ...facts(2, "10.0.0.100"), services }, p3: { ...facts(3), services } });
    const { transformations, placed } = placing();
    const hosts = [host(1), host(2), host(3)];
    const more = new VirtualIp("vip", { hosts, address: "10.0.0.100/24", checks }, { transformations });
    await valueOf(more.hosts);
    const places = await placed();
    const waits = (n: number) => places.get(`vip-files-p${n}`)?.after;
    assert.deepEqual([3, 2, 1].map(waits), [[], ["vip-probe-p3"], ["vip-probe-p2"]]);
  });

  it("tells who has the address", async () => {
    assert.equal(await valueOf(vip.address), "10.0.0.100");
    assert.deepEqual(await valueOf(vip.hosts), [
      { host: "p1", interface: "eth0", healthy: true, holder: true },
      { host: "p2", interface: "eth0", healthy: true, holder: false },
    ]);
  });

  const cases: [name: string, change: (args: VirtualIpArgs) => unknown, problems: string[]][] = [
    [
      "one host",
      (args) => args.hosts.pop(),
      ['hosts = ["p1"]: an address moves between at least two hosts; fix: name a second host'],
    ],
    [
      "a host twice",
      (args) => args.hosts.push(args.hosts[0] as Host),
      ['hosts[2] = "p1": each host can take part once; fix: name it once'],
    ],
    [
      "a host by name",
      (args) => ((args.hosts as unknown[])[1] = "p2"),
      ['hosts[1] = "p2": must be a Host; fix: create it with new Host(name, { address, hostKeys })'],
    ],
    ...["10.0.0.100", "10.0.0.100/33", "10.0.0.100/0", "fd00::1/129", "vip.example.com/24", "10.0.0.100/24/8", ""].map(
      (address): [string, (args: VirtualIpArgs) => unknown, string[]] => [
        `the address "${address}"`,
        (args) => (args.address = address),
        [
          `address = "${address}": must be an IP address with the length of its network's prefix; fix: write it like "10.0.0.100/24" or "fd00::100/64"`,
        ],
      ],
    ),
    [
      "the address of a host",
      (args) => (args.address = "10.0.0.2/24"),
      ['address = "10.0.0.2/24": is the address of host p2; fix: give one that no host has'],
    ],
    [
      "a router ID out of range",
      (args) => (args.routerId = 256),
      [
        "routerId = 256: must be a whole number from 1 to 255, unique in the network segment; fix: leave it out to get the last byte of the address, or give a free one",
      ],
    ],
    [
      "an interface that is none",
      (args) => (args.interface = "eth0 }"),
      [
        'interface = "eth0 }": must be the name of a network interface; fix: write it like "eth0", as `ip address` shows it',
      ],
    ],
    [
      "no check",
      (args) => (args.checks = []),
      ["checks = []: at least one check is needed; fix: say what serves, like { tcp: { port: 80 } }"],
    ],
    [
      "an empty check",
      (args) => (args.checks = [{}]),
      ["checks[0] = {}: exactly one of tcp and http must be given; fix: give one and remove the other"],
    ],
    [
      "two kinds in one check",
      (args) => (args.checks = [{ tcp: { port: 1 }, http: { port: 2 } }]),
      [
        'checks[0] = {"tcp":{"port":1},"http":{"port":2}}: exactly one of tcp and http must be given; fix: give one and remove the other',
      ],
    ],
    [
      "a path with a quote",
      (args) => (args.checks = [{ http: { port: 80, path: "/'" } }]),
      [
        `checks[0].http.path = "/'": must be a path that starts with /, without spaces and quotes; fix: write it like "/health"`,
      ],
    ],
    [
      "an unknown argument",
      (args) => ((args as { preempt?: boolean }).preempt = true),
      [
        "preempt = (unknown key): known here are: hosts, address, interface, routerId, checks, after; fix: remove it or mend its spelling",
      ],
    ],
  ];
  for (const [name, change, problems] of cases)
    it(`refuses ${name}`, async () => {
      await mockEngine();
      const args: VirtualIpArgs = { hosts: [host(1), host(2)], address: "10.0.0.100/24", checks: [...checks] };
      change(args);
      assert.deepEqual(
        refusalOf("VirtualIp vip", () => new VirtualIp("vip", args)),
        problems,
      );
    });

  it("refuses a name that cannot name files", async () => {
    await mockEngine();
    const args = { hosts: [host(1), host(2)], address: "10.0.0.100/24", checks };
    assert.deepEqual(
      refusalOf("VirtualIp a b", () => new VirtualIp("a b", args)),
      [
        'name = "a b": must consist of letters, digits, _ . and -, since unit and files are called after it; fix: name it like "odc-vip"',
      ],
    );
  });
});
