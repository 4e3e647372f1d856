import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { commandEndpoint, commandProblem } from "../../components/command-login";
import type { Credentials } from "../../components/credentials";
import { dockerLoginProblem } from "../../components/docker-login";
import { sshOptions } from "../../components/ssh-options";
import type { Provider, Values } from "../../lab/engine/provider";
import { commandProvider } from "../../lab/engine/providers/command";
import type { HostData } from "../../provider/resources";
import { openRealProvider, realPlugin } from "../fixtures/golden/providers/real-provider";
import { Resource } from "../unit/engine/providers-support";
import { hostOf } from "./cases";
import { PluginClient } from "./plugin-client";
import { makeKey, type Sshd, startSshd } from "./sshd";

const PHRASE = "correct horse";

/** A way to log in, and what each client makes of it: nothing where it gets in, else why not, without the path of the key. */
interface Case {
  what: string;
  /** Makes the key and allows it. */
  credentials: () => Credentials;
  /** SSH_AUTH_SOCK names an agent. */
  agent?: true;
  plugin?: string;
  docker?: string;
  command?: string;
}

const PASSPHRASE_FIX = "fix: start ssh-agent, and: ssh-add KEY";
const dockerRefuses = (problem: string, fix: string): string =>
  `Docker's own client, which runs ssh, cannot use the key file KEY: ${problem}; ${fix}`;
const noPassphrase = dockerRefuses("it is protected by a passphrase, which ssh cannot ask for here", PASSPHRASE_FIX);
const commandRefuses = (what: string): string =>
  `@pulumi/command, which runs a part of the steps, does not open KEY, which is ${what}; fix: write it anew under the same passphrase: ssh-keygen -p -Z aes256-ctr -f FILE`;

