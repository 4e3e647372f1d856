import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { Archive, Directory, File, ObproxyConfig, OnDelete, Probe, Service } from "../../provider/resources";
import type { HostData } from "../../provider/resources";
import type { Host } from "../host";
import { waitFor, type Waits } from "../rolling";
import { account } from "./account";
import { balancerStep, type DrainSettings, renderDrain, renderReturn } from "./drain";
import type { Instance } from "./instance";
import { renderOptions, renderParameters } from "./parameters";
import { renderProbe, renderRepair } from "./probe-command";
import type { OdpSettings } from "./schema";
import { renderUnit } from "./unit";
import { renderWatchdog } from "./watchdog";

/** What one node needs beyond the settings of the deployment. */
export interface OdpNodeArgs {
  host: Host;
  /** Its proxy_id. */
  proxyId: number;
  instance: Instance;
  settings: OdpSettings<Host>;
  /** Resolved when the hosts have been found fit; nothing is made there before. */
  fit: pulumi.Output<void>;
  proxysysPassword: pulumi.Output<string>;
  observerSysPassword: pulumi.Output<string>;
  /** The nginx hosts that take it out while it restarts; none where there is no nginx or no other proxy. */
  balancers: Host[];
  /** What its changes wait for. */
  waits: Waits;
}

/** One proxy with its watchdog: user, package, script, unit, configuration, and the probe that it serves. */
export class OdpNode {
  readonly probe: Probe;
  /** What the next node waits for: this one serves, and nginx sends clients to it. */
  readonly done: pulumi.Resource[];
  private readonly host: pulumi.Output<HostData>;

  /** @param name the deployment's name; children are `${name}-role-host`. */
  constructor(
    private readonly name: string,
    private readonly args: OdpNodeArgs,
    private readonly parent: pulumi.Resource,
  ) {
    this.host = args.fit.apply(() => args.host.data);
    const user = account(this.child("user"), args, parent);
    const data = this.data(user);
    const config = this.directory("dir", args.instance.config);
    const options = this.options(config);
    const script = this.script(config);
    const archive =
      args.settings.package.archive === undefined ? undefined : this.unpack(args.settings.package.archive);
    const reasons = [script.sha256, ...(archive ? [archive.directory] : [])];
    const program = [script, ...(archive ? [archive] : [])];
    const drained = this.tellBalancers("drain", renderDrain, reasons, program);
    const service = this.run([user, data, options, ...program, ...drained], reasons);
    this.probe = this.look(service, this.configure(service), reasons);
    this.done = [this.probe, ...this.tellBalancers("return", renderReturn, reasons, [this.probe])];
  }

  private data(user: command.remote.Command): Directory {
    const { instance, settings } = this.args;
    return new Directory(
      this.child("data"),
      {
        host: this.host,
        path: instance.directory,
        mode: "0750",
        owner: instance.user,
        group: instance.user,
        onDelete: settings.keepData ? OnDelete.Keep : OnDelete.Purge,
      },
      { parent: this.parent, dependsOn: [user] },
    );
  }

  private directory(role: string, path: string): Directory {
    return new Directory(this.child(role), { host: this.host, path }, { parent: this.parent });
  }

  private options(directory: Directory): File {
    const { instance, settings, proxyId } = this.args;
    return new File(
      this.child("options"),
      { host: this.host, path: instance.options, content: `${renderOptions(settings, proxyId)}\n` },
      { parent: this.parent, dependsOn: [directory] },
    );
  }

  private script(directory: Directory): File {
    const { instance, settings, waits } = this.args;
    const { sql, prometheus, rpc } = settings.ports;
    const { rsList, name } = settings.cluster;
    const content = renderWatchdog({
      ...instance,
      ports: [sql, prometheus, rpc],
      flags: [
        ...["-p", String(sql), "-l", String(prometheus), "-s", String(rpc)],
        ...["-n", settings.appName ?? this.name, "-c", name],
        ...(rsList ? ["-r", rsList.join(";")] : []),
      ],
      hangTimeout: settings.hangTimeout,
      startTimeout: settings.startTimeout,
    });
    return new File(
      this.child("watchdog"),
      { host: this.host, path: instance.script, mode: "0755", content, validate: 'bash -n "$DBHA_FILE"' },
      { parent: this.parent, dependsOn: waitFor(waits, directory) },
    );
  }

  /** It waits like the rest: a proxy that dies meanwhile must not come back in another version. */
  private unpack(source: string): Archive {
    const { instance, settings, waits } = this.args;
    const { stripComponents, keep } = settings.package;
    return new Archive(
      this.child("package"),
      { host: this.host, source, path: instance.package, stripComponents, keep },
      { parent: this.parent, dependsOn: waitFor(waits) },
    );
  }

  /** A step on every nginx host, done again when the proxy is to restart. */
  private tellBalancers(
    role: string,
    render: (settings: DrainSettings) => string,
    reasons: pulumi.Output<string>[],
    dependsOn: pulumi.Resource[],
  ): pulumi.Resource[] {
    const { host, instance, settings, balancers } = this.args;
    const script = render({
      containerName: instance.nginx,
      server: { address: host.address, port: settings.ports.sql },
      timeout: settings.drainTimeout,
    });
    return balancers.map((balancer) => {
      const name = `${this.child(role)}-${balancer.hostName}`;
      return balancerStep(name, balancer, script, reasons, { parent: this.parent, dependsOn });
    });
  }

  private run(dependsOn: pulumi.Resource[], triggers: pulumi.Output<string>[]): Service {
    const { instance } = this.args;
    return new Service(
      this.child("service"),
      {
        host: this.host,
        name: `${instance.unit}.service`,
        unit: renderUnit(instance),
        triggers,
      },
      { parent: this.parent, dependsOn },
    );
  }

  private configure(service: Service): ObproxyConfig {
    const { instance, settings, proxyId, proxysysPassword, observerSysPassword } = this.args;
    return new ObproxyConfig(
      this.child("config"),
      {
        host: this.host,
        port: settings.ports.sql,
        password: proxysysPassword,
        observerPassword: observerSysPassword,
        parameters: renderParameters(settings, proxyId),
        restart: `systemctl restart ${instance.unit}.service`,
      },
      { parent: this.parent, dependsOn: [service] },
    );
  }

  private look(service: Service, config: ObproxyConfig, reasons: pulumi.Output<string>[]): Probe {
    const { instance, settings } = this.args;
    return new Probe(
      this.child("probe"),
      {
        host: this.host,
        command: renderProbe(instance, settings.ports.sql, settings.cluster.configServerUrl !== undefined),
        interval: 1,
        timeout: settings.startTimeout + 30,
        repair: { command: renderRepair(instance), after: 2 },
        triggers: [...reasons, service.unit.apply((text) => text ?? "")],
        extract: { version: "/version", cachedRsList: "/cachedRsList" },
      },
      { parent: this.parent, dependsOn: [config] },
    );
  }

  private child(role: string): string {
    return `${this.name}-${role}-${this.args.host.hostName}`;
  }
}
