import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Host } from "../../../components";
import { mockEngine, valueOf } from "./mocks";

const rsa = "ssh-rsa AAAAB3NzaC1yc2EAAAADYWJj";
const ecdsa = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAADYWJj";
const pinned = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHost1AA"];

describe("The connection of a host's commands", () => {
  it("has the host's own credentials, and leaves an agent to SSH_AUTH_SOCK", async () => {
    await mockEngine({
      "dbha:agent": "true",
      "dbha:credentials": JSON.stringify({ p1: { privateKey: "key", passphrase: "phrase" } }),
    });
    const { connection } = new Host("p1", { address: "10.0.0.1", port: 2222, user: "ops", hostKeys: pinned });
    assert.ok(await pulumi.isSecret(pulumi.output(connection)), "it carries a key");
    assert.deepEqual(await valueOf(pulumi.output(connection)), {
      host: "10.0.0.1",
      port: 2222,
      user: "ops",
      hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHost1AA",
      privateKey: "key",
      privateKeyPassword: undefined,
      password: undefined,
      proxy: undefined,
    });
  });

  it("has the first host key that is not RSA, of which @pulumi/command knows SHA-1 alone; of the bastion, too", async () => {
    await mockEngine({ "dbha:password": "word" });
    const bastion = { address: "10.0.0.99", hostKeys: [rsa, ...pinned] };
    const { connection } = new Host("p1", { address: "10.0.0.1", hostKeys: [rsa, ecdsa, ...pinned], bastion });
    const { hostKey, proxy } = await valueOf(pulumi.output(connection));
    assert.deepEqual([hostKey, (proxy as { hostKey: string }).hostKey], [ecdsa, pinned[0]]);
  });

  it("warns where an RSA key is the only one, of host or bastion, once", async () => {
    await mockEngine({ "dbha:password": "word" });
    const warnings = await warningsOf(() => {
      const bastion = { address: "10.0.0.99", hostKeys: [rsa] };
      const host = new Host("p1", { address: "10.0.0.1", hostKeys: [rsa, rsa], bastion });
      assert.equal(host.connection, host.connection);
      assert.ok(new Host("p2", { address: "10.0.0.2", hostKeys: [rsa, ecdsa] }).connection);
      assert.ok(new Host("p3", { address: "10.0.0.3", acceptUnknownHostKey: true }).connection);
      assert.ok(new Host("p4", { address: "10.0.0.4", hostKeys: [rsa], lost: true }).connection);
    });
    const why = (what: string): string =>
      `${what}: only an RSA key is pinned, for which @pulumi/command knows signatures with SHA-1 alone; OpenSSH 8.8 and later ` +
      "do not make them, and its steps will fail there; fix: pin the host's ed25519 or ECDSA key in hostKeys, too " +
      "(ssh-keyscan ADDRESS shows it; ssh-keygen -A on the host makes what is missing)";
    assert.deepEqual(warnings, [why("host p1"), why("bastion of host p1")]);
  });

  it("goes through the bastion, with the bastion's credentials", async () => {
    await mockEngine({
      "dbha:password": "word",
      "dbha:credentials": JSON.stringify({ "10.0.0.99": { password: "other" } }),
    });
    const bastion = { address: "10.0.0.99", user: "jump", hostKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJump1AA"] };
    const { connection } = new Host("p1", { address: "10.0.0.1", hostKeys: pinned, bastion });
    const { password, proxy } = await valueOf(pulumi.output(connection));
    assert.equal(password, "word");
    assert.deepEqual(proxy, {
      host: "10.0.0.99",
      port: 22,
      user: "jump",
      hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJump1AA",
      privateKey: undefined,
      privateKeyPassword: undefined,
      password: "other",
    });
  });
});

/** What is warned of meanwhile. */
async function warningsOf(work: () => void): Promise<string[]> {
  const { warn } = pulumi.log;
  const warnings: string[] = [];
  Object.assign(pulumi.log, { warn: (text: string) => Promise.resolve(warnings.push(text)) });
  try {
    work();
    await new Promise(setImmediate);
    return warnings;
  } finally {
    Object.assign(pulumi.log, { warn });
  }
}
