import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { type File, Probe, Service } from "../../provider/resources";
import { renderClusterNodes } from "../../provider/resources/dolphin/node-rows";
import type { Host } from "../host";
import { nodeCommand } from "../metadb/command";
import { waitFor, type Waits } from "../rolling";
import type { DolphinCluster } from "./cluster";
import { renderClusterCfg } from "./cluster-cfg";
import { renderControllerCfg } from "./controller-cfg";
import type { DolphinHost } from "./dolphin-host";
import { renderFirstFiles } from "./first-files";
import { homeOf, type PlacedNode } from "./layout";
import { leaderProbe } from "./leader-probe";
import { renderControllerUnit, unitTimeout } from "./unit";

/** A controller: its own file, what its group begins with, its unit, and the probe that it knows a leader. */
export class DolphinController {
  readonly service: Service;
  readonly probe: Probe;

  /**
   * @param on what is prepared on its host.
   * @param waits what its start or restart waits for.
   */
  constructor(
    private readonly cluster: DolphinCluster,
    private readonly host: Host,
    private readonly on: DolphinHost,
    waits: Waits,
    private readonly parent: pulumi.Resource,
  ) {
    const node = cluster.controllerOn(host) as PlacedNode;
    const config = this.configFile(node);
    const { instance, settings } = cluster;
    const reasons = [config.sha256, on.version];
    this.service = new Service(
      this.child("controller"),
      {
        host: on.data,
        name: `${instance.units.controller}.service`,
        unit: renderControllerUnit({ instance, stopTimeout: settings.stopTimeout }),
        triggers: [config.sha256],
        timeout: unitTimeout(settings.stopTimeout),
      },
      { parent, dependsOn: waitFor(waits, ...on.prepared, config, this.firstFiles(node)) },
    );
    this.probe = this.look(node, reasons);
  }

  private child(role: string): string {
    return `${this.cluster.name}-${role}-${this.host.hostName}`;
  }

  private configFile(controller: PlacedNode): File {
    const { settings } = this.cluster;
    const { parameters, server, zones, publicNames } = settings;
    const publicName = publicNames[this.host.hostName];
    const text = renderControllerCfg({
      controller,
      parameters: parameters.controllers,
      version: server.version,
      zones,
      ...(publicName !== undefined && { publicName }),
    });
    return this.on.configFile("controller", text);
  }

  private firstFiles(controller: PlacedNode): command.remote.Command {
    const { instance, settings, nodes, rows, living } = this.cluster;
    const script = renderFirstFiles(instance, homeOf(instance.directory, controller), {
      clusterNodes: renderClusterNodes(rows),
      clusterCfg: renderClusterCfg({ nodes, parameters: settings.parameters, publicNames: settings.publicNames }),
    });
    const text = this.on.data.apply(() => script);
    const procedures = { create: "first", update: "first" };
    return nodeCommand(this.child("first-files"), { host: this.host, living }, procedures, [], text, {
      parent: this.parent,
      dependsOn: this.on.prepared,
      // what comes later goes through the leader
      ignoreChanges: ["stdin"],
    });
  }

  private look(node: PlacedNode, reasons: pulumi.Output<string>[]): Probe {
    const { cluster } = this;
    const { instance, settings } = cluster;
    return new Probe(
      this.child("controller-probe"),
      {
        host: this.on.data,
        ...leaderProbe(node, cluster.https),
        interval: 1,
        timeout: settings.electionTimeout + settings.startTimeout,
        triggers: [this.service.unit.apply((text) => text ?? ""), ...reasons],
        watched: {
          unit: `${instance.units.controller}.service`,
          logFiles: [`${instance.logs}/controller.log`],
        },
      },
      { parent: this.parent, dependsOn: [this.service] },
    );
  }
}
