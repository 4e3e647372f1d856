import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { connect, createServer, type AddressInfo } from "node:net";
import ssh2, { type AuthContext, type Connection, type ServerChannel } from "ssh2";
import { openSshPrivateKey, sshPublicKey } from "../../../lab/engine/providers/tls/openssh-key";

/** A key pair for tests: the private one in OpenSSH's format, the public one as "ssh-ed25519 AAAA…". */
export function newSshKey(): { privateKey: string; publicKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const { type, blob } = sshPublicKey(publicKey);
  return { privateKey: openSshPrivateKey(privateKey, publicKey), publicKey: `${type} ${blob.toString("base64")}` };
}

export interface Execution {
  command: string;
  /** The variables that were accepted. */
  env: Record<string, string>;
  stdin: string;
}

/** An SSH server on loopback that runs commands by /bin/sh, as sshd does, and forwards TCP connections. */
export class SshServer {
  readonly hostKey = newSshKey();
  readonly clientKey = newSshKey();
  /** What AcceptEnv names. */
  acceptEnv: string[] = [];
  password: string | undefined;
  /** Connections that were opened so far, and those that are open. */
  opened = 0;
  readonly open = new Set<Connection>();
  readonly commands: string[] = [];
  /** The same with what went into each, but without the stand-in's question which variables are accepted. */
  readonly executions: Execution[] = [];
  readonly forwarded: string[] = [];
  port = 0;
  private readonly ssh = new ssh2.Server({ hostKeys: [this.hostKey.privateKey] }, (client) => this.serve(client));
  /** No delay, as with sshd: else each answer waits for the acknowledgement of the one before. */
  private readonly server = createServer({ noDelay: true }, (socket) => this.ssh.injectSocket(socket));

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.port = (this.server.address() as AddressInfo).port;
    return this;
  }

  async close(): Promise<void> {
    for (const client of this.open) client.end();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private serve(client: Connection): void {
    this.opened++;
    this.open.add(client);
    client.on("error", () => undefined);
    client.on("close", () => this.open.delete(client));
    client.on("authentication", (context) =>
      this.admits(context) ? context.accept() : context.reject(["publickey", "password"]),
    );
    client.on("session", (accept) => {
      const session = accept();
      const env: Record<string, string> = {};
      // a client that wants no answer leaves both functions out
      session.on("env", (acceptVariable: (() => void) | undefined, reject: (() => void) | undefined, { key, val }) => {
        const accepted = this.acceptEnv.includes(key);
        if (accepted) env[key] = val;
        if (accepted) acceptVariable?.();
        else reject?.();
      });
      session.on("exec", (acceptExec, _reject, { command }) => {
        this.commands.push(command);
        const execution = { command, env, stdin: "" };
        if (!command.startsWith("for name in ")) this.executions.push(execution);
        run(acceptExec(), execution);
      });
    });
    client.on("tcpip", (accept, _reject, { destIP, destPort }) => {
      this.forwarded.push(`${destIP}:${destPort}`);
      const [channel, socket] = [accept(), connect({ port: destPort, host: destIP, noDelay: true })];
      channel.pipe(socket).pipe(channel);
      socket.on("error", () => channel.end());
      channel.on("error", () => socket.destroy());
    });
  }

  private admits(context: AuthContext): boolean {
    if (context.method === "password") return this.password !== undefined && context.password === this.password;
    if (context.method !== "publickey") return false;
    return `ssh-ed25519 ${context.key.data.toString("base64")}` === this.clientKey.publicKey;
  }
}

function run(channel: ServerChannel, execution: Execution): void {
  const child = spawn("/bin/sh", ["-c", execution.command], { env: { PATH: process.env.PATH, ...execution.env } });
  channel.on("data", (chunk: Buffer) => (execution.stdin += chunk.toString()));
  channel.on("error", () => undefined);
  child.stdin.on("error", () => undefined);
  channel.pipe(child.stdin);
  child.stdout.on("data", (chunk: Buffer) => channel.write(chunk));
  child.stderr.on("data", (chunk: Buffer) => channel.stderr.write(chunk));
  child.on("close", (code, signal) => {
    if (signal !== null) channel.exit(signal);
    else channel.exit(code ?? 1);
    channel.end();
  });
  channel.on("close", () => child.kill());
}
