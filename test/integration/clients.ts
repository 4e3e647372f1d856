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

/** What clients of many networks saw. */
export interface ClientsSeen {
  /** How often each was asked. */
  rounds: number;
  /** Clients that were not answered at least once, in order. */
  failed: string[];
  /** Each time that a client was not answered, with the end of its round. */
  failures: { client: string; at: Date }[];
  /** The nodes that answered. */
  nodes: string[];
}

/** Asks for all clients of {@link askAll} again and again. */
export class ClientsLoop {
  private rounds = 0;
  private stopped = false;
  private readonly failures: ClientsSeen["failures"] = [];
  private readonly nodes = new Set<string>();
  private readonly done: Promise<void>;

  constructor(private readonly proxyHost: HostName) {
    this.done = this.ask();
  }

  private async ask(): Promise<void> {
    while (!this.stopped) {
      for (const [client, answer] of Object.entries(await askAll(this.proxyHost))) {
        if (answer.startsWith("HTTP")) this.failures.push({ client, at: new Date() });
        else this.nodes.add(answer);
      }
      this.rounds += 1;
    }
  }

  /** Ends the loop. @returns all that it saw, the round under way included. */
  async stop(): Promise<ClientsSeen> {
    this.stopped = true;
    await this.done;
    const { rounds, failures } = this;
    const failed = [...new Set(failures.map(({ client }) => client))].sort();
    return { rounds, failed, failures, nodes: [...this.nodes].sort() };
  }
}
