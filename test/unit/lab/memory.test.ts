import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureSecrets, HOST_KEY_KINDS, publicKeys, readSecrets } from "../../../lab/src/keys";
import { memoryDamage } from "../../../lab/src/memory";
import { HOST_NAMES } from "../../../lab/src/name";
import type { LabPaths } from "../../../lab/src/paths";
import { readRecord } from "../../../lab/src/record";

describe("what a lab remembers of itself", () => {
  let parent: string;
  let paths: LabPaths;
  const files = () => {
    const hostKeys = HOST_NAMES.flatMap((host) => HOST_KEY_KINDS.map((kind) => paths.hostKey(host, kind)));
    return [paths.privateKey, ...hostKeys, paths.metadbPassword];
  };
  const contents = (): string[] => files().map((file) => readFileSync(file, "utf8"));

  beforeEach(async () => {
    parent = mkdtempSync(join(tmpdir(), "lab-"));
    const directory = join(parent, "demo");
    const at = (name: string): string => join(directory, name);
    paths = {
      directory,
      record: at("lab.json"),
      inventory: at("hosts.yaml"),
      knownHosts: at("known_hosts"),
      privateKey: at("id_ed25519"),
      hostKey: (host, kind) => join(directory, "host-keys", `${host}_${kind}`),
      metadbPassword: at("metadb.password"),
      metadbServer: at("metadb.server"),
      virtualIp: at("virtual-ip"),
      images: at("images"),
      packages: at("packages"),
      servers: at("servers"),
      state: at("state"),
    };
    assert.equal(memoryDamage(paths), undefined, "no lab yet");
    await ensureSecrets(paths);
    writeFileSync(paths.record, '{"name":"demo","subnet":"10.213.4.0/24"}');
  });
  afterEach(() => rmSync(parent, { recursive: true }));

  it("has no damage when it is whole", () => {
    assert.deepEqual(memoryDamage(paths), []);
    assert.deepEqual(readRecord(paths), { name: "demo", subnet: "10.213.4.0/24" });
  });

  for (const [what, content] of [
    ["empty", ""],
    ["cut short", '{"name":"de'],
    ["no object", "null"],
    ["without its network", '{"name":"demo"}'],
    ["with a network that is none of a lab's", '{"name":"demo","subnet":"0.0.0.0/0"}'],
    ["of another lab", '{"name":"test","subnet":"10.213.4.0/24"}'],
  ] as const) {
    it(`finds a lab.json ${what}`, () => {
      writeFileSync(paths.record, content);
      const detail = "damaged; lab/up writes it from what runs";
      assert.deepEqual(memoryDamage(paths), [{ part: "lab.json", address: "", ok: false, detail }]);
      assert.equal(readRecord(paths), undefined);
    });
  }

  it("makes damaged and missing keys and passwords anew, and no others", async () => {
    const before = contents();
    rmSync(paths.hostKey("p1", "rsa"));
    truncateSync(paths.hostKey("p2", "ecdsa"), 50);
    truncateSync(paths.metadbPassword, 10);
    assert.deepEqual(
      memoryDamage(paths)?.map(({ part, detail }) => `${part}: ${detail}`),
      [
        "host-keys/p1_rsa: missing; lab/up makes a new key and p1 anew",
        "host-keys/p2_ecdsa: damaged; lab/up makes a new key and p2 anew",
        "metadb.password: damaged; lab/up makes a new password; the MetaDB keeps its data",
      ],
    );
    assert.equal(readSecrets(paths), undefined);
    await ensureSecrets(paths);
    assert.deepEqual(memoryDamage(paths), []);
    assert.deepEqual(
      files().filter((_file, i) => contents()[i] !== before[i]),
      [paths.hostKey("p1", "rsa"), paths.hostKey("p2", "ecdsa"), paths.metadbPassword],
    );
  });

  it("has keys of the three kinds that a distribution makes for a host, RSA first", () => {
    const { hostKeys } = readSecrets(paths) ?? assert.fail();
    for (const host of HOST_NAMES) {
      const types = publicKeys(hostKeys[host]).map((key) => key.split(" ")[0]);
      assert.deepEqual(types, ["ssh-rsa", "ecdsa-sha2-nistp256", "ssh-ed25519"]);
    }
    assert.equal(new Set(HOST_NAMES.flatMap((host) => publicKeys(hostKeys[host]))).size, 9);
  });

  it("shuts files that others may read, and keeps what is in them", async () => {
    const before = contents();
    for (const file of files()) chmodSync(file, 0o644);
    assert.deepEqual(
      memoryDamage(paths)?.map(({ detail }) => detail),
      Array(11).fill("mode 644 instead of 600; lab/up sets it"),
    );
    await ensureSecrets(paths);
    assert.deepEqual(memoryDamage(paths), []);
    assert.deepEqual(contents(), before);
  });
});