describe("What plugin, Docker's client and @pulumi/command can log in with", function () {
  this.timeout(120_000);
  let sshd: Sshd;
  let plugin: PluginClient;
  let agent: ChildProcess;
  let socket: string;
  let count = 0;
  const commands: [name: string, provider: Provider][] = [];
  const agentBefore = process.env.SSH_AUTH_SOCK;

  before(async () => {
    sshd = await startSshd({ hostKeys: ["rsa", "ecdsa", "ed25519"], config: ["MaxAuthTries 20"] });
    socket = join(sshd.directory, "agent");
    agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
    const wait = 'for i in $(seq 200); do test -S "$0" && exit; sleep 0.02; done; exit 1';
    execFileSync("sh", ["-c", wait, socket]);
    plugin = await PluginClient.start({ env: { SSH_AUTH_SOCK: socket } });
    commands.push(["stand-in of command", commandProvider()]);
    // it looks for an agent when it starts, and asks it where it has no key
    process.env.SSH_AUTH_SOCK = socket;
    if (realPlugin("command")) commands.push(["real command", await openRealProvider("command", {}, () => undefined)]);
  });
  after(async () => {
    if (agentBefore === undefined) delete process.env.SSH_AUTH_SOCK;
    else process.env.SSH_AUTH_SOCK = agentBefore;
    for (const [, provider] of commands) await provider.close();
    await plugin.stop();
    agent.kill();
    await sshd.stop();
  });

  const allow = (publicKey: string): void =>
    writeFileSync(join(sshd.directory, "authorized_keys"), publicKey, { flag: "a" });
  /** A new key, made by ssh-keygen with these arguments. */
  const key = (args: string[], passphrase = "", allowed = true): string => {
    const file = join(sshd.directory, `key${++count}`);
    execFileSync("ssh-keygen", ["-q", ...args, "-N", passphrase, "-C", "", "-f", file]);
    if (allowed) allow(readFileSync(`${file}.pub`, "utf8"));
    return file;
  };
  const changed = (change: (text: string) => string, args = ["-t", "ed25519"]): string => {
    const file = key(args);
    writeFileSync(file, change(readFileSync(file, "utf8")));
    return file;
  };
  const known = (file: string): string => {
    execFileSync("ssh-keygen", ["-q", "-p", "-P", PHRASE, "-N", "", "-f", file]);
    execFileSync("ssh-add", ["-q", file], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
    execFileSync("ssh-keygen", ["-q", "-p", "-P", "", "-N", PHRASE, "-f", file]);
    return file;
  };
  const locked = (cipher: string): Credentials => ({
    privateKeyFile: key(["-t", "ed25519", "-Z", cipher], PHRASE),
    passphrase: PHRASE,
  });
  const plain = (...args: string[]): Credentials => ({ privateKeyFile: key(args) });

  const cases: Case[] = [
    ...[2048, 4096].map((bits): Case => ({
      what: `RSA ${bits}`,
      credentials: () => plain("-t", "rsa", "-b", `${bits}`),
    })),
    ...[256, 384, 521].map((bits): Case => ({
      what: `ECDSA ${bits}`,
      credentials: () => plain("-t", "ecdsa", "-b", `${bits}`),
    })),
    { what: "ed25519", credentials: () => plain("-t", "ed25519") },
    { what: "RSA in PEM form", credentials: () => plain("-t", "rsa", "-m", "PEM") },
    { what: "ECDSA in PEM form", credentials: () => plain("-t", "ecdsa", "-m", "PEM") },
    { what: "RSA in PKCS #8 form", credentials: () => plain("-t", "rsa", "-m", "PKCS8") },
    { what: "ECDSA in PKCS #8 form", credentials: () => plain("-t", "ecdsa", "-m", "PKCS8") },
    {
      what: "PEM with Windows' line ends and text before it",
      credentials: () => ({
        privateKeyFile: changed((text) => `Key of ops\n${text}`.replaceAll("\n", "\r\n"), ["-t", "rsa", "-m", "PEM"]),
      }),
    },
    {
      what: "a key without a passphrase, with dbha:passphrase set",
      credentials: () => ({ ...plain("-t", "ed25519"), passphrase: PHRASE }),
    },
    ...["aes256-ctr", "aes256-cbc"].map((cipher): Case => ({
      what: `a passphrase and ${cipher}${cipher === "aes256-ctr" ? ", as ssh-keygen makes it" : ""}`,
      credentials: () => locked(cipher),
      docker: noPassphrase,
    })),
    ...["aes128-ctr", "aes128-cbc", "3des-cbc", "aes256-gcm@openssh.com"].map((cipher): Case => ({
      what: `a passphrase and ${cipher}`,
      credentials: () => locked(cipher),
      docker: noPassphrase,
      command: commandRefuses(`under the cipher ${cipher}`),
    })),
    {
      what: "a passphrase and chacha20",
      credentials: () => locked("chacha20-poly1305@openssh.com"),
      plugin:
        "KEY is under the cipher chacha20-poly1305@openssh.com, which the plugin does not know; put it under another one: ssh-keygen -p -Z aes256-ctr -f FILE",
    },
    ...["rsa", "ecdsa"].map((type): Case => ({
      what: `${type.toUpperCase()} in PEM form with a passphrase`,
      credentials: () => ({ privateKeyFile: key(["-t", type, "-m", "PEM"], PHRASE), passphrase: PHRASE }),
      docker: noPassphrase,
    })),
    ...["rsa", "ecdsa"].map((type): Case => ({
      what: `${type.toUpperCase()} in PKCS #8 form with a passphrase`,
      credentials: () => ({ privateKeyFile: key(["-t", type, "-m", "PKCS8"], PHRASE), passphrase: PHRASE }),
      docker: noPassphrase,
      command: commandRefuses("encrypted in PKCS #8 form"),
    })),
    {
      what: "a passphrase that the agent was told, and dbha:agent",
      credentials: () => ({ privateKeyFile: known(key(["-t", "ed25519"], PHRASE)), agent: true }),
      agent: true,
    },
    {
      what: "a passphrase that the agent was told, and dbha:passphrase",
      credentials: () => ({ privateKeyFile: known(key(["-t", "ed25519"], PHRASE)), passphrase: PHRASE }),
      agent: true,
    },
    { what: "the agent alone", credentials: () => ({ agent: true }), agent: true },
    {
      what: "a key that is given as text",
      credentials: () => ({ privateKey: readFileSync(key(["-t", "ed25519"]), "utf8") }),
      docker:
        "Docker's own client, which runs ssh, cannot use a key that is given as text; fix: put the key into a file of mode 600 and set dbha:privateKeyFile, or load it into ssh-agent and set dbha:agent",
    },
    {
      what: "OpenSSH's form with Windows' line ends",
      credentials: () => ({ privateKeyFile: changed((text) => text.replaceAll("\n", "\r\n")) }),
      docker: dockerRefuses("its lines end as on Windows", "fix: sed -i 's/\\r$//' KEY"),
    },
    {
      what: "OpenSSH's form without the last line's end",
      credentials: () => ({ privateKeyFile: changed((text) => text.trimEnd()) }),
      docker: dockerRefuses("its last line does not end", "fix: echo >>KEY"),
    },
    {
      what: "OpenSSH's form with an empty line before it",
      credentials: () => ({ privateKeyFile: changed((text) => `\n${text}`) }),
      docker: dockerRefuses("something stands before its first line", "fix: remove what stands there"),
    },
    {
      what: "a file that others may read",
      credentials: () => {
        const privateKeyFile = key(["-t", "ed25519"]);
        chmodSync(privateKeyFile, 0o644);
        return { privateKeyFile };
      },
      docker: dockerRefuses("its mode is 644, and others must not read it", "fix: chmod 600 KEY"),
    },
    {
      what: "a certificate beside the key, the key itself not being allowed",
      credentials: () => {
        const authority = makeKey(sshd.directory, `ca${++count}`);
        const privateKeyFile = key(["-t", "ed25519"], "", false);
        execFileSync("ssh-keygen", ["-q", "-s", authority, "-I", "id", "-n", sshd.user, `${privateKeyFile}.pub`]);
        allow(`cert-authority ${readFileSync(`${authority}.pub`, "utf8")}`);
        return { privateKeyFile };
      },
      plugin:
        "the login as USER was refused (tried key PRINT); the certificate KEY-cert.pub is for OpenSSH's client alone: the key itself must be in authorized_keys; check the user, its ~/.ssh/authorized_keys and their modes, and sshd's log on the host",
    },
  ];

  for (const one of cases) {
    it(one.what, async () => {
      if (one.agent) process.env.SSH_AUTH_SOCK = socket;
      else delete process.env.SSH_AUTH_SOCK;
      const credentials = one.credentials();
      const host = hostOf(sshd) as unknown as HostData;
      const short = (text: string | undefined): string | undefined =>
        text
          ?.replaceAll(credentials.privateKeyFile ?? "\0", "KEY")
          .replaceAll(/SHA256:[\w+/]+/g, "PRINT")
          .replaceAll(`as ${sshd.user} `, "as USER ");

      assert.equal(short(await pluginProblem(credentials)), one.plugin);
      if (one.plugin !== undefined) return;

      assert.equal(short(dockerLoginProblem(credentials)), one.docker);
      const ssh = sshSays(host, credentials);
      assert.equal(ssh === "in", one.docker === undefined, `ssh said: ${ssh}`);

      assert.equal(short(commandProblem(credentials)), one.command);
      for (const [name, provider] of commands) {
        const said = await commandSays(provider, host, credentials);
        assert.equal(said === "in", one.command === undefined, `${name} said: ${said}`);
      }
    });
  }

  async function pluginProblem(credentials: Credentials): Promise<string | undefined> {
    await plugin.configure({ ...credentials });
    return plugin.invoke("dbha:index:getHostFacts", { host: hostOf(sshd) }).then(
      () => undefined,
      (error: unknown) => (error as Error).message.replace(/^host .*?: ask for facts: /, ""),
    );
  }

  /** Runs ssh as Docker's client does. */
  function sshSays(host: HostData, { privateKeyFile }: Credentials): string {
    const target = ["-p", String(host.port), `${host.user ?? ""}@${host.address}`, "echo in"];
    const { stdout, stderr } = spawnSync("ssh", [...sshOptions(host, privateKeyFile), ...target], { encoding: "utf8" });
    return stdout.trim() || stderr;
  }

  async function commandSays(provider: Provider, host: HostData, credentials: Credentials): Promise<string> {
    const connection = (await plainly(commandEndpoint(host, credentials))) as Values;
    const inputs = { connection: { ...connection, dialErrorLimit: 0 }, create: "echo in" };
    return new Resource(provider, "command:remote:Command", "login").create(inputs).then(
      ({ outputs }) => outputs.stdout as string,
      (error: unknown) => (error as Error).message,
    );
  }

  it("is for @pulumi/command the first pinned host key that is not RSA; with RSA alone it finds no common algorithm", async () => {
    delete process.env.SSH_AUTH_SOCK;
    const { rsa = "", ecdsa = "", ed25519 = "" } = sshd.hostKeys;
    const host = (hostKeys: string[]) => hostOf(sshd, { hostKeys }) as unknown as HostData;
    const credentials = { privateKeyFile: sshd.privateKeyFile };
    for (const [name, provider] of commands) {
      assert.equal(await commandSays(provider, host([rsa, ecdsa, ed25519]), credentials), "in", name);
      assert.equal(await commandSays(provider, host([rsa, ed25519]), credentials), "in", name);
      const alone = await commandSays(provider, host([rsa]), credentials);
      assert.match(
        alone,
        /^after 0 failed attempts: ssh: handshake failed: ssh: no common algorithm for host key/,
        name,
      );
    }
  });
});

/** A value without Outputs, and without what is undefined. */
function plainly(value: object): Promise<unknown> {
  return new Promise((resolve) =>
    pulumi.output<object>(value).apply((known: unknown) => resolve(JSON.parse(JSON.stringify(known)) as unknown)),
  );
}
