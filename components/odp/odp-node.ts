import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { Archive, Directory, File, ObproxyConfig, OnDelete, Probe, Service } from "../../provider/resources";
import type { Host } from "../host";
import { waitFor, type Waits } from "../rolling";
import { account } from "./account";
import type { Instance } from "./instance";
import { renderOptions, renderParameters } from "./parameters";
import { renderProbe } from "./probe-command";
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
  /** Of root@proxysys; known when the hosts have been found fit. */
  proxysysPassword: pulumi.Output<string>;
  observerSysPassword: pulumi.Output<string>;
  /** What its changes wait for. */
  waits: Waits;
}

/** One proxy with its watchdog: user, package, script, unit, configuration, and the probe that it serves. */
export class OdpNode {
  readonly probe: Probe;

  /** @param name the deployment's name; children are `${name}-role-host`. */
  constructor(
    private readonly name: string,
    private readonly args: OdpNodeArgs,
    private readonly parent: pulumi.Resource,
  ) {
    const user = account(this.child("user"), args.host, args.instance, parent);
    const data = this.data(user);
    const config = this.directory("dir", args.instance.config);
    const options = this.options(config);
    const script = this.script(config);
    const archive = this.unpack();
    const service = this.run([user, data, options], script, archive);
    this.probe = this.look(service, this.configure(service), script, archive);
  }

  private data(user: command.remote.Command): Directory {
    const { host, instance, settings } = this.args;
    return new Directory(
      this.child("data"),
      {
        host: host.data,
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
    return new Directory(this.child(role), { host: this.args.host.data, path }, { parent: this.parent });
  }

  private options(directory: Directory): File {
    const { host, instance, settings, proxyId } = this.args;
    return new File(
      this.child("options"),
      { host: host.data, path: instance.options, content: `${renderOptions(settings, proxyId)}\n` },
      { parent: this.parent, dependsOn: [directory] },
    );
  }

  private script(directory: Directory): File {
    const { host, instance, settings, waits } = this.args;
    const { sql, prometheus, rpc } = settings.ports;
    const { rsList, name } = settings.cluster;
    const content = renderWatchdog({
      name: instance.name,
      package: instance.package,
      directory: instance.directory,
      ports: [sql, prometheus, rpc],
      flags: [
        ...["-p", String(sql), "-l", String(prometheus), "-s", String(rpc)],
        ...["-n", settings.appName ?? this.name, "-c", name],
        ...(rsList ? ["-r", rsList.join(";")] : []),
      ],
      options: instance.options,
      hangTimeout: settings.hangTimeout,
      startTimeout: settings.startTimeout,
    });
    return new File(
      this.child("watchdog"),
      { host: host.data, path: instance.script, mode: "0755", content, validate: 'bash -n "$DBHA_FILE"' },
      { parent: this.parent, dependsOn: waitFor(waits, directory) },
    );
  }

  /** It waits like the rest: a proxy that dies meanwhile must not come back in another version. */
  private unpack(): Archive {
    const { host, instance, settings, waits } = this.args;
    const { archive, stripComponents, keep } = settings.package;
    return new Archive(
      this.child("package"),
      { host: host.data, source: archive, path: instance.package, stripComponents, keep },
      { parent: this.parent, dependsOn: waitFor(waits) },
    );
  }

  private run(own: pulumi.Resource[], script: File, archive: Archive): Service {
    const { host, instance, proxysysPassword } = this.args;
    return new Service(
      this.child("service"),
      {
        host: host.data,
        name: `${instance.unit}.service`,
        // nothing is started before the hosts are known to be fit
        unit: proxysysPassword.apply(() => renderUnit(instance)),
        triggers: [script.sha256, archive.directory],
      },
      { parent: this.parent, dependsOn: [...own, script, archive] },
    );
  }

  private configure(service: Service): ObproxyConfig {
    const { host, instance, settings, proxyId, proxysysPassword, observerSysPassword } = this.args;
    return new ObproxyConfig(
      this.child("config"),
      {
        host: host.data,
        port: settings.ports.sql,
        password: proxysysPassword,
        observerPassword: observerSysPassword,
        parameters: renderParameters(settings, proxyId),
        restart: `systemctl restart ${instance.unit}.service`,
      },
      { parent: this.parent, dependsOn: [service] },
    );
  }

  private look(service: Service, config: ObproxyConfig, script: File, archive: Archive): Probe {
    const { host, instance, settings } = this.args;
    return new Probe(
      this.child("probe"),
      {
        host: host.data,
        command: renderProbe(instance, settings.ports.sql, settings.cluster.configServerUrl !== undefined),
        interval: 1,
        timeout: settings.startTimeout + 30,
        triggers: [script.sha256, archive.directory, service.unit.apply((text) => text ?? "")],
        extract: { version: "/version", cachedRsList: "/cachedRsList" },
      },
      { parent: this.parent, dependsOn: [config] },
    );
  }

  private child(role: string): string {
    return `${this.name}-${role}-${this.args.host.hostName}`;
  }
}
