import type { HostName } from "../../lab/src/lab";
import { on } from "./hosts";

/**
 * One HTTP request to nginx on a host from each of many client networks. ip_hash tells clients apart by the first three
 * numbers of their address, so loopback addresses of different networks stand for different clients.
 * @returns for each client the node that answered, or the HTTP status where none did.
 */
export async function askAll(proxyHost: HostName, port = 80, clients = 16): Promise<Record<string, string>> {
  const script = `
    for n in $(seq 1 ${clients}); do
      answer=$(curl -s -m 10 -w '\\n%{http_code}' --interface 127.0.$n.1 http://127.0.0.1:${port}/login)
      status=$(printf '%s\\n' "$answer" | tail -n 1)
      node=$(printf '%s\\n' "$answer" | sed -n 's:.*<dd id="node">\\([^<]*\\)</dd>.*:\\1:p')
      if [ "$status" = 200 ]; then echo "client$n $node"; else echo "client$n HTTP$status"; fi
    done`;
  const text = await on(proxyHost, script);
  return Object.fromEntries(text.split("\n").map((line) => line.split(" ") as [string, string]));
}
