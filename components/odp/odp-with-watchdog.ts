import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { getHealth, Image } from "../../provider/resources";
import { bracketed } from "../../provider/resources/host-rules";
import { NotedArgs } from "../changes/noted-args";
import { claimHosts } from "../claims/registry";
import { factsOf, healthOf, living, type Host } from "../host";
import { hostSchema } from "../host-schema";
import { LoadBalancer, type LoadBalancerInstance } from "../load-balancer";
import { downFirst, rolling } from "../rolling";
import { shellWord } from "../shell-word";
import { checkedOutput, parseNamed, refusal, unknown } from "../validation";
import { VirtualIp } from "../virtual-ip";
import type { OdpWithWatchdogArgs } from "./args";
import { adoptionProblems } from "./adopt";
import { odpChanges } from "./changes";
import { odpClaims } from "./claims";
import { configServerProblem, configServerRequest, firstServer } from "./config-server";
import { vendorDirectory } from "./container";
import { instanceOf, type Instance } from "./instance";
import { renderOdpNginx } from "./nginx";
import { OdpNode, type OdpNodeArgs } from "./odp-node";
import { proxyIdsOf } from "./parameters";
import { odpProblems, packageProblem, placeProblem } from "./preflight";
import { greets } from "./probe-command";
import { odpName, odpSchema, password, type OdpSettings } from "./schema";

/** What is known of one proxy. */
export interface OdpNodeStatus {
  /** Name of its host. */
  host: string;
  /** Address and port of SQL, without nginx. */
  endpoint: string;
  /** Its proxy_id. */
  proxyId: number;
  /** Version of the running program; "unknown" when it does not tell, or its host is lost. */
  version: string;
  /** "healthy" or "unhealthy", as of the last `up` or `refresh`; "lost" with its host. */
  health: string;
  /** Whether it has a cached RS list, with which it starts while the config server is down. */
  cachedRsList: boolean;
}

/** What stands in front of the proxies. */
interface Balancing {
  balancer?: LoadBalancer;
  virtualIp?: VirtualIp;
}

/**
 * OBProxy (ODP) on several hosts, each kept running by a watchdog of its own, behind nginx and a virtual IP.
 *
 * Changes go through the proxies one by one, those that are down first, and stop at the first that does not come back.
 */
export class OdpWithWatchdog extends pulumi.ComponentResource {
  /** Where clients connect, `ADDRESS:PORT`: the virtual IP, else nginx, else the first proxy. Known when it answers. */
  readonly endpoint: pulumi.Output<string> = unknown();
  /** The proxies with version and health. */
  readonly nodes: pulumi.Output<OdpNodeStatus[]> = unknown();
  /** The nginx instances with version and health. */
  readonly proxies: pulumi.Output<LoadBalancerInstance[]> = unknown();
  /** Password of root@proxysys (a secret). */
  readonly proxysysPassword: pulumi.Output<string> = unknown();
  /** Password that proxyro@sys of the cluster must have (a secret). */
  readonly observerSysPassword: pulumi.Output<string> = unknown();

  /**
   * @param name part of the children's names, and of unit, user and directories on the hosts: `dbha-odp-NAME`.
   * @throws pulumi.ResourceError that lists every argument that was refused, before anything is contacted; a preview tells
   * them and goes on.
   */
  constructor(name: string, args: OdpWithWatchdogArgs, opts?: pulumi.ComponentResourceOptions) {
    const schema = odpSchema(hostSchema, (one) => (one as Host | undefined)?.hostName ?? "");
    const noted = new NotedArgs(`OdpWithWatchdog ${name}`, odpChanges, schema, args, opts);
    super("dbha:index:OdpWithWatchdog", name, noted.inputs, noted.options);
    const settings = parseNamed(odpName, schema, args, this, "OdpWithWatchdog", name);
    if (settings === undefined) return;
    noted.resource = this;
    if (!claimHosts(odpClaims(name, settings), this)) return;
    this.proxysysPassword = this.password(`${name}-proxysys-password`, settings.proxysysPassword, "proxysysPassword");
    this.observerSysPassword = this.password(
      `${name}-observer-sys-password`,
      settings.observerSysPassword,
      "observerSysPassword",
    );
    const home = settings.image ? (settings.programDirectory ?? vendorDirectory) : settings.package?.directory;
    const instance = instanceOf(name, settings.proxy?.containerName, home, settings.package);
    const nodes = this.startNodes(instance, settings);
    const { balancer, virtualIp } = this.balance(instance, settings, nodes);
    this.nodes = nodeStatus(settings, nodes);
    this.proxies = balancer?.instances ?? pulumi.output([]);
    const ready = pulumi.all([this.nodes, this.proxies, virtualIp?.address ?? ""]);
    this.endpoint = ready.apply(() => clientEndpoint(settings));
    this.registerOutputs({
      endpoint: this.endpoint,
      nodes: this.nodes,
      proxies: this.proxies,
      proxysysPassword: this.proxysysPassword,
      observerSysPassword: this.observerSysPassword,
    });
  }

