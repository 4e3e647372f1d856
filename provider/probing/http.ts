import { requestOver } from "../http-request";
import { bracketed } from "../resources/host-rules";
import type { Remote } from "../ssh/remote";
import { observeThrough } from "./forwarded";
import { excerpt, Expectation, judgeBody, Observation, unhealthy } from "./observation";

/** How much of an answer is read, in bytes. */
const bodyLimit = 1024 * 1024;

export interface HttpTarget {
  port: number;
  path: string;
  scheme: "http" | "https";
  address: string;
  status: number;
  json?: Record<string, unknown>;
  contains?: string;
  headers?: Record<string, string>;
}

export function describeHttp({ scheme, address, port, path }: HttpTarget): string {
  return `${scheme}://${bracketed(address)}:${port}${path}`;
}

/**
 * Makes the request from the host's point of view and holds the answer against what is expected.
 * @throws HostError when the host cannot be reached
 */
export function observeHttp(
  remote: Remote,
  target: HttpTarget,
  extract: Record<string, string>,
  limit: number,
): Promise<Observation> {
  const { address, port } = target;
  const { json, contains } = target;
  const expectation = { json, contains, extract };
  const look = { remote, step: `probe ${describeHttp(target)}`, address, port, limit };
  return observeThrough(look, async (stream) => {
    const { status, body } = await requestOver(stream, { ...target, method: "GET", limit: bodyLimit });
    return judgeAnswer(status, body, target.status, expectation);
  });
}

function judgeAnswer(status: number, body: string, expected: number, expectation: Expectation): Observation {
  if (status !== expected) {
    return unhealthy(`HTTP ${status} instead of ${expected}${body === "" ? "" : `: ${excerpt(body)}`}`);
  }
  return judgeBody(`HTTP ${status}`, body, expectation);
}
