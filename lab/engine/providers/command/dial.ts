import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { Client, type ConnectConfig } from "ssh2";
import type { ProviderLog } from "../../provider";
import { sshConfig, type Connection, type Endpoint } from "./ssh-config";

/** An open SSH connection, with the one to the proxy it runs through. */
export interface OpenConnection {
  client: Client;
  end(): void;
}

/**
 * Opens the connection, through the proxy if there is one, and tries again after a failure as often as
 * `dialErrorLimit` allows, a refused log-in too: that is eleven times by default.
 * @throws Error in the words of the real provider, with the last failure
 */
export async function dial(connection: Connection, log: ProviderLog): Promise<OpenConnection> {
  const config = await sshConfig(connection);
  const { proxy } = connection;
  if (proxy === undefined) {
    const client = await withRetries("Dial", connection, log, () => connect(config));
    return { client, end: () => client.end() };
  }
  return throughProxy(proxy, connection, config, log).catch((error: unknown) => {
    throw new Error(`proxy: ${(error as Error).message}`, { cause: error });
  });
}

async function throughProxy(
  proxy: Endpoint,
  connection: Connection,
  config: ConnectConfig,
  log: ProviderLog,
): Promise<OpenConnection> {
  const proxyConfig = await sshConfig(proxy);
  const proxyClient = await withRetries("Dial proxy", proxy, log, () => connect(proxyConfig));
  try {
    const client = await withRetries("Dial from proxy", connection, log, async () =>
      connect({ ...config, sock: await forward(proxyClient, connection) }),
    );
    return { client, end: () => void (client.end(), proxyClient.end()) };
  } catch (error) {
    proxyClient.end();
    throw error;
  }
}

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5_000;

async function withRetries<T>(what: string, to: Endpoint, log: ProviderLog, attempt: () => Promise<T>): Promise<T> {
  const limit = to.dialErrorLimit;
  for (let failures = 1; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      // the real provider counts from nought
      if (limit >= 0 && failures > limit)
        throw new Error(`after ${failures - 1} failed attempts: ${inGo(error, to)}`, { cause: error });
      log.status(`${what} ${failures}/${limit < 0 ? "inf" : limit} failed: retrying`);
      await delay(Math.min(FIRST_DELAY_MS * 1.5 ** (failures - 1), LONGEST_DELAY_MS));
    }
  }
}

/** A failure in the words of Go's libraries. */
function inGo(error: unknown, { host, port }: Endpoint): string {
  const { message, level, code } = error as Error & { level?: string; code?: string };
  const handshake = (what: string): string => `ssh: handshake failed: ssh: ${what}`;
  if (code === "ECONNREFUSED") return `dial tcp ${host}:${port}: connect: connection refused`;
  if (level === "client-authentication")
    return handshake("unable to authenticate, attempted methods [none publickey], no supported methods remain");
  if (message.includes("verification failed")) return handshake("host key mismatch");
  if (message.includes("no matching host key format")) return handshake("no common algorithm for host key");
  return message;
}

function connect(config: ConnectConfig): Promise<Client> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    // without it every message of a log-in waits for the acknowledgement of the one before
    client.on("connect", () => client.setNoDelay(true));
    client.on("ready", () => resolve(client));
    client.on("error", (error) => {
      client.end();
      reject(error);
    });
    client.on("close", () => reject(new Error("the connection was closed during the handshake")));
    client.connect(config);
  });
}

function forward(proxy: Client, to: Endpoint): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    proxy.forwardOut("127.0.0.1", 0, to.host, to.port, (error, stream) => {
      if (error) reject(error);
      else resolve(stream);
    });
  });
}
