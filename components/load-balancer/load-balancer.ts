import * as pulumi from "@pulumi/pulumi";
import { loadBalancerChanges } from "../changes/building-blocks";
import { isPartOfAnother, NotedArgs } from "../changes/noted-args";
import { claimHosts } from "../claims/registry";
import { rolling, standbyFirst } from "../rolling";
import { checkedOutput, parseArgs, unknown } from "../validation";
import type { LoadBalancerArgs } from "./args";
import { loadBalancerClaims } from "./claims";
import { NginxHost } from "./nginx-host";
import { loadBalancerSchema, tlsFields } from "./schema";
import type { LoadBalancerSettings } from "./schema";

/** What is known of one nginx. */
export interface LoadBalancerInstance {
  /** Name of its host. */
  host: string;
  /** The image it runs, as a name. */
  version: string;
  /** Whether it served at the last look; one on a lost host does not. */
  healthy: boolean;
}

/**
 * nginx as a container on one or more hosts, all with the same configuration, which nginx checks before it is put in place and
 * takes over by a reload. Changes go from host to host.
 */
export class LoadBalancer extends pulumi.ComponentResource {
  /** One nginx a host, in the order of the hosts. */
  readonly instances: pulumi.Output<LoadBalancerInstance[]> = unknown();

  /**
   * @param name prefix of the children's names; the host's name is appended to each.
   * @throws pulumi.ResourceError that lists every argument that was refused; a preview tells them and goes on.
   */
  constructor(name: string, args: LoadBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    const noted = new NotedArgs(`LoadBalancer ${name}`, loadBalancerChanges, loadBalancerSchema, args, opts);
    super("dbha:index:LoadBalancer", name, noted.inputs, noted.options);
    const settings = parseArgs(loadBalancerSchema, args, this, `LoadBalancer ${name}`);
    if (settings === undefined) return;
    noted.resource = this;
    if (!isPartOfAnother(opts) && !claimHosts(loadBalancerClaims(name, settings), this)) return;
    const config = pulumi.output(settings.config);
    const tls = this.tls(settings);
    const hosts = rolling(
      settings.hosts,
      settings.virtualAddress === undefined ? undefined : standbyFirst(settings.hosts, settings.virtualAddress),
      settings.after,
      (host, waits) => new NginxHost(name, { host, settings, config, tls, waits }, this),
    );
    this.instances = instances(settings, hosts);
    this.registerOutputs({ instances: this.instances });
  }

  /** Chain and key in one text. */
  private tls({ tls }: LoadBalancerSettings): pulumi.Output<string> | undefined {
    if (tls === undefined) return undefined;
    const chain = checkedOutput(tls.chain, tlsFields.chain, "tls.chain", this);
    const key = checkedOutput(tls.privateKey, tlsFields.privateKey, "tls.privateKey", this);
    return pulumi.secret(pulumi.all([chain, key]).apply((parts) => parts.map((part) => `${part.trim()}\n`).join("")));
  }
}

function instances({ hosts }: LoadBalancerSettings, deployed: NginxHost[]): pulumi.Output<LoadBalancerInstance[]> {
  return pulumi.all(
    hosts.map(({ hostName: host, isLost }, i) => {
      const { image, probe } = deployed[i] as NginxHost;
      if (isLost) return { host, version: "unknown", healthy: false };
      return pulumi.all([image.loadedReference, probe.healthy]).apply(([version, healthy]) => ({
        host,
        version,
        healthy,
      }));
    }),
  );
}
