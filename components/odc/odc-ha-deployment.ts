import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { z } from "zod";
import { Host } from "../host";
import { LoadBalancer } from "../load-balancer";
import { checkedOutput, parseArgs } from "../validation";
import type { OdcHaDeploymentArgs } from "./args";
import { renderOdcNginx } from "./nginx";
import type { OdcMetaDb } from "./environment";
import { OdcNode } from "./odc-node";
import { adminPassword, metaDbFields, odcSchema } from "./schema";
import type { OdcSettings } from "./schema";

/** What is known of one ODC node. */
export interface OdcNodeStatus {
  /** Name of its host. */
  host: string;
  /** Address and port on which it serves, without nginx. */
  endpoint: string;
  /** Name of its container. */
  container: string;
  /** Version that the running server reports. */
  version: string;
  /** "healthy" or "unhealthy", as of the last `up` or `refresh`. */
  health: string;
}

/** What is known of one nginx. */
export interface OdcProxyStatus {
  /** Name of its host. */
  host: string;
  /** Address and port on which it serves. */
  endpoint: string;
  /** Name of its container. */
  container: string;
  /** The image it runs. */
  version: string;
  /** "healthy" when it reached an ODC node at the last `up` or `refresh`, else "unhealthy". */
  health: string;
}

const hostSchema = z.custom<Host>((value) => value instanceof Host, {
  message: "must be a Host; fix: create it with new Host(name, { address, hostKeys })",
});

/**
 * OceanBase Developer Center in high-availability mode: one node a host, one shared MetaDB, nginx in front.
 *
 * Nodes start one after the other, each when the one before is healthy: the first migrates the MetaDB, whose lock the
 * others would give up on after a minute. A later change of image or settings goes through them in the same way and stops
 * at the first node that does not come back.
 */
export class OdcHaDeployment extends pulumi.ComponentResource {
  /** Where users open ODC. */
  readonly url: pulumi.Output<string>;
  /** The nodes with version and health. */
  readonly nodes: pulumi.Output<OdcNodeStatus[]>;
  /** The nginx instances with version and health. */
  readonly proxies: pulumi.Output<OdcProxyStatus[]>;
  /** Password of `admin` for the first log-in (a secret). ODC applied it at its first start only. */
  readonly adminPassword: pulumi.Output<string>;

  /** @throws pulumi.ResourceError that lists every argument that was refused, before anything is contacted. */
  constructor(name: string, args: OdcHaDeploymentArgs, opts?: pulumi.ComponentResourceOptions) {
    super("dbha:index:OdcHaDeployment", name, {}, opts);
    const settings = parseArgs(odcSchema(hostSchema), args, this, `OdcHaDeployment ${name}`);
    this.adminPassword = this.password(name, settings);
    const nodes = this.startNodes(name, settings);
    const proxies = this.startProxies(name, settings, nodes);
    this.url = pulumi.output(userUrl(settings));
    this.nodes = nodeStatus(settings, nodes);
    this.proxies = proxyStatus(settings, proxies);
    this.registerOutputs({
      url: this.url,
      nodes: this.nodes,
      proxies: this.proxies,
      adminPassword: this.adminPassword,
    });
  }

  private password(name: string, settings: OdcSettings<Host>): pulumi.Output<string> {
    if (settings.adminPassword !== undefined)
      return pulumi.secret(checkedOutput(settings.adminPassword, adminPassword, "adminPassword", this));
    return new random.RandomPassword(
      `${name}-admin-password`,
      { length: 20, minNumeric: 2, minUpper: 2, minLower: 2, minSpecial: 2, overrideSpecial: "._+@#$%" },
      { parent: this },
    ).result;
  }

  private startNodes(name: string, settings: OdcSettings<Host>): OdcNode[] {
    const metaDb = this.metaDb(settings);
    const nodes: OdcNode[] = [];
    for (const host of settings.nodes)
      nodes.push(
        new OdcNode(name, { host, settings, metaDb, adminPassword: this.adminPassword, after: nodes.at(-1) }, this),
      );
    return nodes;
  }

  private metaDb({ metaDb }: OdcSettings<Host>): pulumi.Output<OdcMetaDb> {
    return pulumi.output({
      host: checkedOutput(metaDb.host, metaDbFields.host, "metaDb.host", this),
      port: checkedOutput(metaDb.port, metaDbFields.port, "metaDb.port", this),
      username: checkedOutput(metaDb.username, metaDbFields.username, "metaDb.username", this),
      password: pulumi.secret(checkedOutput(metaDb.password, metaDbFields.password, "metaDb.password", this)),
      database: checkedOutput(metaDb.database, metaDbFields.database, "metaDb.database", this),
    });
  }

  /** nginx learns of a node when the node is healthy, so that a new node costs no request. */
  private startProxies(name: string, settings: OdcSettings<Host>, nodes: OdcNode[]): LoadBalancer {
    const config = renderOdcNginx({
      ...settings.proxy,
      servers: settings.nodes.map((node) => ({ address: node.address, port: settings.port })),
    });
    return new LoadBalancer(
      `${name}-proxy`,
      {
        hosts: settings.proxy.hosts,
        image: settings.proxy.image,
        containerName: settings.proxy.containerName,
        config,
        probe: {
          http: { port: settings.proxy.port, path: "/api/v1/heartbeat/isHealthy", json: { "/data": true } },
        },
        after: nodes.map((node) => node.health),
      },
      { parent: this },
    );
  }
}

const health = (healthy: boolean): string => (healthy ? "healthy" : "unhealthy");

function userUrl({ proxy }: OdcSettings<Host>): string {
  const hostName = proxy.domain ?? proxy.hosts[0]?.address ?? "";
  return proxy.port === 80 ? `http://${hostName}/` : `http://${hostName}:${proxy.port}/`;
}

function nodeStatus(settings: OdcSettings<Host>, nodes: OdcNode[]): pulumi.Output<OdcNodeStatus[]> {
  return pulumi.all(
    nodes.map((node, i) => {
      const host = settings.nodes[i] as Host;
      return pulumi.all([node.version.values, node.health.healthy]).apply(([values, healthy]) => ({
        host: host.hostName,
        endpoint: `${host.address}:${settings.port}`,
        container: settings.containerName,
        version: values.version ?? "unknown",
        health: health(healthy),
      }));
    }),
  );
}

function proxyStatus({ proxy }: OdcSettings<Host>, { instances }: LoadBalancer): pulumi.Output<OdcProxyStatus[]> {
  return instances.apply((all) =>
    all.map(({ host, version, healthy }, i) => ({
      host,
      endpoint: `${proxy.hosts[i]?.address}:${proxy.port}`,
      container: proxy.containerName,
      version,
      health: health(healthy),
    })),
  );
}
