import type * as pulumi from "@pulumi/pulumi";
import { Files, OnDelete, Probe, Service } from "../../provider/resources";
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
    const files = this.files();
    const service = this.service(files);
    this.probe = this.look(files, service);
  }

  /** The configuration comes after the script that it names. */
  private files(): Files {
    const { host, virtual, places, settings, waits } = this.args;
    const checkScript = {
      mode: "0755",
      content: renderCheck(virtual.address, settings.checks),
      validate: 'bash -n "$DBHA_FILE"',
    };
    const config = {
      content: places.apply((all) => this.config(all)),
      validate: places.apply(
        (all) =>
          `${noteLeaving(this.configFile, this.leaving)}\n${validateKeepalived(all[this.args.position] as Place)}`,
      ),
      onChange: `if systemctl is-active --quiet ${this.unit}.service; then systemctl reload ${this.unit}.service; fi`,
    };
    return new Files(
      this.child("files"),
      {
        host: host.data,
        // with the note of hosts that leave
        directories: { [this.path]: { onDelete: OnDelete.Purge } },
        files: { [this.checkScript]: checkScript, [this.configFile]: config },
      },
      { parent: this.parent, dependsOn: waitFor(waits) },
    );
  }

  private config(places: Place[]): string {
    const { virtual, settings, position } = this.args;
    const own = places[position] as Place;
    return renderKeepalived({
      name: this.name,
      virtual,
      routerId: settings.routerId ?? defaultRouterId(virtual),
      position,
      interface: own.interface,
      ownAddress: own.address,
      peers: places.flatMap(({ address }, i) => (i === position || address === "" ? [] : [address])),
      checkScript: this.checkScript,
      leaving: this.leaving,
    });
  }

  private service(files: Files): Service {
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
      { parent: this.parent, dependsOn: [files] },
    );
  }

  /** keepalived runs, the checks hold here, and they hold at the virtual IP, wherever it is. */
  private look(files: Files, service: Service): Probe {
    const { host, virtual } = this.args;
    return new Probe(
      this.child("probe"),
      {
        host: host.data,
        command: `systemctl is-active ${this.unit}.service && ${this.checkScript} && ${this.checkScript} ${virtual.address}`,
        about: `virtual IP ${virtual.address}`,
        interval: 1,
        timeout: 60,
        watched: { unit: `${this.unit}.service` },
        triggers: [
          files.sha256(this.checkScript),
          files.sha256(this.configFile),
          service.unit.apply((text) => text ?? ""),
        ],
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

  private get checkScript(): string {
    return `${this.path}/check`;
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
