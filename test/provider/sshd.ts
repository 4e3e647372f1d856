import { ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { connect } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

export type KeyKind = "ed25519" | "ecdsa" | "rsa";

export interface SshdOptions {
  /** Kinds of host key the server has. */
  hostKeys?: KeyKind[];
  /** Further lines of sshd_config. */
  config?: string[];
  /** Where it listens. @default 127.0.0.1 */
  address?: string;
}

/** A real OpenSSH server on loopback with its own directory, keys and port; logins run as the user of the test. */
export interface Sshd {
  address: string;
  port: number;
  user: string;
  /** Public host keys, `TYPE BASE64`, by kind. */
  hostKeys: Record<string, string>;
  /** File with the private key that may log in. */
  privateKeyFile: string;
  /** Directory of this server, for the files a test makes. */
  directory: string;
  /** What sshd logged so far. */
  log(): string;
  /** How many logins it accepted so far. */
  logins(): number;
  stop(): Promise<void>;
}

/** Path of sshd; it insists on being called by an absolute one. */
function sshdPath(): string {
  try {
    return execFileSync("sh", ["-c", "PATH=$PATH:/usr/sbin:/sbin command -v sshd"], { encoding: "utf8" }).trim();
  } catch {
    throw new Error("these tests need an OpenSSH server: apt-get install openssh-server");
  }
}

/** Makes a key pair and returns the file of the private one. */
export function makeKey(directory: string, name: string, kind: KeyKind = "ed25519", passphrase = ""): string {
  const file = join(directory, name);
  const size = kind === "rsa" ? ["-b", "2048"] : [];
  execFileSync("ssh-keygen", ["-q", "-t", kind, ...size, "-N", passphrase, "-C", "", "-f", file]);
  return file;
}

export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  const { hostKeys = ["ed25519"], config = [], address = "127.0.0.1" } = options;
  const directory = mkdtempSync(join(tmpdir(), "dbha-sshd-"));
  chmodSync(directory, 0o755);
  // sshd wants this one for the process that talks to strangers.
  mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const keyFiles = hostKeys.map((kind) => makeKey(directory, `host_${kind}`, kind));
  const privateKeyFile = makeKey(directory, "client");
  const authorized = join(directory, "authorized_keys");
  writeFileSync(authorized, readFileSync(`${privateKeyFile}.pub`), { mode: 0o600 });
  const port = await freePort();
  const configFile = join(directory, "sshd_config");
  const logFile = join(directory, "log");
  writeFileSync(logFile, "");
  // sshd takes the first value that it finds for a setting.
  const lines = [
    ...config,
    `Port ${port}`,
    `ListenAddress ${address}`,
    ...keyFiles.map((file) => `HostKey ${file}`),
    `AuthorizedKeysFile ${authorized}`,
    `PidFile ${join(directory, "pid")}`,
    "StrictModes no",
    "UsePAM no",
    "PermitRootLogin yes",
    "PasswordAuthentication no",
    "LogLevel VERBOSE",
  ];
  writeFileSync(configFile, `${lines.join("\n")}\n`);
  const child = spawn(sshdPath(), ["-D", "-f", configFile, "-E", logFile], { stdio: "ignore" });
  const log = () => readFileSync(logFile, "utf8");
  await listening(child, { address, port }, log);

  const publicKey = (file: string) => readFileSync(`${file}.pub`, "utf8").trim().split(" ").slice(0, 2).join(" ");
  return {
    address,
    port,
    user: userInfo().username,
    hostKeys: Object.fromEntries(hostKeys.map((kind, index) => [kind, publicKey(keyFiles[index] ?? "")])),
    privateKeyFile,
    directory,
    log,
    logins: () => log().match(/^Accepted \w+ for /gm)?.length ?? 0,
    stop: async () => {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill();
      await ended;
      rmSync(directory, { recursive: true, force: true });
      forgetRecords(directory);
    },
  };
}

/** Removes what the plugin noted on this machine of things that were made below a directory. */
function forgetRecords(directory: string): void {
  const script =
    'cd /var/lib/dbha 2>/dev/null || exit 0; grep -l "^$0/" -- * 2>/dev/null | xargs -r rm -f; rmdir /var/lib/dbha || :';
  execFileSync("sh", ["-c", script, directory], { stdio: "ignore" });
}

/** A port nobody listens on at the moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

async function listening(child: ChildProcess, at: Pick<Sshd, "address" | "port">, log: () => string): Promise<void> {
  for (let waited = 0; waited < 10_000; waited += 20) {
    if (child.exitCode !== null) {
      throw new Error(`sshd ended at once: ${log()}`);
    }
    if (await accepts(at)) {
      return;
    }
    await pause(20);
  }
  throw new Error(`sshd does not listen on ${at.port} after 10 s: ${log()}`);
}

function accepts({ address, port }: Pick<Sshd, "address" | "port">): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, address);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
