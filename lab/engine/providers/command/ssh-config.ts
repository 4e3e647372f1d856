import { connect } from "node:net";
import { utils, type AnyAuthMethod, type ConnectConfig } from "ssh2";
import { goPrivateKey } from "./private-key";

/** `connection` of a remote command after `check`: defaults are filled in. */
export interface Endpoint {
  host: string;
  port: number;
  user: string;
  /** Failures allowed after the first attempt; -1 for any number. */
  dialErrorLimit: number;
  /** Seconds; 0 for no limit. */
  perDialTimeout: number;
  hostKey?: string;
  password?: string;
  privateKey?: string;
  privateKeyPassword?: string;
  agentSocketPath?: string;
}

export interface Connection extends Endpoint {
  proxy?: Endpoint;
}

type Algorithms = NonNullable<ConnectConfig["algorithms"]>;

/** What Go's x/crypto/ssh offers of itself, as far as ssh2 knows it. */
const offered = {
  kex: [
    ...["curve25519-sha256", "curve25519-sha256@libssh.org"],
    ...["ecdh-sha2-nistp256", "ecdh-sha2-nistp384", "ecdh-sha2-nistp521"],
    ...["diffie-hellman-group14-sha256", "diffie-hellman-group14-sha1"],
  ],
  cipher: [
    ...["aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com"],
    ...["aes128-ctr", "aes192-ctr", "aes256-ctr"],
  ],
  hmac: [
    ...["hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com"],
    ...["hmac-sha2-256", "hmac-sha2-512", "hmac-sha1", "hmac-sha1-96"],
  ],
} as Algorithms;

/**
 * What ssh2 needs to reach an endpoint as the real provider does.
 * @throws Error when a key cannot be read or the agent does not answer, which is not tried again like a host that is down
 */
export async function sshConfig(to: Endpoint): Promise<ConnectConfig> {
  const hostKey = to.hostKey === undefined ? undefined : pinnedKey(to.hostKey);
  return {
    host: to.host,
    port: to.port,
    username: to.user,
    authHandler: await methods(to),
    readyTimeout: to.perDialTimeout * 1000,
    // a peer that goes silent in the middle of a command must not hold the run for ever
    keepaliveInterval: 15_000,
    keepaliveCountMax: 4,
    // the algorithm that is called like the key's type, and no other: for an RSA key that is the one with SHA-1
    algorithms: { ...offered, ...(hostKey && { serverHostKey: [hostKey.type] as Algorithms["serverHostKey"] }) },
    ...(hostKey && { hostVerifier: (presented: Buffer) => presented.equals(hostKey.blob) }),
  };
}

function pinnedKey(hostKey: string): { type: string; blob: Buffer } {
  const parsed = utils.parseKey(hostKey);
  if (parsed instanceof Error || parsed.isPrivateKey()) throw new Error("failed to parse host key: ssh: no key found");
  return { type: parsed.type, blob: parsed.getPublicSSH() };
}

/** Ways to log in, in the real provider's order. A private key keeps the agent out: no method is tried a second time. */
async function methods(to: Endpoint): Promise<AnyAuthMethod[]> {
  const { user: username, privateKey, password } = to;
  const found: AnyAuthMethod[] = [];
  if (privateKey !== undefined)
    found.push({ type: "publickey", username, key: goPrivateKey(privateKey, to.privateKeyPassword) });
  if (password !== undefined) {
    found.push({ type: "password", username, password });
    const prompt = (...[, , , prompts, answer]: PromptArguments) => answer(prompts.map(() => password));
    found.push({ type: "keyboard-interactive", username, prompt });
  }
  const agent = to.agentSocketPath ?? process.env.SSH_AUTH_SOCK;
  if (agent !== undefined && agent !== "") {
    await dialAgent(agent);
    if (privateKey === undefined) found.push({ type: "agent", username, agent });
  }
  return found;
}

type PromptArguments = Parameters<Extract<AnyAuthMethod, { type: "keyboard-interactive" }>["prompt"]>;

/** The real provider calls the agent before anything else, even where it does not ask it for keys. */
function dialAgent(path: string): Promise<void> {
  const said: Record<string, string> = { ENOENT: "no such file or directory", ECONNREFUSED: "connection refused" };
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve();
    });
    socket.on("error", ({ code = "" }: NodeJS.ErrnoException) =>
      reject(new Error(`dial unix ${path}: connect: ${said[code] ?? code}`)),
    );
  });
}
