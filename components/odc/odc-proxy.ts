import * as pulumi from "@pulumi/pulumi";
import type { HttpProbe } from "../../provider/resources";
import { bracketed } from "../../provider/resources/host-rules";
import { Certificate } from "../certificate";
import { healthOf, living, type Host } from "../host";
import { LoadBalancer, tlsFile } from "../load-balancer";
import { VirtualIp } from "../virtual-ip";
import { renderOdcNginx } from "./nginx";
import { nodePort } from "./node-endpoint";
import type { OdcNode } from "./odc-node";
import type { OdcSettings } from "./schema";
import type { OdcProxyStatus } from "./status";
import { furtherNameProblems, userName, virtualAddress } from "./user-name";

/** nginx in front of the nodes: certificate, load balancer, and the address that moves between its hosts. */
export class OdcProxy {
  readonly certificate?: Certificate;
  readonly virtualIp?: VirtualIp;
  /** Where users open ODC. */
  readonly url: string;
  readonly status: pulumi.Output<OdcProxyStatus[]>;
  private readonly loadBalancer: LoadBalancer;

  /** @param name the deployment's name; children are `${name}-proxy…` and `${name}-vip…`. */
  constructor(
    private readonly name: string,
    private readonly settings: OdcSettings<Host>,
    nodes: OdcNode[],
    private readonly parent: pulumi.Resource,
  ) {
    for (const problem of furtherNameProblems(settings.proxy)) void pulumi.log.warn(problem, parent);
    this.certificate = this.issueCertificate();
    this.loadBalancer = this.balance(nodes);
    this.virtualIp = this.shareAddress();
    this.url = userUrl(settings);
    this.status = this.observe();
  }

  private issueCertificate(): Certificate | undefined {
    const { https } = this.settings.proxy;
    if (!https) return undefined;
    const { selfSigned, privateCa, provided } = https;
    return new Certificate(
      `${this.name}-proxy`,
      { names: certificateNames(this.settings), selfSigned, privateCa, provided },
      { parent: this.parent },
    );
  }

  /** nginx learns of a node when the node is healthy, so that a new node costs no request. */
  private balance(nodes: OdcNode[]): LoadBalancer {
    const { settings, certificate } = this;
    const { proxy } = settings;
    const config = renderOdcNginx({
      ...proxy,
      https: proxy.https && { ...proxy.https, certificate: tlsFile, key: tlsFile },
      servers: living(settings.nodes).map((node) => ({ address: node.address, port: nodePort(settings) })),
    });
    return new LoadBalancer(
      `${this.name}-proxy`,
      {
        hosts: proxy.hosts,
        image: proxy.image,
        containerName: proxy.containerName,
        config,
        tls: certificate && { chain: certificate.chain, privateKey: certificate.privateKey },
        probe: { http: odcThrough(userPort(settings), proxy.https !== undefined) },
        virtualAddress: virtualAddress(proxy),
        after: nodes.map((node) => node.probe),
        adopt: settings.adopt,
      },
      { parent: this.parent },
    );
  }

  /** The address goes where nginx accepts users; whether ODC is well behind it is the same from every host. */
  private shareAddress(): VirtualIp | undefined {
    const { hosts, virtualIp } = this.settings.proxy;
    if (!virtualIp) return undefined;
    return new VirtualIp(
      `${this.name}-vip`,
      { hosts, ...virtualIp, checks: [{ tcp: { port: userPort(this.settings) } }], after: [this.loadBalancer] },
      { parent: this.parent },
    );
  }

  private observe(): pulumi.Output<OdcProxyStatus[]> {
    const { proxy } = this.settings;
    const holders = this.virtualIp?.hosts ?? pulumi.output([]);
    return pulumi.all([this.loadBalancer.instances, holders]).apply(([instances, vip]) =>
      instances.map(({ host: name, version, healthy }, i) => {
        const host = proxy.hosts[i] as Host;
        return {
          host: name,
          endpoint: `${bracketed(host.address)}:${userPort(this.settings)}`,
          container: proxy.containerName,
          version,
          health: healthOf(host, healthy),
          active: vip.find((one) => one.host === name)?.holder ?? true,
        };
      }),
    );
  }
}

const odcThrough = (port: number, https: boolean): HttpProbe => ({
  port,
  path: "/api/v1/heartbeat/isHealthy",
  json: { "/data": true },
  ...(https && { scheme: "https" }),
});

/** The port that users open. */
const userPort = ({ proxy }: OdcSettings<Host>): number => proxy.https?.port ?? proxy.port;

/** All under which users may open ODC, the best one first. */
function certificateNames(settings: OdcSettings<Host>): string[] {
  const { domain, https, hosts } = settings.proxy;
  const names = [
    domain,
    virtualAddress(settings.proxy),
    ...(https?.alternativeNames ?? []),
    ...hosts.map((one) => one.address),
  ];
  return [...new Set(names.filter((name) => name !== undefined))];
}

function userUrl(settings: OdcSettings<Host>): string {
  const { https } = settings.proxy;
  const scheme = https ? "https" : "http";
  const port = userPort(settings);
  const name = bracketed(userName(settings.proxy, (host) => host.address).name ?? "");
  return `${scheme}://${name}${port === (https ? 443 : 80) ? "" : `:${port}`}/`;
}
