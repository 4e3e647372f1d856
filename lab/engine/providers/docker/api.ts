import { request, type Agent } from "node:http";
import { text } from "node:stream/consumers";
import type { Values } from "../../provider";

/** What the daemon says no to, in its own words. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** A connection that broke before there was an answer. */
export class ConnectionLost extends Error {
  constructor(
    /** Whether it had answered something before. */
    readonly wasUsed: boolean,
    cause: Error,
  ) {
    super(cause.message, { cause });
  }
}

/** True when the daemon says that there is no such object. */
export const isNotFound = (error: unknown): boolean => error instanceof Refused && error.status === 404;

/**
 * A call of the Docker Engine's API.
 * @param agent makes the connections.
 * @param path `/containers/ID/start?t=5`, each part encoded.
 * @returns the answer's text
 * @throws Refused for a status that says no, ConnectionLost when there is no answer
 */
export async function call(agent: Agent, method: string, path: string, body?: Values): Promise<string> {
  const sent = body && JSON.stringify(body);
  const headers = { host: "docker", ...(sent && { "content-type": "application/json" }) };
  const [status, said] = await new Promise<[number, string]>((resolve, reject) => {
    const calling = request({ agent, method, path, headers }, (answer) => {
      text(answer).then((content) => resolve([answer.statusCode ?? 0, content]), reject);
    });
    calling.on("error", (error) => reject(new ConnectionLost(calling.reusedSocket, error)));
    calling.end(sent);
  });
  if (status >= 200 && status < 300) return said;
  throw new Refused(status, reasonIn(said) || `HTTP status ${status}`);
}

function reasonIn(said: string): string {
  try {
    return (JSON.parse(said) as { message?: string }).message ?? "";
  } catch {
    return said.trim();
  }
}
