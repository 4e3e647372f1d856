import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { engines } from "./engines";
import { labFolder, labHosts, on, snapshot } from "./hosts";
import { TestStack } from "./stack";

for (const engine of engines())
  describe(`Resources of one host, with the ${engine.name}`, function () {
    this.timeout(300_000);
    let stack: TestStack;
    let untouched: string[];
    const config = (seconds: number, hidden = "not for the state"): Record<string, unknown> => {
      const { address, hostKeys } = labHosts().p1;
      return {
        "dbha:privateKeyFile": resolve(labFolder, "id_ed25519"),
        "kinds:host": { address, hostKeys },
        "kinds:seconds": seconds,
        "kinds:hidden": hidden,
      };
    };

    before(async () => {
      untouched = await snapshot("p1");
      stack = new TestStack(engine, "test/fixtures/programs/kinds");
      await stack.init(config(1000));
    });

    after(() => stack.remove());

    it("creates them in order and tells what the host is", async () => {
      await stack.up();
      const { counted, facts } = (await stack.outputs()) as { counted: string; facts: Record<string, unknown> };
      assert.equal(counted.trim(), await on("p1", "stat -c %s /opt/kinds/conf/key.pem"));
      assert.equal(await on("p1", "stat -c '%a %U:%G' /opt/kinds/conf/key.pem"), "600 root:root");
      assert.equal(facts.cores, Number(await on("p1", "nproc")));
      assert.equal(facts.kernel, await on("p1", "uname -r"));
      assert.equal(await on("p1", "systemctl is-active kinds.service"), "active");
      assert.equal(await on("p1", "systemctl is-enabled kinds.service"), "enabled");
    });

    it("writes what is kept out of the state, of which the state has neither the text nor its bare hash", async () => {
      assert.equal(await on("p1", "cat /opt/kinds/conf/hidden"), "not for the state");
      const state = await stack.succeed("stack", "export", "--show-secrets");
      assert.match(state, /\/opt\/kinds\/conf\/hidden/);
      const hash = createHash("sha256").update("not for the state").digest("hex");
      assert.deepEqual([state.includes("not for the state"), state.includes(hash)], [false, false]);
      stack.configure(config(1000, "another text"));
      const preview = await stack.succeed("preview");
      assert.match(preview, /hidden/);
      assert.doesNotMatch(preview, /another text|not for the state/);
      await stack.up();
      assert.equal(await on("p1", "cat /opt/kinds/conf/hidden"), "another text");
      stack.configure(config(1000));
      await stack.up();
    });

    it("changes nothing when nothing changed", async () => {
      await stack.up("--refresh", "--expect-no-changes");
    });

    it("restarts the service for a new unit", async () => {
      stack.configure(config(2000));
      await stack.up();
      assert.match(await on("p1", "systemctl show -p ExecStart kinds.service"), /\/bin\/sleep 2000/);
      assert.match(await on("p1", "ps -eo args"), /\/bin\/sleep 2000/);
    });

    const drifts: [what: string, command: string, resource: RegExp, check: string, expected: string][] = [
      ["a unit that was stopped", "systemctl stop kinds", /service/, "systemctl is-active kinds.service", "active"],
      [
        "a unit that was disabled",
        "systemctl disable kinds",
        /service/,
        "systemctl is-enabled kinds.service",
        "enabled",
      ],
      [
        "a file whose mode was changed",
        "chmod 644 /opt/kinds/conf/key.pem",
        /secret/,
        "stat -c %a /opt/kinds/conf/key.pem",
        "600",
      ],
    ];
    for (const [what, command, resource, check, expected] of drifts)
      it(`sees ${what} and repairs it`, async () => {
        await on("p1", command);
        const { code, text } = await stack.run("refresh", "--preview-only", "--expect-no-changes");
        assert.notEqual(code, 0, `refresh saw nothing:\n${text}`);
        assert.match(text, resource);
        await stack.up("--refresh");
        assert.equal(await on("p1", check), expected);
      });

    it("leaves the host as it was when it is destroyed", async () => {
      await stack.destroy();
      assert.deepEqual(await snapshot("p1"), untouched);
    });
  });