  private password(name: string, given: pulumi.Input<string> | undefined, field: string): pulumi.Output<string> {
    if (given !== undefined) return pulumi.secret(checkedOutput(given, password, field, this));
    return new random.RandomPassword(name, { length: 20, special: false }, { parent: this }).result;
  }

  private startNodes(instance: Instance, settings: OdpSettings<Host>): OdpNode[] {
    const { hosts, ports, proxy } = settings;
    const ids = proxyIds(settings);
    const balancers = hosts.length > 1 ? (proxy?.hosts ?? []) : [];
    const order = downFirst(living(hosts), (host) => this.find(host, greets(ports.sql)));
    const fit = this.preflight(instance, settings);
    const program = this.programs(instance, settings, fit);
    const { proxysysPassword, observerSysPassword } = this;
    const common = { instance, settings, fit, proxysysPassword, observerSysPassword, balancers };
    return rolling(hosts, order, [], (host, waits) => {
      const proxyId = ids[hosts.indexOf(host)] as number;
      return new OdpNode(instance.name, { ...common, host, proxyId, program: program(host), waits }, this);
    });
  }

  /** What each host is to run. All have an image before the first container is touched. */
  private programs(
    { name }: Instance,
    { hosts, package: from, image }: OdpSettings<Host>,
    fit: pulumi.Output<void>,
  ): (host: Host) => OdpNodeArgs["program"] {
    if (from !== undefined) return () => from;
    const images = new Map(
      hosts.map((host) => [
        host,
        new Image(`${name}-image-${host.hostName}`, { host: fit.apply(() => host.data), ...image }, { parent: this }),
      ]),
    );
    const loaded = living(hosts).map((host) => images.get(host) as Image);
    return (host) => ({ image: images.get(host) as Image, images: loaded });
  }

  /** Whether a shell command finds something on a host now. */
  private async find(host: Host, command: string): Promise<boolean> {
    return (await host.answered(getHealth({ host: host.data, command }, { parent: this }))).healthy;
  }

  /** Asks all hosts at once, in preview too. @throws pulumi.ResourceError that lists what every host lacks. */
  private preflight(instance: Instance, settings: OdpSettings<Host>): pulumi.Output<void> {
    const { hosts, proxy, ports } = settings;
    const all = [...new Set([...hosts, ...(proxy?.hosts ?? [])])];
    const check = async (): Promise<void> => {
      const facts = await factsOf(living(all));
      const found = odpProblems(
        facts.map((one) => ({
          name: one.host.hostName,
          facts: one.facts,
          unit: instance.unit,
          isContainer: settings.image !== undefined,
          adopt: settings.adopt,
          ports: hosts.includes(one.host) ? Object.values(ports) : [],
          proxy: proxy?.hosts.includes(one.host) ? { port: proxy.port, containerName: instance.nginx } : undefined,
        })),
      );
      const others = await Promise.all([
        this.packageProblems(instance, settings),
        this.placeProblems(instance, settings),
        adoptionProblems(instance, settings, this),
        this.configServerProblems(instance, settings),
      ]);
      const problems = [...found, ...others.flat()];
      if (problems.length > 0)
        throw refusal(`OdpWithWatchdog ${instance.name}: its hosts are not ready`, problems, this);
    };
    return pulumi.output(check());
  }

