import type * as pulumi from "@pulumi/pulumi";
import { Directory, File, OnDelete, Probe, Service } from "../../provider/resources";
import type { Host } from "../host";
import { waitFor } from "../rolling";
import type { Waits } from "../rolling";
import { renderCheck } from "./check";
import { validateKeepalived } from "./config-test";
import { noteLeaving, renderKeepalived } from "./keepalived";
import { defaultRouterId } from "./network";
import type { Network, Place } from "./network";
import type { VirtualIpSettings } from "./schema";
import { renderUnit, virtualIpUnit } from "./unit";

/** What one host needs beyond the name of the virtual IP. */
export interface VirtualIpHostArgs {
  host: Host;
  /** Its position among the hosts, from 0. */
  position: number;
  virtual: Network;
  /** Interface and own address of every host; of a lost one an address at most. */
  places: pulumi.Output<Place[]>;
  settings: VirtualIpSettings;
  /** What this host's changes wait for. */
  waits: Waits;
}

/** keepalived for one virtual IP on one host: check script, configuration, unit, and the probe that all of it works. */
export class VirtualIpHost {
  readonly probe: Probe;

  /** @param name the virtual IP's name; children are `${name}-role-host`. */
  constructor(
    private readonly name: string,
    private readonly args: VirtualIpHostArgs,
    private readonly parent: pulumi.Resource,
  ) {
    const directory = this.directory();
    const check = this.check(directory);
    const config = this.config(check);
    const service = this.service(config);
    this.probe = this.look(check, config, service);
  }

  private directory(): Directory {
    const { host } = this.args;
    // with the note of hosts that leave
    const args = { host: host.data, path: this.path, onDelete: OnDelete.Purge };
    return new Directory(this.child("dir"), args, { parent: this.parent });
  }

  private check(directory: Directory): File {
    const { host, virtual, settings, waits } = this.args;
    return new File(
      this.child("check"),
      {
        host: host.data,
        path: `${this.path}/check`,
        mode: "0755",
        content: renderCheck(virtual.address, settings.checks),
        validate: 'bash -n "$DBHA_FILE"',
      },
      { parent: this.parent, dependsOn: waitFor(waits, directory) },
    );
  }

  private config(check: File): File {
    const { host, virtual, places, settings, position } = this.args;
    const content = places.apply((all) =>
      renderKeepalived({
        name: this.name,
        virtual,
        routerId: settings.routerId ?? defaultRouterId(virtual),
        position,
        interface: (all[position] as Place).interface,
        ownAddress: (all[position] as Place).address,
        peers: all.flatMap(({ address }, i) => (i === position || address === "" ? [] : [address])),
        checkScript: `${this.path}/check`,
        leaving: this.leaving,
      }),
    );
    return new File(
      this.child("config"),
      {
        host: host.data,
        path: this.configFile,
        content,
        validate: places.apply(
          (all) => `${noteLeaving(this.configFile, this.leaving)}\n${validateKeepalived(all[position] as Place)}`,
        ),
        onChange: `if systemctl is-active --quiet ${this.unit}.service; then systemctl reload ${this.unit}.service; fi`,
      },
      { parent: this.parent, dependsOn: [check] },
    );
  }

  private service(config: File): Service {
    const { host, virtual, places, position } = this.args;
    const unit = places.apply((all) =>
      renderUnit({
        unit: this.unit,
        virtual,
        interface: (all[position] as Place).interface,
        config: this.configFile,
        leaving: this.leaving,
      }),
    );
    return new Service(
      this.child("service"),
      { host: host.data, name: `${this.unit}.service`, unit },
      { parent: this.parent, dependsOn: [config] },
    );
  }

  /** keepalived runs, the checks hold here, and they hold at the virtual IP, wherever it is. */
  private look(check: File, config: File, service: Service): Probe {
    const { host, virtual } = this.args;
    return new Probe(
      this.child("probe"),
      {
        host: host.data,
        command: `systemctl is-active ${this.unit}.service && ${this.path}/check && ${this.path}/check ${virtual.address}`,
        about: `virtual IP ${virtual.address}`,
        interval: 1,
        timeout: 60,
        watched: { unit: `${this.unit}.service` },
        triggers: [check.sha256, config.sha256, service.unit.apply((text) => text ?? "")],
      },
      { parent: this.parent, dependsOn: [service] },
    );
  }

  private child(role: string): string {
    return `${this.name}-${role}-${this.args.host.hostName}`;
  }

  private get path(): string {
    return `/etc/dbha/vip-${this.name}`;
  }

  private get configFile(): string {
    return `${this.path}/keepalived.conf`;
  }

  private get leaving(): string {
    return `${this.path}/leaving`;
  }

  private get unit(): string {
    return virtualIpUnit(this.name);
  }
}
