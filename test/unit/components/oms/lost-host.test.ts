import assert from "node:assert/strict";
import { Host, OmsMultiNode } from "../../../../components";
import { mockEngine, unwrap, valueOf, type Registered } from "../mocks";
import { placing, type Placed } from "../placing";

const facts = (n: number) => ({
  keepalivedVersion: "2.2.7",
  addresses: [{ interface: "eth0", address: `10.0.0.${n}`, prefixLength: 24 }],
});

/** A deployment on p1 and p2, of which the first is lost. */
class Deployed {
  /** Of whom something was asked. */
  readonly asked = new Set<string>();
  registered: Registered[] = [];
  places = new Map<string, Placed>();
  health: string[] = [];

  /** @param left what the state has of the lost host. */
  async deploy(version: string, left: Record<string, Record<string, unknown>>, hasProxy = false): Promise<this> {
    const { asked } = this;
    const noteOf = <T>(name: string, answer: T): T => (asked.add(name), answer);
    const known = {
      get p1() {
        return noteOf("p1", facts(1));
      },
      p2: facts(2),
    };
    const health = {
      get p1() {
        return noteOf("p1", { healthy: true, values: {}, detail: "" });
      },
    };
    const said = { "oms-backup-p2": "{}" };
    this.registered = await mockEngine({}, known, health, (of) => asked.add(of), undefined, said, left);
    const { transformations, placed } = placing();
    const nodes = [1, 2].map(
      (n) => new Host(`p${n}`, { address: `10.0.0.${n}`, acceptUnknownHostKey: true, lost: n === 1 || undefined }),
    );
    const image = { reference: "vendor/nginx:1" };
    const proxy = hasProxy ? { hosts: nodes, image, cmPort: 28088, consolePort: 28089 } : undefined;
    const oms = new OmsMultiNode(
      "oms",
      {
        version,
        image: { reference: `vendor/oms:feature_${version}_ce` },
        metaDb: { host: "10.0.0.9", port: 2883, username: "oms@meta#ob", password: "meta-pass" },
        regions: [{ location: 0, nodes, virtualIp: { address: "10.0.0.100/24" }, proxy }],
        manageHa: true,
      },
      { transformations },
    );
    this.health = (await valueOf(oms.nodes)).map((node) => `${node.host} ${node.health}`);
    await valueOf(oms.backups);
    this.places = await placed();
    return this;
  }

  /** Names of what contacts a host by itself when it is made: containers, their provider, commands. */
  contacting(host: string, address: string): string[] {
    const contacts = ({ type, name, inputs }: Registered): boolean => {
      if (type === "command:remote:Command") return (unwrap(inputs.connection) as { host: string }).host === address;
      return type.startsWith("docker:") || type === "pulumi:providers:docker" ? name.includes(host) : false;
    };
    return this.registered.filter(contacts).map(({ name }) => name);
  }

  isLeftAlone(name: string): boolean {
    const { retainOnDelete, ignoreChanges } = this.places.get(name)?.opts ?? {};
    return retainOnDelete === true && (ignoreChanges as string[]).join() === "*";
  }
}

describe("OmsMultiNode with a lost host", () => {
  describe("on which nothing was ever deployed", () => {
    let deployed: Deployed;
    before(async () => {
      deployed = await new Deployed().deploy("4.2.7", {});
    });

    it("does not contact it, and tells that it is lost", () => {
      assert.deepEqual([...deployed.asked], ["p2-docker"]);
      assert.deepEqual(deployed.contacting("p1", "10.0.0.1"), []);
      assert.deepEqual(deployed.health, ["p1 lost", "p2 healthy"]);
    });

    it("notes its steps, which do nothing, on a host that lives, and leaves them alone", () => {
      const steps = deployed.registered.filter(({ type, name }) => type.endsWith(":Command") && name.endsWith("-p1"));
      assert.deepEqual(
        steps.map(({ name, inputs }) => [name, inputs.create, inputs.delete, deployed.isLeftAlone(name)]).sort(),
        [
          ["oms-cm-stop-p1", "sh -s true", undefined, true],
          ["oms-init-p1", "sh -s true", undefined, true],
          // whose row it is, is asked of the MetaDB
          ["oms-row-p1", "sh -s true", "sh -s remove_host", false],
          ["oms-stop-p1", "sh -s true", undefined, true],
        ],
      );
    });
  });

  it("makes nginx on the others alone, where its own never had one, and keeps one that the state has", async () => {
    const made = ({ registered }: Deployed) =>
      registered.filter(({ name }) => name.startsWith("oms-proxy-0-nginx")).map(({ name }) => name);
    const anew = await new Deployed().deploy("4.2.7", {}, true);
    assert.deepEqual(made(anew), ["oms-proxy-0-nginx-p2"]);
    assert.deepEqual([anew.contacting("p1", "10.0.0.1"), [...anew.asked]], [[], ["p2-docker"]]);
    assert.deepEqual(anew.places.get("oms-vip-0-files-p2")?.after, ["oms-proxy-0"]);
    const left = { "oms-proxy-0-image-p1": { imageId: "sha256:nginx" } };
    const later = await new Deployed().deploy("4.2.7", left, true);
    assert.deepEqual(made(later).sort(), ["oms-proxy-0-nginx-p1", "oms-proxy-0-nginx-p2"]);
    assert.ok(later.isLeftAlone("oms-proxy-0-nginx-p1"));
  });

  it("keeps the container that the state has, under the name that it has there", async () => {
    const left = {
      "oms-image-p1": { imageId: "sha256:4.2.7" },
      "oms-services-p1": { watched: { container: "oms_427" } },
    };
    const deployed = await new Deployed().deploy("4.2.11", left);
    assert.deepEqual(deployed.contacting("p1", "10.0.0.1"), ["p1-docker", "oms-oms_427-p1"]);
    assert.ok(deployed.isLeftAlone("oms-oms_427-p1"));
    assert.deepEqual([...deployed.asked], ["p2-docker"]);
  });
});
