import * as pulumi from "@pulumi/pulumi";
import { getHealth, type Probe } from "../../provider/resources";
import { virtualIpChanges } from "../changes/building-blocks";
import { isPartOfAnother, NotedArgs } from "../changes/noted-args";
import { virtualIpClaims } from "../claims/blocks";
import { claimHosts } from "../claims/registry";
import { factsOf, living, type Host } from "../host";
import { joiningLast, rolling, standbyFirst } from "../rolling";
import { parseNamed, refusal, unknown } from "../validation";
import type { VirtualIpArgs } from "./args";
import { findPlace, holderCommand, parseNetwork, placeOfLost } from "./network";
import type { Network, Place } from "./network";
import { placeProblems, twoHolders } from "./preflight";
import { virtualIpName, virtualIpSchema } from "./schema";
import type { VirtualIpSettings } from "./schema";
import { virtualIpUnit } from "./unit";
import { VirtualIpHost } from "./virtual-ip-host";

/** What is known of one host of a virtual IP. */
export interface VirtualIpHostStatus {
  /** Name of the host. */
  host: string;
  /** The interface that gets the address; empty for a lost host. */
  interface: string;
  /** Whether keepalived ran and the checks held there at the last `up` or `refresh`. */
  healthy: boolean;
  /** Whether it had the address when this program ran last. */
  holder: boolean;
}

/**
 * An address that moves between hosts by keepalived (VRRP version 3, unicast): to the next host when the one that has it dies,
 * loses its keepalived, or fails a check. keepalived is the host's own package; it runs by a unit of its own.
 *
 * Hosts are changed one after the other, the one that has the address after those that could take it, and new ones last.
 */
export class VirtualIp extends pulumi.ComponentResource {
  /** The address, without prefix length; known when it answers. */
  readonly address: pulumi.Output<string> = unknown();
  /** The hosts with their state. */
  readonly hosts: pulumi.Output<VirtualIpHostStatus[]> = unknown();
  /** What shows that the address works on a host. */
  readonly probes: Map<Host, Probe> = new Map();

  /**
   * @param name names the unit `dbha-vip-NAME.service` and the directory `/etc/dbha/vip-NAME` on the hosts.
   * @throws pulumi.ResourceError that lists every argument that was refused; a preview tells them and goes on.
   */
  constructor(name: string, args: VirtualIpArgs, opts?: pulumi.ComponentResourceOptions) {
    const noted = new NotedArgs(`VirtualIp ${name}`, virtualIpChanges, virtualIpSchema, args, opts);
    super("dbha:index:VirtualIp", name, noted.inputs, noted.options);
    const settings = parseNamed(virtualIpName, virtualIpSchema, args, this, "VirtualIp", name);
    if (settings === undefined) return;
    noted.resource = this;
    const claims = { owner: `VirtualIp ${name}`, claims: virtualIpClaims(settings.hosts, name, "name", settings) };
    if (!isPartOfAnother(opts) && !claimHosts(claims, this)) return;
    const virtual = parseNetwork(settings.address);
    const places = this.places(name, settings, virtual);
    const hosts = this.deploy(name, settings, virtual, places);
    settings.hosts.forEach((host, i) => this.probes.set(host, (hosts[i] as VirtualIpHost).probe));
    this.address = pulumi.all(hosts.map((host) => host.probe.healthy)).apply(() => virtual.address);
    this.hosts = pulumi
      .all(settings.hosts.map((host, i) => this.status(host, hosts, i, virtual, places)))
      .apply((all) => this.watched(virtual, all));
    this.registerOutputs({ address: this.address, hosts: this.hosts });
  }

  /** Where the address goes on each host, found out in preview too. Every host that it cannot go to is told at once. */
  private places(name: string, { hosts, ...settings }: VirtualIpSettings, virtual: Network): pulumi.Output<Place[]> {
    return pulumi.output(
      factsOf(living(hosts)).then((known) => {
        const problems = known.flatMap(({ host, facts }) =>
          placeProblems(host, facts, virtual, settings.interface, hosts.length),
        );
        if (problems.length > 0) throw refusal(`VirtualIp ${name}: its hosts are not ready`, problems, this);
        const places = new Map(
          known.map(({ host, facts }) => [
            host,
            findPlace(virtual, facts.addresses, host.address, settings.interface) as Place,
          ]),
        );
        return hosts.map((host) => places.get(host) ?? placeOfLost(virtual, host.address));
      }),
    );
  }

  private deploy(
    name: string,
    settings: VirtualIpSettings,
    virtual: Network,
    places: pulumi.Output<Place[]>,
  ): VirtualIpHost[] {
    // Those that have the address, or could take it, must know of a new host before it starts, else it hears nobody and takes it.
    const order = standbyFirst(settings.hosts, virtual.address).then((hosts) =>
      joiningLast(hosts, `${virtualIpUnit(name)}.service`),
    );
    return rolling(settings.hosts, order, settings.after, (host, waits) => {
      const position = settings.hosts.indexOf(host);
      return new VirtualIpHost(name, { host, position, virtual, places, settings, waits }, this);
    });
  }

  /** Who has the address is asked anew at every run, so that it is no difference that a refresh would find. */
  private status(
    host: Host,
    deployed: VirtualIpHost[],
    position: number,
    virtual: Network,
    places: pulumi.Output<Place[]>,
  ): pulumi.Output<VirtualIpHostStatus> {
    if (host.isLost) return pulumi.output({ host: host.hostName, interface: "", healthy: false, holder: false });
    const healthy = pulumi.all(deployed.map(({ probe }) => probe.healthy));
    const holds = healthy.apply(() =>
      host.answered(getHealth({ host: host.data, command: holderCommand(virtual) }, { parent: this })),
    );
    return pulumi.all([places, healthy, holds]).apply(([all, healths, { healthy: holder }]) => ({
      host: host.hostName,
      interface: (all[position] as Place).interface,
      healthy: healths[position] as boolean,
      holder,
    }));
  }

  /** Warns when the hosts do not hear each other, so that more than one has the address. */
  private watched(virtual: Network, hosts: VirtualIpHostStatus[]): VirtualIpHostStatus[] {
    const holders = hosts.filter((one) => one.holder).map((one) => one.host);
    if (holders.length > 1) void pulumi.log.warn(twoHolders(virtual, holders), this);
    return hosts;
  }
}
