import type { HttpTarget } from "../probing/http";
import type { TcpTarget } from "../probing/tcp";

const endpoint = "(\\[[0-9A-Fa-f:.]+\\]|[^\\s/:]+)";
const httpForm = new RegExp(`^(https?)://${endpoint}(?::([0-9]{1,5}))?(/\\S*)?$`);
const tcpForm = new RegExp(`^tcp://${endpoint}:([0-9]{1,5})$`);
const commandForm = /^command:(.+)$/s;

/** What is probed; the rest of an HTTP probe's arguments has defaults. */
export type ProbeTarget = {
  http?: Pick<HttpTarget, "scheme" | "address" | "port" | "path">;
  tcp?: TcpTarget;
  command?: string;
};

/** Reads `http://ADDRESS:PORT/PATH`, `tcp://ADDRESS:PORT` or `command:COMMAND`; undefined when it is none of them. */
export function parseProbeTarget(text: string): ProbeTarget | undefined {
  const [, scheme, httpAddress, httpPort, path = "/"] = httpForm.exec(text) ?? [];
  if (scheme !== undefined && httpAddress !== undefined) {
    const port = httpPort === undefined ? { http: 80, https: 443 }[scheme as HttpTarget["scheme"]] : Number(httpPort);
    return { http: { scheme: scheme as HttpTarget["scheme"], address: bare(httpAddress), port, path } };
  }
  const [, tcpAddress, tcpPort] = tcpForm.exec(text) ?? [];
  if (tcpAddress !== undefined) {
    return { tcp: { address: bare(tcpAddress), port: Number(tcpPort) } };
  }
  const [, command] = commandForm.exec(text) ?? [];
  return command === undefined ? undefined : { command };
}

function bare(address: string): string {
  return address.replace(/^\[(.*)\]$/, "$1");
}
