import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { Server, utils, type AuthContext, type Connection, type ParsedKey, type ServerChannel } from "ssh2";
import { parseFamily } from "./proc-files";

/** What the hosts' SSH servers begin with. */
export interface ScaleServerOptions {
  /** One host each; port 22. */
  addresses: string[];
  hostKey: string;
  /** Whoever holds its private half is let in. */
  publicKey: string;
}

/** What the hosts were asked for since this was last told. */
export interface HostsUse {
  /** Log-ins by address. */
  logins: Record<string, number>;
  /** Commands and file transfers of all hosts. */
  channels: number;
  /** Processor time so far of the servers, and of all that ran on the hosts and ended. */
  cpuSeconds: number;
}

/** Where distributions keep OpenSSH's server for file transfers, which pyinfra asks for. */
const SFTP = ["/usr/lib/openssh/sftp-server", "/usr/libexec/openssh/sftp-server", "/usr/lib/ssh/sftp-server"];

const unused = (): Omit<HostsUse, "cpuSeconds"> => ({ logins: {}, channels: 0 });
let use = unused();

function isHolder(context: AuthContext, key: ParsedKey): boolean {
  if (context.method !== "publickey" || !context.key.data.equals(key.getPublicSSH())) return false;
  // without a signature it only asks whether the key would do
  if (context.signature === undefined || context.blob === undefined) return true;
  // an Error where the signature is none
  const answer: unknown = key.verify(context.blob, context.signature, context.hashAlgo);
  return answer === true;
}

/** As a process group of its own, as every SSH server does. */
function run(program: string, args: string[], channel: ServerChannel): void {
  use.channels += 1;
  const child = spawn(program, args, { detached: true, cwd: "/" });
  channel.pipe(child.stdin).on("error", () => undefined);
  channel.on("close", () => child.stdin.end());
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  child.on("close", (code) => {
    channel.exit(code ?? 1);
    channel.end();
  });
}

function serve(address: string, connection: Connection, key: ParsedKey): void {
  // as OpenSSH has it: else each answer that follows another waits 40 ms
  (connection as Connection & { setNoDelay(): void }).setNoDelay();
  connection.on("error", () => undefined);
  connection.on("authentication", (context) => {
    if (isHolder(context, key)) context.accept();
    else context.reject(["publickey"]);
  });
  connection.on("ready", () => (use.logins[address] = (use.logins[address] ?? 0) + 1));
  connection.on("session", (accept) => {
    const session = accept();
    session.on("exec", (acceptExec, _reject, { command }) => run("sh", ["-c", command], acceptExec()));
    session.on("subsystem", (acceptIt, reject, { name }) => {
      const program = SFTP.find(existsSync);
      if (name === "sftp" && program !== undefined) run(program, [], acceptIt());
      else reject();
    });
  });
}

async function listen({ addresses, hostKey, publicKey }: ScaleServerOptions): Promise<void> {
  const key = utils.parseKey(publicKey);
  if (key instanceof Error) throw key;
  const begin = (address: string): Promise<void> =>
    new Promise((done) => {
      const server = new Server({ hostKeys: [hostKey] }, (connection) => serve(address, connection, key));
      server.listen(22, address, done);
    });
  await Promise.all(addresses.map(begin));
}

/** Serves until its parent disconnects: begins when told with what, and tells what it was asked for whenever it is asked. */
function main(): void {
  process.on("message", (message: ScaleServerOptions | "used") => {
    if (message !== "used") {
      void listen(message).then(() => process.send?.("listening"));
      return;
    }
    const answer: HostsUse = { ...use, cpuSeconds: parseFamily(readFileSync("/proc/self/stat", "utf8")) };
    process.send?.(answer);
    use = unused();
  });
  process.on("disconnect", () => process.exit(0));
}

main();
