import type { DolphinHostData } from "../../provider/resources";
import type { NodeRow } from "../../provider/resources/dolphin/node-rows";
import { living, type Host } from "../host";
import { knownHost } from "../host-schema";
import { givenPlaces, type Instance, instanceOf } from "./instance";
import { layoutOf, only, type PlacedNode } from "./layout";
import type { DolphinSettings } from "./schema";

/** A cluster as it is described: its nodes, and where all is on its hosts. */
export class DolphinCluster {
  readonly instance: Instance;
  readonly nodes: PlacedNode[];
  readonly https: boolean;

  constructor(
    readonly name: string,
    readonly settings: DolphinSettings<Host>,
  ) {
    this.instance = instanceOf(name, givenPlaces(settings));
    this.nodes = layoutOf(settings, knownHost);
    this.https = settings.parameters.controllers.enableHTTPS === true;
  }

  get hosts(): Host[] {
    return this.settings.hosts;
  }

  /** A host that can be asked. */
  get living(): Host {
    return living(this.hosts)[0] as Host;
  }

  /** The nodes of a host. */
  on(host: Host): PlacedNode[] {
    return this.nodes.filter(({ hostName }) => hostName === host.hostName);
  }

  controllerOn(host: Host): PlacedNode | undefined {
    return only(this.on(host), "controller")[0];
  }

  agentOn(host: Host): PlacedNode | undefined {
    return only(this.on(host), "agent")[0];
  }

  /** The hosts that have a controller, in the order of the description. */
  get controllerHosts(): Host[] {
    return only(this.nodes, "controller").map(
      ({ hostName }) => this.hosts.find((host) => host.hostName === hostName) as Host,
    );
  }

  /** The units of a host. */
  unitsOn(host: Host): string[] {
    const { units } = this.instance;
    return [
      ...(this.controllerOn(host) ? [units.controller] : []),
      ...(this.agentOn(host) ? [units.agent, units.nodes] : []),
    ];
  }

  /** Rows of cluster.nodes. */
  get rows(): NodeRow[] {
    return this.nodes.map(({ host, port, alias, mode, group, zone }) => ({ host, port, alias, mode, group, zone }));
  }

  /** How the plugin reaches the nodes: those with a controller first, in the order in which they are asked. */
  get access(): DolphinHostData[] {
    const { units } = this.instance;
    const first = this.controllerHosts;
    return [...first, ...this.hosts.filter((host) => !first.includes(host))].map((host) => {
      const controller = this.controllerOn(host);
      const agent = this.agentOn(host);
      return {
        host: host.data,
        address: (controller ?? agent ?? this.on(host)[0])?.host ?? host.address,
        ...(controller && { controller: { alias: controller.alias, port: controller.port } }),
        units: {
          ...(controller && { controller: `${units.controller}.service` }),
          ...(agent && { agent: `${units.agent}.service`, nodes: `${units.nodes}.service` }),
        },
      };
    });
  }
}
