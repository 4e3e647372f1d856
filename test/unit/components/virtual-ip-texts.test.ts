import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderCheck } from "../../../components/virtual-ip/check";
import { noteLeaving, renderKeepalived } from "../../../components/virtual-ip/keepalived";
import { defaultRouterId, findPlace, isSameAddress, parseNetwork } from "../../../components/virtual-ip/network";
import { placeProblems } from "../../../components/virtual-ip/preflight";
import { renderUnit } from "../../../components/virtual-ip/unit";
import type { AddressFacts } from "../../../provider/resources";

const virtual = parseNetwork("10.0.0.100/24");
const at = (device: string, text: string): AddressFacts => {
  const { address, prefixLength } = parseNetwork(text);
  return { interface: device, address, prefixLength };
};

/** All of a configuration that these tests do not look at. */
const unseen = {
  name: "six",
  routerId: 1,
  position: 0,
  interface: "eth0",
  ownAddress: "fd00::1",
  peers: ["fd00::2"],
  leaving: "/leaving",
};

describe("texts of a virtual IP", () => {
  it("has keepalived speak to the other hosts alone, five times a second, and keep the address where it is", () => {
    const text = renderKeepalived({
      name: "vip",
      virtual,
      routerId: 100,
      position: 1,
      interface: "eth0",
      ownAddress: "10.0.0.2",
      peers: ["10.0.0.1", "10.0.0.3"],
      checkScript: "/etc/dbha/vip-vip/check",
      leaving: "/etc/dbha/vip-vip/leaving",
    });
    assert.equal(
      text,
      `global_defs {
    vrrp_version 3
    # only the hosts named here take part
    vrrp_check_unicast_src
    script_user nobody
    enable_script_security
}

vrrp_script ready {
    script "/bin/bash /etc/dbha/vip-vip/check"
    interval 1
    timeout 3
    fall 1
    rise 2
}

vrrp_instance vip {
    # all begin as BACKUP: the address stays where it is when a host with a higher priority comes back
    state BACKUP
    nopreempt
    interface eth0
    virtual_router_id 100
    priority 230
    advert_int 0.2
    unicast_src_ip 10.0.0.2
    unicast_peer {
        10.0.0.1
        10.0.0.3
        include /etc/dbha/vip-vip/leaving
    }
    virtual_ipaddress {
        10.0.0.100/24 dev eth0
    }
    track_script {
        ready
    }
}
`,
    );
  });

  it("notes hosts that leave, and forgets those that come back", () => {
    const folder = mkdtempSync(join(tmpdir(), "dbha-leaving-"));
    const [config, leaving] = [join(folder, "keepalived.conf"), join(folder, "leaving")];
    const peersOf = (...peers: string[]): string =>
      renderKeepalived({ ...unseen, virtual, peers, leaving, ownAddress: "10.0.0.9", checkScript: "/check" });
    const swap = (...peers: string[]): string => {
      const next = join(folder, "next");
      writeFileSync(next, peersOf(...peers));
      const { status, stderr } = spawnSync("sh", ["-c", noteLeaving(config, leaving)], {
        env: { ...process.env, DBHA_FILE: next },
        encoding: "utf8",
      });
      assert.deepEqual([status, stderr], [0, ""]);
      renameSync(next, config);
      return readFileSync(leaving, "utf8");
    };
    assert.equal(swap("10.0.0.1", "10.0.0.2"), "");
    assert.equal(swap("10.0.0.2"), "10.0.0.1\n");
    assert.equal(swap("fd00::3"), "10.0.0.1\n10.0.0.2\n");
    assert.equal(swap("10.0.0.1"), "10.0.0.2\nfd00::3\n");
    rmSync(folder, { recursive: true });
  });

  it("says nothing of unicast without anybody to speak to, which keepalived would refuse", () => {
    const text = renderKeepalived({ ...unseen, virtual, peers: [], checkScript: "/check" });
    assert.doesNotMatch(text, /unicast_(peer|src_ip)/);
  });

  it("sets an IPv6 address with its full length, so that nothing goes out from it", () => {
    const six = parseNetwork("fd00::100/64");
    const text = renderKeepalived({ ...unseen, virtual: six, checkScript: "/check" });
    assert.match(text, /^ {8}fd00::100\/128 dev eth0$/m);
    assert.match(text, /^ {4}priority 250$/m);
    assert.match(
      renderUnit({ unit: "dbha-vip-six", virtual: six, interface: "eth0", config: "/c", leaving: "/l" }),
      /^ExecStopPost=.*ip address del fd00::100\/128 dev eth0/m,
    );
  });

  it("has a unit that clears the address before the start and after every end, forgets who left at a start, and comes back", () => {
    assert.equal(
      renderUnit({
        unit: "dbha-vip-vip",
        virtual,
        interface: "eth0",
        config: "/etc/dbha/vip-vip/keepalived.conf",
        leaving: "/etc/dbha/vip-vip/leaving",
      }),
      `[Unit]
Description=Virtual IP 10.0.0.100 (keepalived)
After=network-online.target
Wants=network-online.target

[Service]
ExecStartPre=/bin/sh -c 'ip address del 10.0.0.100/24 dev eth0 2>/dev/null || :'
ExecStartPre=/bin/sh -c ': >/etc/dbha/vip-vip/leaving'
ExecStart=/usr/sbin/keepalived --dont-fork --dont-respawn --vrrp --use-file=/etc/dbha/vip-vip/keepalived.conf --pid=/run/dbha-vip-vip/keepalived.pid --vrrp_pid=/run/dbha-vip-vip/vrrp.pid
ExecReload=/bin/kill -HUP $MAINPID
ExecStopPost=/bin/sh -c 'ip address del 10.0.0.100/24 dev eth0 2>/dev/null || :'
RuntimeDirectory=dbha-vip-vip
StartLimitInterval=0
Restart=always
RestartSec=1

[Install]
WantedBy=multi-user.target
`,
    );
  });

  it("asks every check, at the loopback address of the virtual IP's family", () => {
    const text = renderCheck("10.0.0.100", [
      { tcp: { port: 443 } },
      { http: { port: 80, path: "/health", status: 204 } },
    ]);
    assert.match(text, /^address=\$\{1:-127\.0\.0\.1\}$/m);
    assert.match(text, /^all\(\) \{\n {2}tcp 443 &&\n {4}http 80 '\/health' 204\n\}$/m);
    assert.match(renderCheck("fd00::100", [{ tcp: { port: 1 } }]), /^address=\$\{1:-::1\}$/m);
  });
});