  private async packageProblems({ home }: Instance, settings: OdpSettings<Host>): Promise<string[]> {
    if (settings.package?.directory === undefined) return [];
    const problems = await Promise.all(
      living(settings.hosts).map(async (host) =>
        (await this.find(host, `[ -x ${home}/bin/obproxy ]`)) ? undefined : packageProblem(host.hostName, home),
      ),
    );
    return problems.filter((problem) => problem !== undefined);
  }

  private async placeProblems({ user, directory }: Instance, settings: OdpSettings<Host>): Promise<string[]> {
    // of what is taken over the process tells
    if (settings.package?.dataDirectory === undefined || settings.adopt) return [];
    const enters = `runuser -u ${user} -- test -x ${shellWord(directory)}`;
    const problems = await Promise.all(
      living(settings.hosts).map(async (host) =>
        (await this.find(host, enters)) ? [] : [placeProblem(host.hostName, { user, directory })],
      ),
    );
    return problems.flat();
  }

  /** A proxy that has a cached RS list goes on; one that is to start for the first time needs the config server. */
  private async configServerProblems({ rsList }: Instance, settings: OdpSettings<Host>): Promise<string[]> {
    const url = settings.cluster.configServerUrl;
    if (url === undefined) return [];
    const problems = await Promise.all(
      living(settings.hosts).map(async (host) => {
        const question = { host: host.data, http: configServerRequest(url), extract: { server: firstServer } };
        const problem = configServerProblem(host.hostName, url, await getHealth(question, { parent: this }));
        if (problem === undefined || !(await this.find(host, `[ -s ${rsList} ]`))) return problem;
        void pulumi.log.warn(`${problem}. The proxy there goes on with its cached RS list`, this);
        return undefined;
      }),
    );
    return problems.filter((problem) => problem !== undefined);
  }

  private balance({ name, nginx }: Instance, settings: OdpSettings<Host>, nodes: OdpNode[]): Balancing {
    const { proxy, hosts, ports } = settings;
    if (proxy === undefined) return {};
    const servers = hosts.map(({ address }) => ({ address, port: ports.sql }));
    const balancer = new LoadBalancer(
      `${name}-proxy`,
      {
        hosts: proxy.hosts,
        image: proxy.image,
        containerName: nginx,
        config: renderOdpNginx({ ...proxy, servers }),
        probe: { tcp: { port: proxy.port } },
        virtualAddress: proxy.virtualIp?.address.split("/")[0],
        after: nodes.map((node) => node.probe),
      },
      { parent: this },
    );
    if (!proxy.virtualIp) return { balancer };
    const virtualIp = new VirtualIp(
      `${name}-vip`,
      { hosts: proxy.hosts, ...proxy.virtualIp, checks: [{ tcp: { port: proxy.port } }], after: [balancer] },
      { parent: this },
    );
    return { balancer, virtualIp };
  }
}

function clientEndpoint({ hosts, ports, proxy }: OdpSettings<Host>): string {
  const address = proxy?.virtualIp?.address.split("/")[0] ?? (proxy?.hosts ?? hosts)[0]?.address ?? "";
  return `${bracketed(address)}:${proxy?.port ?? ports.sql}`;
}

const proxyIds = (settings: OdpSettings<Host>): number[] =>
  proxyIdsOf(
    settings.hosts.map(({ hostName }) => hostName),
    settings,
  );

function nodeStatus(settings: OdpSettings<Host>, nodes: OdpNode[]): pulumi.Output<OdpNodeStatus[]> {
  const { hosts, ports } = settings;
  const ids = proxyIds(settings);
  return pulumi.all(
    hosts.map((host, i) => {
      const { probe } = nodes[i] as OdpNode;
      return pulumi.all([probe.values, probe.healthy]).apply(([values, healthy]) => ({
        host: host.hostName,
        endpoint: `${bracketed(host.address)}:${ports.sql}`,
        proxyId: ids[i] as number,
        version: host.isLost ? "unknown" : (values.version ?? "unknown"),
        health: healthOf(host, healthy),
        cachedRsList: values.cachedRsList === "true",
      }));
    }),
  );
}
