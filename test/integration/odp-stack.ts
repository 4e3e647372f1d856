import { setTimeout as pause } from "node:timers/promises";
import { createConnection, type ConnectionOptions, type RowDataPacket } from "mysql2/promise";
import type { HostName } from "../../lab/src/lab";
import { labHosts, on, theLab } from "./hosts";
import type { Config } from "./odc-config";

/** Arguments of a deployment, with names in place of hosts, to be changed by tests. */
export type OdpSection = Record<string, unknown>;

/** What a deployment tells. */
export interface OdpOutputs {
  endpoint: string;
  nodes: { host: string; endpoint: string; proxyId: number; version: string; health: string; cachedRsList: boolean }[];
  proxies: { host: string; version: string; healthy: boolean }[];
  proxysysPassword: string;
  observerSysPassword: string;
}

/** The least: OBProxy on one host, for the lab's MetaDB. */
export const section = (change: OdpSection = {}): OdpSection => ({
  hosts: ["p1"],
  package: { archive: theLab().packages["obproxy-4.2.3"] },
  cluster: { name: "lab", rsList: [`${theLab().metadb.address}:${theLab().metadb.port}`] },
  ...change,
});

/** Configuration of the program that deploys them. */
export const odpConfig = (deployments: Record<string, OdpSection>): Config => ({
  "dbha:privateKeyFile": theLab().privateKeyFile,
  "odp:hosts": Object.values(labHosts()),
  "odp:deployments": deployments,
});

/** A new connection through a proxy as ODC's user, one query of so many seconds, and its end. @returns milliseconds it took. */
export async function query(endpoint: string, limit = 2_000, seconds = 0): Promise<number> {
  const started = performance.now();
  const { username, password, database } = theLab().metadb;
  await withConnection(
    { ...address(endpoint), user: username, password, database, connectTimeout: limit },
    limit,
    seconds,
  );
  return performance.now() - started;
}

async function withConnection(options: ConnectionOptions, limit: number, seconds: number): Promise<void> {
  const late = new Error(`no answer within ${limit} ms`);
  const connection = await Promise.race([createConnection(options), pause(limit).then(() => Promise.reject(late))]);
  try {
    const [rows] = await connection.query<(RowDataPacket & { sum: number })[]>({
      sql: `SELECT 1 + 1 + SLEEP(${seconds}) AS sum`,
      timeout: limit,
    });
    if (rows[0]?.sum !== 2) throw new Error(`the answer was ${JSON.stringify(rows)}`);
  } finally {
    connection.destroy();
  }
}

/** What a proxy shows of a parameter. @throws when the password of root@proxysys is another one. */
export async function parameter(endpoint: string, password: string, name: string): Promise<string | undefined> {
  const connection = await createConnection({ ...address(endpoint), user: "root@proxysys", password });
  try {
    const [rows] = await connection.query<(RowDataPacket & { value: string })[]>(`show proxyconfig like '${name}'`);
    return rows[0]?.value;
  } finally {
    connection.destroy();
  }
}

export function address(endpoint: string): { host: string; port: number } {
  const { hostname, port } = new URL(`tcp://${endpoint}`);
  return { host: hostname, port: Number(port) };
}

/** Queries until one is answered. @returns milliseconds it took. */
export async function untilServed(endpoint: string, limitSeconds: number): Promise<number> {
  const started = performance.now();
  for (;;) {
    try {
      await query(endpoint, 1_000);
      return performance.now() - started;
    } catch (error) {
      if (performance.now() - started > limitSeconds * 1000) throw error;
      await pause(20);
    }
  }
}

/** A client that connects, queries and leaves, again and again, until it is stopped. */
class QueryLoop {
  private readonly failures: string[] = [];
  private sent = 0;
  private stopped = false;
  private readonly done: Promise<void>;

  constructor(
    private readonly endpoint: string,
    private readonly seconds: number,
  ) {
    this.done = this.run();
  }

  private async run(): Promise<void> {
    const started = performance.now();
    while (!this.stopped) {
      try {
        await query(this.endpoint, 2_000 + this.seconds * 1_000, this.seconds);
      } catch (error) {
        this.failures.push(`${Math.round(performance.now() - started)} ms: ${(error as Error).message}`);
      }
      this.sent += 1;
      await pause(20);
    }
  }

  async stop(): Promise<{ sent: number; failures: string[] }> {
    this.stopped = true;
    await this.done;
    return { sent: this.sent, failures: this.failures };
  }
}

/**
 * What clients see while something happens, from when they are served.
 * @param clients how many ask at a time
 * @param seconds that every query takes
 */
export async function queriesDuring(
  endpoint: string,
  action: () => Promise<unknown>,
  clients = 1,
  seconds = 0,
): Promise<{ sent: number; failures: string[] }> {
  await untilServed(endpoint, 20);
  const loops = Array.from({ length: clients }, () => new QueryLoop(endpoint, seconds));
  const ended = () => Promise.all(loops.map((loop) => loop.stop()));
  try {
    await action();
  } catch (error) {
    await ended();
    throw error;
  }
  const seen = await ended();
  return {
    sent: seen.reduce((sum, { sent }) => sum + sent, 0),
    failures: seen.flatMap(({ failures }) => failures),
  };
}

/** One deployment on one host, as an administrator sees it. */
export class OdpOnHost {
  readonly unit: string;
  readonly directory: string;

  constructor(
    readonly name: string,
    readonly host: HostName,
  ) {
    this.unit = `dbha-odp-${name}`;
    this.directory = `/var/lib/odp-${name}`;
  }

  /** Process ID of the proxy. */
  pid = (): Promise<string> => on(this.host, `cat /run/${this.unit}/obproxy.pid`);

  /** Process ID of the watchdog. */
  watchdogPid = (): Promise<string> => on(this.host, `systemctl show --property=MainPID --value ${this.unit}`);

  signal = async (signal: string): Promise<string> => on(this.host, `kill -${signal} ${await this.pid()}`);

  /** What the watchdog said since a moment (as `date +%s.%N` of the host). */
  events = async (since: string): Promise<string[]> =>
    (await on(this.host, `journalctl --since=@${since} --output=cat --no-pager SYSLOG_IDENTIFIER=${this.unit}`)).split(
      "\n",
    );

  now = (): Promise<string> => on(this.host, "date +%s.%N");
}

/** Everything that is left of proxies on a host. */
export const traces = (host: HostName): Promise<string> =>
  on(
    host,
    "pgrep -a obproxy; pgrep -af '^/bin/bash /etc/dbha/odp-'; ls -d /etc/dbha/odp-* /opt/dbha/odp-* /var/lib/odp-* /run/dbha-odp-* /etc/systemd/system/dbha-odp-* 2>/dev/null; getent passwd | grep '^odp-'; true",
  );
