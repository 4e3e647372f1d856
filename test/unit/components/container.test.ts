import assert from "node:assert/strict";
import { Host } from "../../../components";
import { container } from "../../../components/container";
import { mockEngine, valueOf } from "./mocks";

const unpinned = { acceptUnknownHostKey: true, user: "ops", port: 2222 };

/** Hosts that are asked for their Docker Engine when a container `web` is declared on each, twice. */
async function asked(facts: Parameters<typeof mockEngine>[1], lost: string[] = []): Promise<string[]> {
  const engines: string[] = [];
  await mockEngine({}, facts, {}, (provider) => engines.push(provider));
  const hosts = ["p1", "p2", "p3"].map(
    (name, i) => new Host(name, { ...unpinned, address: `10.0.0.${i + 1}`, lost: lost.includes(name) || undefined }),
  );
  const made = hosts.flatMap((host) =>
    ["one", "two"].map((name) => container(`${name}-${host.hostName}`, host, { name: "web", image: "sha256:1" }, {})),
  );
  const images = await Promise.all(made.map(({ image }) => valueOf(image)));
  assert.deepEqual(images, Array(6).fill("sha256:1"));
  return engines.sort();
}

describe("A container", () => {
  it("has its host's Docker Engine asked once, in time, where it does not run yet", async () => {
    const facts = { p1: { containers: ["web"] }, p2: { containers: ["other"] } };
    assert.deepEqual(await asked(facts), ["p2-docker", "p3-docker"]);
  });

  it("has nothing asked on a lost host, nor where it runs", async () => {
    assert.deepEqual(await asked({ p2: { containers: ["a", "web"] }, p3: { containers: ["web"] } }, ["p1"]), []);
  });

  it("is refused where Docker's client does not get through, with what it said and needs", async () => {
    const details = "Error pinging Docker server: ssh ended with exit status 255: Permission denied (publickey).";
    await mockEngine({}, {}, {}, () => {
      throw Object.assign(new Error(), { details });
    });
    const host = new Host("p1", { ...unpinned, address: "10.0.0.1" });
    await assert.rejects(host.dockerAnswers, (error: Error) => {
      assert.equal(
        error.message,
        "host p1 cannot be given containers (1 problem); nothing that depends on it was changed:\n" +
          "  - Docker's own client, which runs ssh, does not reach its Engine: " +
          `${details}; fix: ` +
          "ssh -p 2222 ops@10.0.0.1 docker version must work here: " +
          "with the key file of dbha:privateKeyFile or an agent, and a user who is root or in the group docker",
      );
      return true;
    });
  });
});
