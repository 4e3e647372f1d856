import * as pulumi from "@pulumi/pulumi";
import { living, type Host } from "../host";
import { LoadBalancer } from "../load-balancer";
import { VirtualIp } from "../virtual-ip";
import { parseNetwork } from "../virtual-ip/network";
import type { Region } from "./members";
import { renderOmsNginx } from "./nginx";
import { portsOf, proxyPorts } from "./ports";
import type { OmsSettings } from "./schema";

/**
 * What leads to a region's CM and console: nginx and an address of our own, or somebody else's. Whichever it is, every node has to
 * reach both ports by it, which the probe of its console asks.
 */
export class RegionAccess {
  readonly loadBalancer?: LoadBalancer;
  readonly virtualIp?: VirtualIp;
  /** What must be there before a node can reach CM and console by the region's address. */
  readonly ready: pulumi.Resource[];
  /** Known when the address is on the hosts that get it before nodes are stopped, where there are such. */
  readonly bound: pulumi.Output<unknown>;

  /**
   * @param name the deployment's name; children are `${name}-proxy-location…` and `${name}-vip-location…`.
   * @param after what must serve before the address leads there.
   * @param ahead nodes that serve at another address: they get this one at once.
   */
  constructor(
    private readonly name: string,
    private readonly settings: OmsSettings<Host>,
    private readonly region: Region,
    private readonly after: pulumi.Resource[],
    private readonly ahead: Promise<Host[]>,
    private readonly parent: pulumi.Resource,
  ) {
    this.loadBalancer = this.balance();
    this.virtualIp = this.shareAddress();
    const built = [this.loadBalancer, this.virtualIp].filter((one) => one !== undefined);
    this.ready = [...after, ...built];
    this.bound = pulumi.output(ahead.then((serving) => (serving.length > 0 ? this.boundTo(serving) : undefined)));
  }

  private boundTo(serving: Host[]): pulumi.Output<unknown> {
    const { loadBalancer, virtualIp } = this;
    if (loadBalancer) return pulumi.all([loadBalancer.instances, virtualIp?.address]);
    return pulumi.all(serving.map((host) => virtualIp?.probes.get(host)?.healthy));
  }

  /** nginx needs no node of its own host, keepalived without it does. */
  private async waits(host: Host): Promise<pulumi.Resource[]> {
    const serving = await this.ahead;
    const isAhead = this.region.proxy ? serving.length > 0 : serving.includes(host);
    return isAhead ? [] : this.after;
  }

  private balance(): LoadBalancer | undefined {
    const { proxy, nodes, virtualIp, location, nodeAddresses } = this.region;
    if (proxy === undefined) return undefined;
    const { cmPort, consolePort } = proxyPorts(this.settings, proxy);
    const { cm, console } = portsOf(this.settings);
    const addresses = living(nodes).map((host) => nodeAddresses[host.hostName] ?? host.address);
    const config = renderOmsNginx([
      { name: "cm", listen: cmPort, servers: addresses.map((address) => ({ address, port: cm })) },
      { name: "console", listen: consolePort, servers: addresses.map((address) => ({ address, port: console })) },
    ]);
    return new LoadBalancer(
      `${this.name}-proxy-${location}`,
      {
        hosts: proxy.hosts,
        image: proxy.image,
        containerName: proxy.containerName,
        config,
        probe: { tcp: { port: cmPort } },
        virtualAddress: virtualIp && parseNetwork(virtualIp.address).address,
        after: (host) => this.waits(host),
      },
      { parent: this.parent },
    );
  }

  /**
   * The address goes where CM, console and the console's backend accept connections. Not where /oms/health says that all is well:
   * that may ask for the CM at the region's own address, and then no host would ever get it.
   */
  private shareAddress(): VirtualIp | undefined {
    const { virtualIp, proxy, nodes, location } = this.region;
    if (virtualIp === undefined) return undefined;
    const { cm, console, ghana } = portsOf(this.settings);
    const { cmPort, consolePort } = proxy ? proxyPorts(this.settings, proxy) : { cmPort: cm, consolePort: console };
    const ports = [cmPort, consolePort, ...(proxy ? [] : [ghana])];
    return new VirtualIp(
      `${this.name}-vip-${location}`,
      {
        hosts: proxy?.hosts ?? nodes,
        ...virtualIp,
        checks: ports.map((port) => ({ tcp: { port } })),
        after: this.loadBalancer ? [this.loadBalancer] : (host) => this.waits(host),
      },
      { parent: this.parent },
    );
  }
}
