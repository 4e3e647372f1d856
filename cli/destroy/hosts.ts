import { connect } from "node:net";
import type { HostData } from "../../provider/resources/host-data";
import { valueAt } from "../report/property-path";
import type { Resource } from "./state";

/** A host that the state has resources on. */
export type Known = Pick<HostData, "name" | "address" | "port" | "bastion" | "lost">;

const isHost = (value: unknown): value is Known =>
  typeof valueAt(value, ["name"]) === "string" && typeof valueAt(value, ["address"]) === "string";

/** The hosts that dbha's own resources are on, by name. */
export function hostsOfState(resources: Resource[]): Known[] {
  const found = resources.flatMap(({ inputs }) => {
    const several = valueAt(inputs, ["hosts"]);
    const rows = Array.isArray(several) ? several.map((row) => valueAt(row, ["host"])) : [];
    return [valueAt(inputs, ["host"]), ...rows].filter(isHost);
  });
  const byName = new Map(found.map((host) => [host.name, host]));
  return [...byName.values()].sort((one, other) => one.name.localeCompare(other.name));
}

/** Attempts, as a server that is busy turns some away. */
const ATTEMPTS = 2;

/**
 * Asks an SSH server for its first words; of a host behind a bastion that one's, as nothing else can be reached without a log-in.
 * @param limit milliseconds for an attempt.
 * @returns why it does not answer; undefined where it does.
 */
export async function silence({ address, port, bastion }: Known, limit = 5000): Promise<string | undefined> {
  const server = bastion ?? { address, port };
  for (let attempt = 1; ; attempt += 1) {
    const reason = await greeting(server.address, server.port ?? 22, limit);
    if (reason === undefined || attempt === ATTEMPTS) return reason;
  }
}

const greeting = (host: string, port: number, limit: number): Promise<string | undefined> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: limit });
    const timer = setTimeout(() => end(`no answer within ${limit / 1000} s`), limit);
    function end(reason?: string): void {
      clearTimeout(timer);
      socket.destroy();
      resolve(reason);
    }
    socket.on("data", () => end());
    socket.on("error", ({ code, message }: NodeJS.ErrnoException) => end(code ?? message));
    socket.on("close", () => end("the connection was closed"));
  });