describe("the place of a virtual IP", () => {
  const places: [name: string, own: string, addresses: AddressFacts[], wanted: string | undefined, found: string][] = [
    [
      "the interface in its network",
      "host",
      [at("eth0", "192.0.2.1/24"), at("eth1", "10.0.0.1/24")],
      undefined,
      "eth1 10.0.0.1",
    ],
    [
      "the host's own address before others there",
      "10.0.0.2",
      [at("eth0", "10.0.0.1/24"), at("eth0", "10.0.0.2/24")],
      undefined,
      "eth0 10.0.0.2",
    ],
    ["not by the virtual IP itself", "host", [at("eth0", "10.0.0.100/24")], undefined, "none"],
    ["not by loopback", "host", [at("lo", "10.0.0.1/24")], undefined, "none"],
    ["not by the other family", "host", [at("eth0", "fd00::1/64")], undefined, "none"],
    ["none in another network", "host", [at("eth0", "10.0.1.1/24")], undefined, "none"],
    [
      "the named interface, in another network too",
      "host",
      [at("eth0", "10.0.0.1/24"), at("eth1", "192.0.2.1/24")],
      "eth1",
      "eth1 192.0.2.1",
    ],
    ["not a named interface that is missing", "host", [at("eth0", "10.0.0.1/24")], "eth7", "none"],
  ];
  for (const [name, own, addresses, wanted, expected] of places)
    it(`is ${name}`, () => {
      const place = findPlace(virtual, addresses, own, wanted);
      assert.equal(place ? `${place.interface} ${place.address}` : "none", expected);
    });

  it("is not a link-local address on a named interface", () => {
    const place = findPlace(
      parseNetwork("fd00::9/64"),
      [at("eth0", "fe80::1/64"), at("eth0", "fd01::1/64")],
      "",
      "eth0",
    );
    assert.equal(place?.address, "fd01::1");
  });

  it("knows an address in whatever way it is written", () => {
    assert.ok(isSameAddress("FD00:0::1", "fd00::1"));
    assert.ok(!isSameAddress("10.0.0.1", "10.0.0.10"));
    assert.ok(!isSameAddress("10.0.0.1", "::1"));
  });

  const ids: [address: string, id: number][] = [
    ["10.0.0.100/24", 100],
    ["10.0.0.0/8", 255],
    ["fd00::1/64", 1],
    ["fd00::ab01/64", 1],
    ["fd00::1ff/64", 255],
    ["fd00::/64", 255],
  ];
  for (const [address, id] of ids)
    it(`gives ${address} the router ID ${id}`, () => assert.equal(defaultRouterId(parseNetwork(address)), id));
});

