import type { Health, HttpProbe } from "../../provider/resources";
import { sentence } from "../validation";

/** The request by which a proxy asks a config server for the RS list. */
export function configServerRequest(url: string): HttpProbe {
  const { protocol, hostname, port, pathname, search } = new URL(url);
  const scheme = protocol === "https:" ? "https" : "http";
  return {
    scheme,
    address: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: port === "" ? { http: 80, https: 443 }[scheme] : Number(port),
    path: `${pathname}${search}`,
    json: { "/Code": 200, "/Success": true },
  };
}

/** Where a good answer has the first server of the RS list. */
export const firstServer = "/Data/RsList/0/address";

/** What is wrong with the answer that a host got from a config server; undefined when nothing is. */
export function configServerProblem(
  host: string,
  url: string,
  { healthy, detail, values }: Health,
): string | undefined {
  if (healthy && values.server) return undefined;
  const found = healthy ? "knows the cluster, and has no server for it" : `does not give an RS list: ${detail}`;
  return sentence(
    `host ${host}: the config server at ${url} ${found}`,
    "check with curl on that host that it is up and knows the cluster by this name",
  );
}
