import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { hostOf } from "./cases";
import { PluginClient, Properties, StartOptions } from "./plugin-client";
import { KeyKind, makeKey, Sshd, startSshd } from "./sshd";
import { Ssh2Server, ssh2Host, startSsh2Server } from "./ssh2-server";

describe("Login and host keys", function () {
  this.timeout(60_000);
  let sshd: Sshd;
  let plugin: PluginClient;

  before(async () => {
    sshd = await startSshd({ hostKeys: ["ed25519", "ecdsa", "rsa"], config: ["AuthorizedKeysFile /nonexistent"] });
    plugin = await PluginClient.start({ env: { SSH_AUTH_SOCK: "" } });
  });
  after(async () => {
    await plugin.stop();
    await sshd.stop();
  });

  /** Asks the host for its facts with the given configuration. */
  const ask = async (config: Properties, host: Properties, asked = plugin): Promise<Properties> => {
    await asked.configure(config);
    const { answer, failures } = await asked.invoke("dbha:index:getHostFacts", { host });
    assert.deepEqual(failures, {});
    return answer;
  };
  /** The same, by a plugin of its own. */
  const askElsewhere = async (options: StartOptions, config: Properties, host: Properties): Promise<Properties> => {
    const other = await PluginClient.start(options);
    try {
      return await ask(config, host, other);
    } finally {
      await other.stop();
    }
  };
  const where = () => `host p1 (127.0.0.1:${sshd.port}): ask for facts: `;
  const fingerprint = (file: string) =>
    execFileSync("ssh-keygen", ["-lf", file], { encoding: "utf8" }).split(" ")[1] ?? "";
  const allow = (file: string) => readFileSync(`${file}.pub`, "utf8");

  describe("with keys", () => {
    let open: Sshd;

    before(async () => {
      open = await startSshd();
    });
    after(() => open.stop());

    const authorize = (kind: KeyKind, passphrase: string) => {
      const file = makeKey(open.directory, `client_${kind}_${passphrase}`, kind, passphrase);
      execFileSync("sh", ["-c", `cat '${file}.pub' >>'${join(open.directory, "authorized_keys")}'`]);
      return file;
    };

    for (const kind of ["ed25519", "ecdsa", "rsa"] as const) {
      it(`logs in by an ${kind} key under a passphrase`, async () => {
        const privateKeyFile = authorize(kind, "correct horse");
        await ask({ privateKeyFile, passphrase: "correct horse" }, hostOf(open));
      });
    }

    it("logs in by a key given as text, and by a file relative to the working directory", async () => {
      await ask({ privateKey: readFileSync(open.privateKeyFile, "utf8") }, hostOf(open));
      await askElsewhere({ cwd: open.directory }, { privateKeyFile: "client" }, hostOf(open));
    });

    it("logs in by the agent", async () => {
      const socket = join(open.directory, "agent");
      const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
      const env = { SSH_AUTH_SOCK: socket };
      const add = 'for i in $(seq 200); do test -S "$0" && break; sleep 0.02; done; ssh-add -q "$1"';
      execFileSync("sh", ["-c", add, socket, open.privateKeyFile], { env: { ...process.env, ...env } });
      await askElsewhere({ env }, { agent: true }, hostOf(open));
      agent.kill();
    });

    it("takes the credentials under the host's name, and these alone", async () => {
      const wrong = makeKey(open.directory, "wrong");
      const credentials = { p1: { privateKeyFile: open.privateKeyFile } };
      await ask({ privateKeyFile: wrong, credentials }, hostOf(open));
      await assert.rejects(
        plugin.invoke("dbha:index:getHostFacts", { host: hostOf(open, { name: "p2" }) }),
        (error: Error) => error.message.includes(`the login as root was refused (tried key ${fingerprint(wrong)})`),
      );
    });
  });

  const refusals: [what: string, config: () => Properties, problem: () => string][] = [
    [
      "nothing configured",
      () => ({}),
      () =>
        "there are no credentials for it; set dbha:privateKeyFile, privateKey, agent or password for all hosts, or dbha:credentials.p1 for this one",
    ],
    [
      "a key nobody allowed",
      () => ({ privateKeyFile: sshd.privateKeyFile }),
      () =>
        `the login as ${sshd.user} was refused (tried key ${fingerprint(sshd.privateKeyFile)}); check the user, its ~/.ssh/authorized_keys and their modes, and sshd's log on the host`,
    ],
    [
      "a key file that is not there",
      () => ({ privateKeyFile: "/nonexistent/key" }),
      () => "the private key /nonexistent/key does not exist; correct dbha:privateKeyFile",
    ],
    [
      "a public key",
      () => ({ privateKey: allow(sshd.privateKeyFile) }),
      () => "dbha:privateKey holds a public key; give the private key, the file without .pub",
    ],
    [
      "a text that is no key",
      () => ({ privateKey: "-----BEGIN NONSENSE-----" }),
      () => "dbha:privateKey is not a private key that can be used; give an OpenSSH or PEM key: ed25519, ECDSA or RSA",
    ],
    [
      "an agent that does not run",
      () => ({ agent: true }),
      () => "dbha:agent is true, but SSH_AUTH_SOCK is not set; start ssh-agent and add the key with ssh-add",
    ],
  ];
  for (const [what, config, problem] of refusals) {
    it(`says what is wrong with ${what}`, async () => {
      await assert.rejects(ask(config(), hostOf(sshd)), {
        message: where() + problem(),
      });
    });
  }

  it("says whether a passphrase is missing or wrong", async () => {
    const privateKeyFile = makeKey(sshd.directory, "locked", "ed25519", "correct horse");
    const fix = "set dbha:passphrase, or load the key into ssh-agent and set dbha:agent";
    await assert.rejects(ask({ privateKeyFile }, hostOf(sshd)), {
      message: `${where()}${privateKeyFile} is protected by a passphrase; ${fix}`,
    });
    await assert.rejects(ask({ privateKeyFile, passphrase: "wrong pony" }, hostOf(sshd)), {
      message: `${where()}the passphrase does not open ${privateKeyFile}; correct dbha:passphrase`,
    });
  });

  describe("by password", () => {
    let server: Ssh2Server;
    let key: string;

    before(async () => {
      key = makeKey(sshd.directory, "ssh2");
      server = await startSsh2Server({
        hostKeyFile: key,
        authenticate: (context) => context.method === "password" && context.password === "pass word'",
      });
    });
    after(() => server.stop());

    it("logs in", async () => {
      await ask({ password: "pass word'" }, ssh2Host(server, allow(key)));
      assert.equal(server.logins(), 1);
    });

    it("answers the prompts of a server that takes passwords so only", async () => {
      const prompting = await startSsh2Server({
        hostKeyFile: key,
        authenticate: (context) => {
          if (context.method !== "keyboard-interactive") {
            return false;
          }
          context.prompt([{ prompt: "Password: ", echo: false }], (answers) => {
            if (answers[0] === "pass word'") {
              context.accept();
            } else {
              context.reject();
            }
          });
          return undefined;
        },
      });
      try {
        await ask({ password: "pass word'" }, ssh2Host(prompting, allow(key)));
        assert.equal(prompting.logins(), 1);
      } finally {
        await prompting.stop();
      }
    });

    it("does not show the password when it is refused", async () => {
      await assert.rejects(ask({ password: "S3cret-pony" }, ssh2Host(server, allow(key))), (error: Error) => {
        assert.match(error.message, /the login as root was refused \(tried the password\)/);
        assert.ok(!error.message.includes("S3cret-pony"));
        return true;
      });
      assert.ok(!JSON.stringify(plugin.log).includes("S3cret-pony"));
    });
  });

  describe("pinned host keys", () => {
    const open = { privateKeyFile: "" };
    let server: Sshd;

    before(async () => {
      server = await startSshd({ hostKeys: ["ed25519", "ecdsa", "rsa"] });
      open.privateKeyFile = server.privateKeyFile;
    });
    after(() => server.stop());

    for (const kind of ["ed25519", "ecdsa", "rsa"]) {
      it(`are met by the server's ${kind} key`, async () => {
        await ask(open, hostOf(server, { hostKeys: [server.hostKeys[kind]] }));
      });
    }

    it("refuse another key, naming both, and what to check", async () => {
      const pinned = makeKey(server.directory, "other");
      const refused = ask(open, hostOf(server, { hostKeys: [allow(pinned)] }));
      await assert.rejects(refused, {
        message:
          `host p1 (127.0.0.1:${server.port}): ask for facts: it showed the host key ssh-ed25519 ` +
          `${fingerprint(join(server.directory, "host_ed25519"))}, pinned is ssh-ed25519 ${fingerprint(pinned)}; ` +
          "if the host was reinstalled, compare the key on its console (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub) " +
          "and correct hostKeys; if not, another machine answers at this address: find out which before going on",
      });
      assert.equal(server.logins(), 3);
    });

    it("hold even where unknown keys are accepted", async () => {
      const pinned = makeKey(server.directory, "another");
      const host = hostOf(server, { hostKeys: [allow(pinned)], acceptUnknownHostKey: true });
      await assert.rejects(ask(open, host), /it showed the host key/);
    });

    it("are wanted already by check, unless unknown ones are accepted", async () => {
      const { failures } = await plugin.invoke("dbha:index:getHostFacts", { host: hostOf(server, { hostKeys: [] }) });
      assert.deepEqual(failures, {
        "host.hostKeys":
          "host.hostKeys: []: a host's key must be pinned, else anyone between could pose as it; fix: list its keys in hostKeys (ssh-keyscan ADDRESS shows them), or set acceptUnknownHostKey: true for a throw-away host",
      });
    });

    it("may be missing where unknown keys are accepted, which a warning tells with the key to pin", async () => {
      await ask(open, hostOf(server, { hostKeys: [], acceptUnknownHostKey: true }));
      const warnings = plugin.log.filter((line) => line.severity === "warning" && !line.ephemeral);
      const shown = `ssh-ed25519 ${fingerprint(join(server.directory, "host_ed25519"))}`;
      assert.equal(warnings.length, 1);
      assert.equal(
        warnings[0]?.message,
        `host p1: accepted the unverified host key ${shown} of 127.0.0.1:${server.port} because acceptUnknownHostKey is true: ` +
          "whoever stands between can read and change everything. " +
          `Compare it on the host and pin it: hostKeys: ["${server.hostKeys.ed25519 ?? ""}"]`,
      );
    });
  });

  describe("through a bastion", () => {
    let bastion: Sshd;
    let inner: Sshd;

    before(async () => {
      inner = await startSshd();
      bastion = await startSshd({ config: [`AuthorizedKeysFile ${join(inner.directory, "authorized_keys")}`] });
    });
    after(async () => {
      await bastion.stop();
      await inner.stop();
    });

    const through = (more: Properties = {}) => {
      const { address, port, user, hostKeys } = hostOf(bastion);
      return hostOf(inner, { bastion: { address, port, user, hostKeys, ...more } });
    };

    it("reaches the host", async () => {
      const facts = await ask({ privateKeyFile: inner.privateKeyFile }, through());
      assert.ok(Number(facts.cores) >= 1);
      assert.deepEqual([bastion.logins(), inner.logins()], [1, 1]);
    });

    it("logs in to it by the credentials under its address, as a user of its own", async () => {
      const own = await startSshd();
      const { hostKeys, port } = hostOf(own);
      // Another address of this machine, so that it is known by another name than the host behind it.
      const host = (user: string) => hostOf(inner, { bastion: { address: "localhost", port, user, hostKeys } });
      const credentials = { localhost: { privateKeyFile: own.privateKeyFile } };
      try {
        await ask({ privateKeyFile: inner.privateKeyFile, credentials }, host(own.user));
        assert.deepEqual([own.logins(), inner.logins()], [1, 2]);
        const byName = { ...credentials, p1: { privateKeyFile: inner.privateKeyFile } };
        await ask({ credentials: byName }, host(own.user));
        assert.deepEqual([own.logins(), inner.logins()], [2, 3]);
        const problem = (text: string, user: string) =>
          `host p1 (127.0.0.1:${inner.port}): ask for facts: its bastion ${user}@localhost:${own.port}: ${text}`;
        await assert.rejects(ask({ credentials: byName }, host("jump")), {
          message: problem(
            `the login as jump was refused (tried key ${fingerprint(own.privateKeyFile)}); ` +
              "check the user, its ~/.ssh/authorized_keys and their modes, and sshd's log on the host",
            "jump",
          ),
        });
        await assert.rejects(ask({ credentials: { ...byName, localhost: {} } }, host(own.user)), {
          message: problem(
            "there are no credentials for it; set dbha:privateKeyFile, privateKey, agent or password for all hosts, " +
              "or dbha:credentials.localhost for this one",
            own.user,
          ),
        });
      } finally {
        await own.stop();
      }
    });

    it("names the bastion when it is the bastion that refuses", async () => {
      const wrong = makeKey(inner.directory, "other");
      await assert.rejects(
        ask({ privateKeyFile: inner.privateKeyFile }, through({ hostKeys: [allow(wrong)] })),
        (error: Error) => {
          const prefix = `host p1 (127.0.0.1:${inner.port}): ask for facts: its bastion root@127.0.0.1:${bastion.port}: it showed`;
          assert.equal(error.message.slice(0, prefix.length), prefix);
          return true;
        },
      );
    });

    it("says when the bastion does not let it through", async () => {
      const keys = `AuthorizedKeysFile ${join(inner.directory, "authorized_keys")}`;
      const closed = await startSshd({ config: [keys, "AllowTcpForwarding no"] });
      try {
        const { address, port, user, hostKeys } = hostOf(closed);
        const host = hostOf(inner, { bastion: { address, port, user, hostKeys } });
        await assert.rejects(ask({ privateKeyFile: inner.privateKeyFile }, host), {
          message:
            `host p1 (127.0.0.1:${inner.port}): ask for facts: its bastion root@127.0.0.1:${closed.port} forbids forwarding to it; ` +
            "allow it there: AllowTcpForwarding, PermitOpen and DisableForwarding in sshd_config, restrict in authorized_keys",
        });
      } finally {
        await closed.stop();
      }
    });

    it("says when the bastion cannot reach the host", async () => {
      const host = { ...through(), port: 1 };
      const config = { privateKeyFile: inner.privateKeyFile, connectTimeout: 1 };
      await assert.rejects(
        ask(config, host),
        /not reached within \d s: its bastion root@127.0.0.1:\d+ cannot reach it \(.*Connection refused\)/,
      );
    });
  });
});
