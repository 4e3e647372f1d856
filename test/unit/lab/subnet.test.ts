import assert from "node:assert/strict";
import {
  chooseSubnet,
  memberAddresses,
  nameServers,
  overlaps,
  parseNetwork,
  routeDestinations,
} from "../../../lab/src/subnet";

describe("the lab's network", () => {
  it("reads networks and single addresses, and nothing else", () => {
    assert.deepEqual(parseNetwork("10.1.2.99/24"), { base: 0x0a010200, prefix: 24 });
    assert.deepEqual(parseNetwork("10.255.255.53"), { base: 0x0affff35, prefix: 32 });
    assert.deepEqual(parseNetwork("0.0.0.0/0"), { base: 0, prefix: 0 });
    for (const text of ["default", "fd00::/64", "10.0.0/24", "10.0.0.256", "10.0.0.0/33", ""]) {
      assert.equal(parseNetwork(text), undefined, text);
    }
  });

  it("knows which networks overlap", () => {
    const network = (text: string) => parseNetwork(text) ?? assert.fail(text);
    assert.ok(overlaps(network("10.0.0.0/8"), network("10.213.7.0/24")));
    assert.ok(overlaps(network("10.213.7.0/24"), network("10.213.7.255")));
    assert.ok(!overlaps(network("10.213.7.0/24"), network("10.213.8.0/24")));
  });

  it("gives a name the same network every time, and different names different ones", () => {
    assert.equal(chooseSubnet("demo", []), chooseSubnet("demo", ["192.168.0.0/16", "fd00::/64", "default"]));
    assert.notEqual(chooseSubnet("demo", []), chooseSubnet("test", []));
    assert.match(chooseSubnet("demo", []), /^10\.213\.\d+\.0\/24$/);
  });

  it("goes on to the next free one when the first is taken", () => {
    const first = chooseSubnet("demo", []);
    const third = Number(first.split(".")[2]);
    assert.equal(chooseSubnet("demo", [first.replace(".0/24", ".77")]), `10.213.${(third + 1) % 256}.0/24`);
    const allButSeven = Array.from({ length: 256 }, (_, i) => `10.213.${i}.0/24`).filter(
      (subnet) => !subnet.includes(".7."),
    );
    assert.equal(chooseSubnet("demo", allButSeven), "10.213.7.0/24");
  });

  it("says so when none is left", () => {
    assert.throws(
      () => chooseSubnet("demo", ["10.0.0.0/8"]),
      /no free \/24 for the lab within 10\.213\.0\.0\/16: remove labs/,
    );
  });

  it("finds the machine's networks in ip's and resolv.conf's text", () => {
    const routes = [
      "default via 192.0.2.1 dev eth0",
      "192.0.2.0/24 dev eth0 proto kernel scope link src 192.0.2.2",
      "local 127.0.0.1 dev lo table local proto kernel scope host src 127.0.0.1",
      "broadcast 192.0.2.255 dev eth0 table local",
      "blackhole 10.213.0.0/17",
      "",
    ];
    assert.deepEqual(routeDestinations(routes.join("\n")), [
      "192.0.2.0/24",
      "127.0.0.1",
      "192.0.2.255",
      "10.213.0.0/17",
    ]);
    assert.deepEqual(nameServers("search x\nnameserver 10.255.255.53\n # nameserver 1.1.1.1\n nameserver ::1\n"), [
      "10.255.255.53",
      "::1",
    ]);
  });

  it("gives every member its address", () => {
    assert.deepEqual(memberAddresses("10.213.7.0/24"), {
      gateway: "10.213.7.1",
      p1: "10.213.7.11",
      p2: "10.213.7.12",
      p3: "10.213.7.13",
      metadb: "10.213.7.10",
    });
  });
});
