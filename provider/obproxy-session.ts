import type { Connection } from "mysql2/promise";
import type { Duplex } from "node:stream";
import { type Remote, Unopened } from "./ssh/remote";

/** A parameter of OBProxy, as `show proxyconfig` tells it. */
export interface ShownParameter {
  value: string;
  needsReboot: boolean;
}

/** What may be done while logged in as root@proxysys. */
export interface ObproxySession {
  /** The password that was accepted. */
  password: string;
  show(name: string): Promise<ShownParameter | undefined>;
  /** @throws Error with what the proxy said, never with the value */
  set(name: string, value: string): Promise<void>;
}

/** Nobody answers on the port, or not as OBProxy does. */
export class NoProxy extends Error {}

/** None of the passwords was accepted. */
export class WrongPassword extends Error {}

const limit = 15_000;

/**
 * Logs in to an OBProxy on a host as root@proxysys, through the SSH connection, so that no password is in an argument list or on a
 * network in clear.
 * @param passwords tried in this order
 * @throws NoProxy, WrongPassword, or HostError when the host itself cannot be reached
 */
export async function withObproxy<T>(
  remote: Remote,
  port: number,
  passwords: readonly string[],
  action: (session: ObproxySession) => Promise<T>,
): Promise<T> {
  const step = `configure OBProxy on port ${port}`;
  for (const password of new Set(passwords)) {
    const found = await remote
      .forward(step, limit, "127.0.0.1", port, (stream) => logIn(stream, password, action))
      .catch((error: unknown) => {
        if (error instanceof Unopened) throw new NoProxy(`port ${port}: ${error.message}`);
        throw error;
      });
    if (found !== undefined) return found.result;
  }
  throw new WrongPassword(`root@proxysys on port ${port} accepts none of the passwords known here`);
}

async function logIn<T>(
  stream: Duplex,
  password: string,
  action: (session: ObproxySession) => Promise<T>,
): Promise<{ result: T } | undefined> {
  // Loaded when it is needed: no other kind speaks MySQL's protocol.
  const { createConnection } = await import("mysql2/promise");
  let connection: Connection;
  try {
    connection = await createConnection({ stream, user: "root@proxysys", password, connectTimeout: limit });
  } catch (error) {
    if ((error as { code?: string }).code === "ER_ACCESS_DENIED_ERROR") return undefined;
    throw new NoProxy(`it does not let anybody log in (${error instanceof Error ? error.message : String(error)})`);
  }
  try {
    return { result: await action({ password, ...statements(connection) }) };
  } finally {
    connection.destroy();
  }
}

function statements(connection: Connection): Pick<ObproxySession, "show" | "set"> {
  return {
    async show(name) {
      const [rows] = await connection.query(`show proxyconfig like '${name}'`);
      const row = (rows as Record<string, string>[]).find((one) => one.name === name);
      return row && { value: String(row.value), needsReboot: String(row.need_reboot).toLowerCase() === "true" };
    },
    async set(name, value) {
      try {
        await connection.query(`alter proxyconfig set ${name} = '${value}'`);
      } catch (error) {
        const said = error instanceof Error ? error.message : String(error);
        throw new Error(`${name}: ${said.replaceAll(value, "[value]")}`, { cause: error });
      }
    },
  };
}
