import { utils, type ConnectConfig } from "ssh2";

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

/**
 * What ssh2 needs to reach an endpoint.
 * @throws Error when a key cannot be read, so that a mistake in the program is not retried like a host that is down
 */
export function sshConfig(to: Endpoint): ConnectConfig {
  return {
    host: to.host,
    port: to.port,
    username: to.user,
    password: to.password,
    tryKeyboard: to.password !== undefined,
    privateKey: to.privateKey === undefined ? undefined : checkedPrivateKey(to.privateKey, to.privateKeyPassword),
    passphrase: to.privateKeyPassword,
    agent: to.agentSocketPath ?? process.env.SSH_AUTH_SOCK,
    readyTimeout: to.perDialTimeout * 1000,
    // a peer that goes silent in the middle of a command must not hold the run for ever
    keepaliveInterval: 15_000,
    keepaliveCountMax: 4,
    ...(to.hostKey === undefined ? {} : pinned(to.hostKey)),
  };
}

function checkedPrivateKey(privateKey: string, passphrase: string | undefined): string {
  const parsed = utils.parseKey(privateKey, passphrase);
  if (parsed instanceof Error) throw new Error(`connection.privateKey cannot be used: ${parsed.message}`);
  return privateKey;
}

/** Accepts one host key only. ssh2 ends the handshake with "Host denied (verification failed)" on any other. */
function pinned(hostKey: string): Pick<ConnectConfig, "algorithms" | "hostVerifier"> {
  const parsed = utils.parseKey(hostKey);
  if (parsed instanceof Error) {
    throw new Error(`connection.hostKey is not a public key like "ssh-ed25519 AAAA…": ${parsed.message}`);
  }
  const expected = parsed.getPublicSSH();
  return {
    algorithms: { serverHostKey: signatureAlgorithms(parsed.type) },
    hostVerifier: (presented: Buffer) => presented.equals(expected),
  };
}

type HostKeyAlgorithms = NonNullable<ConnectConfig["algorithms"]>["serverHostKey"];

/** The signatures a server may make with a key of this type. */
function signatureAlgorithms(keyType: string): HostKeyAlgorithms {
  const algorithms = keyType === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"] : [keyType];
  return algorithms as HostKeyAlgorithms;
}
