import type { Target } from "../../../provider/ssh/target";
import type { Model } from "../model/model";
import { CONTAINER, type ModelHost, type Placed } from "../model/placed";
import { seeCertificate } from "./certificates";
import { seeContainers, seeHost } from "./hosts";
import { judgeContainer, seeCluster, seeResource, unseen } from "./resources";
import type { Look, SeenCertificate, SeenCluster, SeenHost, SeenResource } from "./seen";
import { Sessions } from "./sessions";

/** Looks at the hosts of a stack. Nothing is changed there: it asks what a refresh asks, and writes no record. */
export class Looker {
  private readonly sessions = new Sessions();

  /** All hosts at the same time; who is not reached within `dbha:connectTimeout` is told of as such. */
  async look(model: Model): Promise<Look> {
    const at = Date.now();
    const hosts = new Map<string, SeenHost>();
    const resources = new Map<string, SeenResource>();
    const clusters = new Map<string, SeenCluster>();
    const certificates = new Map<string, SeenCertificate>();
    await Promise.all([
      ...model.hosts.map(async (host) => {
        const seen = await this.seeHost(host, model);
        hosts.set(host.name, seen);
        const [found, shown] = await Promise.all([
          this.seeResources(host, seen, model),
          this.seeCertificates(host, seen, model),
        ]);
        for (const [urn, one] of found) resources.set(urn, one);
        for (const [urn, one] of shown) certificates.set(urn, one);
      }),
      ...model.placed.filter(isCluster).map(async ({ resource: { urn, provider, inputs } }) => {
        clusters.set(urn, await seeCluster(inputs, this.context(provider, "", model)));
      }),
    ]);
    return { at, hosts, resources, clusters, certificates };
  }

  /** Ends all connections, and what is under way. */
  close(): void {
    this.sessions.close();
  }

  private seeHost({ name, target, lost, provider }: ModelHost, model: Model): Promise<SeenHost> {
    if (lost) return Promise.resolve({ state: "lost" });
    if (target === undefined)
      return Promise.resolve({ state: "unreachable", problem: "the state does not say how it is reached" });
    const paths = model.deployments.flatMap(({ backup }) =>
      backup?.host === name && backup.path ? [backup.path] : [],
    );
    return seeHost(target, paths, this.context(provider, "", model));
  }

  private async seeResources(host: ModelHost, seen: SeenHost, model: Model): Promise<[string, SeenResource][]> {
    const own = model.placed.filter(({ resource, hosts }) => homeOf(resource.inputs, hosts) === host.name);
    if (seen.state !== "reached") return own.map(({ resource }) => [resource.urn, { state: "hidden" }]);
    const containers = own.filter(({ resource }) => resource.type === CONTAINER);
    const others = own.filter(({ resource }) => resource.type !== CONTAINER);
    const [found, ...read] = await Promise.all([
      this.seeContainers(host, containers, model),
      ...others.map(async ({ resource }): Promise<[string, SeenResource]> => {
        const context = this.context(resource.provider, resource.urn, model);
        return [resource.urn, await seeResource(resource, context)];
      }),
    ]);
    return [...found, ...read];
  }

  private async seeContainers(host: ModelHost, placed: Placed[], model: Model): Promise<[string, SeenResource][]> {
    const nameOf = ({ resource: { inputs } }: Placed): string => String(inputs.name);
    try {
      const context = this.context(host.provider, "", model);
      const found = await seeContainers(host.target as Target, placed.map(nameOf), context);
      return placed.map((one) => [one.resource.urn, judgeContainer(one.resource, found.get(nameOf(one)))]);
    } catch (error) {
      return placed.map(({ resource }) => [resource.urn, unseen(error)]);
    }
  }

  private async seeCertificates(
    { name, target, provider }: ModelHost,
    seen: SeenHost,
    model: Model,
  ): Promise<[string, SeenCertificate][]> {
    if (seen.state !== "reached") return [];
    const servers = model.deployments.flatMap((one) => one.servers).filter(({ host }) => host === name);
    const context = this.context(provider, "", model);
    return Promise.all(
      servers.map(async (one): Promise<[string, SeenCertificate]> => [
        one.urn,
        await seeCertificate(target as Target, one, context),
      ]),
    );
  }

  private context(provider: string, urn: string, { state }: Model) {
    return this.sessions.of(provider, state).context(urn, 0);
  }
}

const isCluster = ({ resource }: Placed): boolean => resource.type === "dbha:index:DolphinNodes";

/** The host over which a resource is looked at: what belongs to a cluster names one that stands for it. */
function homeOf({ host }: Record<string, unknown>, hosts: string[]): string | undefined {
  return (host as { name?: string } | undefined)?.name ?? hosts[0];
}
