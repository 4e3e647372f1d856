import assert from "node:assert/strict";
import { Host } from "../../../components";
import { mockEngine } from "./mocks";

const hostKeys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHost1AA"];

describe("What a host answers", () => {
  const failed = (message: string): Promise<never> => Promise.reject(new Error(message));
  const caught = (answer: Promise<unknown>): Promise<unknown> =>
    answer.then(
      () => "answered",
      (error: unknown) => error,
    );

  it("is told once where it is a refusal, in the plugin's words alone, whatever was asked", async () => {
    await mockEngine({ "dbha:password": "word" });
    const host = new Host("p1", { address: "10.0.0.1", hostKeys });
    const first = await caught(
      host.answered(failed("invocation of dbha:index:getHealth returned an error: host p1 (10.0.0.1): a; b")),
    );
    assert.equal(
      (first as Error).message,
      "host p1 cannot be asked (1 problem); nothing that depends on it was changed:\n  - host p1 (10.0.0.1): a; b",
    );
    // the SDK tells an error that it has told already no second time
    assert.equal(await caught(host.answered(failed("host p1 (10.0.0.1): ask for facts: a; b"))), first);
  });

  it("is that of the key where this cannot be used, one and the same for all hosts", async () => {
    await mockEngine({ "dbha:privateKeyFile": "/nowhere/key" });
    const hosts = ["p1", "p2"].map((name, i) => new Host(name, { address: `10.0.0.${i}`, hostKeys }));
    const errors = await Promise.all(hosts.flatMap((host) => [caught(host.facts), caught(host.answered(failed("x")))]));
    assert.equal(
      (errors[0] as Error).message,
      "the key to log in with was refused (1 problem); nothing that depends on it was changed:\n" +
        "  - the private key /nowhere/key does not exist; fix: correct dbha:privateKeyFile",
    );
    assert.equal(new Set(errors).size, 1);
    assert.throws(() => hosts[0]?.connection, errors[0] as Error);
  });

  it("is one and the same for all hosts where there is nothing to log in with", async () => {
    await mockEngine();
    const hosts = ["p1", "p2"].map((name, i) => new Host(name, { address: `10.0.0.${i}`, hostKeys }));
    // the very words of the plugin: test/provider/login.test.ts has them
    const refused = failed(
      "host p1 (10.0.0.1): ask for facts: there are no credentials for it; set dbha:privateKeyFile",
    );
    const errors = await Promise.all(hosts.map((host) => caught(host.answered(refused))));
    assert.equal(
      (errors[0] as Error).message,
      "the hosts cannot be logged in to (1 problem); nothing that depends on it was changed:\n" +
        "  - there are no credentials; fix: set dbha:privateKeyFile, privateKey, agent or password for all hosts, or dbha:credentials by host name for some",
    );
    assert.equal(errors[1], errors[0]);
  });

  it("is nothing any more where the engine cut the question off, as it ended the run", async () => {
    await mockEngine({ "dbha:password": "word" });
    const host = new Host("p1", { address: "10.0.0.1", hostKeys });
    for (const message of ["grpc: the client connection is closing", "Resource monitor is terminating"]) {
      const outcome = host.answered(failed(message)).then(
        () => "answer",
        () => "error",
      );
      const silence = new Promise((resolve) => setTimeout(resolve, 20, "silence"));
      assert.equal(await Promise.race([outcome, silence]), "silence");
    }
  });
});
