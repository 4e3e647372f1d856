import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { isIP, type AddressInfo } from "node:net";
import type { Lab } from "./lab";

/** A server of an RS list: address and port of SQL. */
export interface RootServer {
  address: string;
  port: number;
}

/**
 * A stand-in for OCP's config server, on this machine's address in the lab's network: it answers
 * `/services?Action=ObRootServiceInfo&ObCluster=NAME` with an RS list that can be changed, and can be stopped and started.
 */
export class ConfigServer {
  /** How often it was asked. */
  requests = 0;
  private server?: Server;
  private port = 0;

  /** @param servers the RS list to begin with. */
  constructor(
    private readonly lab: Pick<Lab, "subnet">,
    public servers: RootServer[],
    private readonly cluster = "lab",
  ) {}

  /** What proxies are told; the same before and after a stop. */
  get url(): string {
    return `http://${this.address}:${this.port}/services?Action=ObRootServiceInfo&ObCluster=${this.cluster}`;
  }

  private get address(): string {
    return this.lab.subnet.replace(/\d+\/\d+$/, "1");
  }

  async start(): Promise<this> {
    this.server = createServer((request, response) => {
      this.requests += 1;
      const { pathname, searchParams } = new URL(request.url ?? "", this.url);
      const known = pathname === "/services" && searchParams.get("Action") === "ObRootServiceInfo";
      const found = known && searchParams.get("ObCluster") === this.cluster;
      const data = { ObCluster: this.cluster, Type: "PRIMARY", RsList: this.rsList() };
      const answer = found
        ? { Code: 200, Success: true, Message: "successful", Data: data }
        : { Code: 404, Success: false, Message: "obcluster is not found" };
      response.setHeader("Content-Type", "application/json").end(JSON.stringify(answer));
    });
    this.server.listen(this.port, this.address);
    await once(this.server, "listening");
    this.port = (this.server.address() as AddressInfo).port;
    return this;
  }

  /** Ends it; connections are refused from now on. */
  async stop(): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    this.server = undefined;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  private rsList() {
    return this.servers.map(({ address, port }, i) => {
      if (!isIP(address)) throw new Error(`an RS list has addresses, not ${address}`);
      return { address: `${address}:${port + 1}`, role: i === 0 ? "LEADER" : "FOLLOWER", sql_port: port };
    });
  }
}