describe("what keeps a host from a virtual IP", () => {
  const p1 = { hostName: "p1", address: "10.0.0.1" };
  const well = { addresses: [at("lo", "127.0.0.1/8"), at("eth0", "10.0.0.1/24")], keepalivedVersion: "2.2.7" };
  const cases: [
    name: string,
    facts: typeof well | Omit<typeof well, "keepalivedVersion">,
    wanted: string | undefined,
    problems: string[],
  ][] = [
    ["nothing where all is there", well, undefined, []],
    [
      "keepalived is missing",
      { addresses: well.addresses },
      undefined,
      [
        "host p1: keepalived is not installed; fix: install the distribution's package (apt-get install keepalived, dnf install keepalived); it need not be started",
      ],
    ],
    ["nothing with two hosts and the keepalived of CentOS 7", { ...well, keepalivedVersion: "1.3.5" }, undefined, []],
    [
      "keepalived is too old",
      { ...well, keepalivedVersion: "1.2.13" },
      undefined,
      ["host p1: keepalived is 1.2.13; 1.3.5 or later is needed; fix: install a newer one"],
    ],
    [
      "no interface is in its network",
      {
        ...well,
        addresses: [
          at("lo", "127.0.0.1/8"),
          at("eth0", "192.0.2.7/24"),
          at("eth1", "198.51.100.7/25"),
          at("eth1", "fd00::7/64"),
        ],
      },
      undefined,
      [
        "host p1: no interface has an address in the network of 10.0.0.100/24; found 192.0.2.7/24 on eth0, 198.51.100.7/25 on eth1; fix: mend address and prefix length, or name the interface",
      ],
    ],
    [
      "the interface that is named is not there",
      well,
      "bond0",
      [
        "host p1: interface bond0 has no address of its own beside 10.0.0.100; found 10.0.0.1/24 on eth0; fix: mend the interface's name, or give it an address",
      ],
    ],
    [
      "there is no address at all",
      { ...well, addresses: [] },
      undefined,
      [
        "host p1: no interface has an address in the network of 10.0.0.100/24; found no IPv4 address; fix: mend address and prefix length, or name the interface",
      ],
    ],
  ];
  for (const [name, facts, wanted, problems] of cases)
    it(name, () => assert.deepEqual(placeProblems(p1, facts, virtual, wanted, 2), problems));

  it("keepalived has wrong checksums for one of several peers, in IPv4", () => {
    const facts = { ...well, addresses: [...well.addresses, at("eth0", "fd00::1/64")] };
    const problems = (keepalivedVersion: string, address: string) =>
      placeProblems(p1, { ...facts, keepalivedVersion }, parseNetwork(address), undefined, 3);
    assert.deepEqual(problems("1.3.5", "10.0.0.100/24"), [
      "host p1: keepalived is 1.3.5, which sends every second one of its peers a wrong checksum, so that two of them may hold the address at once; fix: name two hosts for an IPv4 address, or install 1.3.6 or later",
    ]);
    assert.deepEqual(problems("1.3.6", "10.0.0.100/24"), []);
    assert.deepEqual(problems("1.3.5", "fd00::100/64"), []);
  });
});
