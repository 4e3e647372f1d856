import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Host } from "../../../components";
import { mockEngine, valueOf } from "./mocks";

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
      privateKeyPassword: "phrase",
      password: undefined,
      proxy: undefined,
    });
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
