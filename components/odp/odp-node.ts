import * as pulumi from "@pulumi/pulumi";
import { Files, ObproxyConfig, OnDelete, Probe } from "../../provider/resources";
import type { HostData, Image } from "../../provider/resources";
import type { Host } from "../host";
import { waitFor, type Waits } from "../rolling";
import { OdpContainer } from "./container";
import { balancerStep, type DrainSettings, renderDrain, renderReturn } from "./drain";
import type { Instance } from "./instance";
import { renderOptions, renderParameters } from "./parameters";
import { renderProbe } from "./probe-command";
import type { Runner, Running } from "./runner";
import type { OdpPackageSettings, OdpSettings } from "./schema";
import { OdpService } from "./service";
import { renderWatchdog } from "./watchdog";

/** What one node needs beyond the settings of the deployment. */
export interface OdpNodeArgs {
  host: Host;
  /** Its proxy_id. */
  proxyId: number;
  instance: Instance;
  settings: OdpSettings<Host>;
  /** What it runs: a package, or the image on its host among those of all hosts. */
  program: OdpPackageSettings | { image: Image; images: Image[] };
  /** Resolved when the hosts have been found fit; nothing is made there before. */
  fit: pulumi.Output<void>;
  proxysysPassword: pulumi.Output<string>;
  observerSysPassword: pulumi.Output<string>;
  /** The nginx hosts that take it out while it restarts; none where there is no nginx or no other proxy. */
  balancers: Host[];
  /** What its changes wait for. */
  waits: Waits;
}

/** One proxy with its watchdog: its files, program, what runs it, configuration, and the probe that it serves. */
export class OdpNode {
  readonly probe: Probe;
  /** What the next node waits for: this one serves, and nginx sends clients to it. */
  readonly done: pulumi.Resource[];
  private readonly host: pulumi.Output<HostData>;
  private readonly runner: Runner;

  /** @param name the deployment's name; children are `${name}-role-host`. */
  constructor(
    private readonly name: string,
    private readonly args: OdpNodeArgs,
    private readonly parent: pulumi.Resource,
  ) {
    this.host = args.fit.apply(() => args.host.data);
    this.runner = this.chooseRunner();
    const { instance } = args;
    const files = this.files();
    const script = files.sha256(instance.script);
    const reasons = [script, ...this.runner.version];
    const ready = [files, ...this.runner.program];
    const drained = this.tellBalancers("drain", renderDrain, reasons, ready);
    const running = this.runner.start(script, [...ready, ...drained]);
    this.probe = this.look(running, this.configure(running), reasons);
    this.done = [this.probe, ...this.tellBalancers("return", renderReturn, reasons, [this.probe])];
  }

  private chooseRunner(): Runner {
    const { args, parent } = this;
    const child = (role: string): string => this.child(role);
    if ("image" in args.program) return new OdpContainer(child, args, args.program.image, args.program.images, parent);
    return new OdpService(child, args, args.program, parent);
  }

  /** User, directories, options and watchdog; they wait for the proxy before, as a script that breaks must stop there. */
  private files(): Files {
    const { instance, settings, proxyId, waits } = this.args;
    const { user } = this.runner;
    return new Files(
      this.child("files"),
      {
        host: this.host,
        user,
        directories: {
          [instance.config]: {},
          // one that was there before is not touched
          ...(settings.package?.dataDirectory === undefined && {
            [instance.directory]: {
              mode: "0750",
              owner: user?.name,
              group: user?.name,
              onDelete: settings.keepData ? OnDelete.Keep : OnDelete.Purge,
            },
          }),
        },
        files: {
          [instance.options]: { content: `${renderOptions(settings, proxyId)}\n` },
          [instance.script]: { mode: "0755", content: this.script(), validate: 'bash -n "$DBHA_FILE"' },
        },
      },
      { parent: this.parent, dependsOn: waitFor(waits) },
    );
  }

  private script(): string {
    const { instance, settings } = this.args;
    const { sql, prometheus, rpc } = settings.ports;
    const { rsList, name } = settings.cluster;
    return renderWatchdog({
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

  private configure({ resource }: Running): ObproxyConfig {
    const { settings, proxyId, proxysysPassword, observerSysPassword } = this.args;
    return new ObproxyConfig(
      this.child("config"),
      {
        host: this.host,
        port: settings.ports.sql,
        password: proxysysPassword,
        observerPassword: observerSysPassword,
        parameters: renderParameters(settings, proxyId),
        restart: this.runner.shell.restart,
        watched: this.runner.watched,
      },
      { parent: this.parent, dependsOn: [resource] },
    );
  }

  private look({ trigger }: Running, config: ObproxyConfig, reasons: pulumi.Output<string>[]): Probe {
    const { instance, settings } = this.args;
    const { shell } = this.runner;
    return new Probe(
      this.child("probe"),
      {
        host: this.host,
        command: renderProbe(shell, instance, settings.ports.sql, settings.cluster.configServerUrl !== undefined),
        about: `OBProxy ${instance.name} on port ${settings.ports.sql}`,
        interval: 1,
        timeout: settings.startTimeout + 30,
        watched: this.runner.watched,
        repair: shell.repair === undefined ? undefined : { command: shell.repair, after: 2 },
        triggers: [...reasons, trigger],
        extract: { version: "/version", cachedRsList: "/cachedRsList" },
      },
      { parent: this.parent, dependsOn: [config] },
    );
  }

  private child(role: string): string {
    return `${this.name}-${role}-${this.args.host.hostName}`;
  }
}
