import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { makeKey, type Sshd, startSshd } from "../provider/sshd";
import { engines } from "./engines";
import { TestStack } from "./stack";

const names = ["p1", "p2", "p3"] as const;

for (const engine of engines())
  describe(`A key that no host lets in, with the ${engine.name}`, function () {
    this.timeout(120_000);
    let servers: Sshd[];
    let stack: TestStack;
    let folder: string;
    let key: string;

    before(async () => {
      folder = mkdtempSync(join(tmpdir(), "dbha-refused-"));
      key = makeKey(folder, "stranger");
      servers = await Promise.all(
        names.map((_name, i) => startSshd({ hostKeys: ["rsa", "ed25519"], address: `127.0.0.${i + 1}` })),
      );
      const hosts = names.map((name, i) => {
        const { address, port, user, hostKeys } = servers[i] ?? assert.fail();
        return { name, address, port, user, hostKeys: Object.values(hostKeys) };
      });
      const inventory = join(folder, "hosts.yaml");
      writeFileSync(inventory, stringify({ hosts }));
      stack = new TestStack(engine, ".", { SSH_AUTH_SOCK: "" });
      await stack.init({
        "dbha:privateKeyFile": key,
        "dbha-stacks:inventory": inventory,
        "dbha-stacks:odc": {
          nodes: ["p1", "p2"],
          image: { reference: "oceanbase/odc:4.3.1" },
          metaDb: { host: "10.0.0.9", port: 2883, username: "odc@meta#ob", password: "word", database: "odc_metadb" },
          proxy: { hosts: ["p1", "p3"], virtualIp: { address: "127.0.0.100/24" }, image: { reference: "nginx:1.22" } },
        },
      });
    });
    after(async () => {
      for (const server of servers) await server.stop();
      stack.remove();
      rmSync(folder, { recursive: true });
    });

    /** Connections whose log-in failed, one number for each host, since the last look. */
    const failures = (() => {
      const seen = names.map(() => 0);
      return (): number[] =>
        servers.map((server, i) => {
          const all = server.log().match(/^Connection (closed|reset) by authenticating user /gm)?.length ?? 0;
          const [now, before] = [all - (seen[i] ?? 0), (seen[i] = all)];
          return before >= 0 ? now : 0;
        });
    })();

    for (const args of [["preview"], ["up", "--yes"]])
      it(`is offered once to each of them by ${args.join(" ")}, and told once for each`, async () => {
        const { code, text } = await stack.run(...args);
        assert.notEqual(code, 0);
        assert.deepEqual(failures(), [1, 1, 1], text);
        for (const name of names) {
          const told = text.split(`- host ${name} (127.0.0.`).length - 1;
          assert.equal(told, 1, text);
        }
        assert.equal(text.split("the login as ").length - 1, names.length, text);
        assert.doesNotMatch(text, /lost: true|returned an error|^ +at |connection is closing|exited prematurely/m);
      });

    it("is offered once to each of them where there is no preview", async () => {
      const { code, text } = await stack.run("up", "--yes", "--skip-preview");
      assert.notEqual(code, 0);
      assert.deepEqual(failures(), [1, 1, 1], text);
      assert.doesNotMatch(text, /lost: true|returned an error|^ +at /m);
    });

    it("is not offered when its file is missing, which is told once", async () => {
      rmSync(key);
      const { code, text } = await stack.run("preview");
      assert.notEqual(code, 0);
      assert.deepEqual(failures(), [0, 0, 0]);
      assert.equal(text.split(`the private key ${key} does not exist`).length - 1, 1, text);
      assert.doesNotMatch(text, /lost: true|returned an error|^ +at /m);
    });
  });
