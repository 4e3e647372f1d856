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
 * `dialErrorLimit` allows.
 * @throws Error that names the endpoint, the number of attempts and the last failure
 */
export async function dial(connection: Connection, log: ProviderLog): Promise<OpenConnection> {
  const config = sshConfig(connection);
  const { proxy } = connection;
  if (proxy === undefined) {
    const client = await withRetries("Dial", connection, log, () => connect(config));
    return { client, end: () => client.end() };
  }
  const proxyConfig = sshConfig(proxy);
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
      if (limit >= 0 && failures > limit) {
        const attempts = `${failures} failed attempt${failures === 1 ? "" : "s"}`;
        const endpoint = `${to.user}@${to.host}:${to.port}`;
        throw new Error(`${what} ${endpoint}: after ${attempts}: ${explain(error)}`, { cause: error });
      }
      log.status(`${what} ${failures}/${limit < 0 ? "inf" : limit} failed: retrying`);
      await delay(Math.min(FIRST_DELAY_MS * 1.5 ** (failures - 1), LONGEST_DELAY_MS));
    }
  }
}

function explain(error: unknown): string {
  const { message } = error as Error;
  if (!message.includes("verification failed")) return message;
  return "host key mismatch: the server does not have the key that connection.hostKey names";
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
    client.on("keyboard-interactive", (_name, _instructions, _language, prompts, answer) => {
      answer(prompts.map(() => config.password ?? ""));
    });
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
