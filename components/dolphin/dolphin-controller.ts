import type * as pulumi from "@pulumi/pulumi";
import { Probe, Service } from "../../provider/resources";
import type { Host } from "../host";
import { waitFor, type Waits } from "../rolling";
import type { DolphinCluster } from "./cluster";
import type { DolphinHost } from "./dolphin-host";
import type { PlacedNode } from "./layout";
import { leaderProbe } from "./leader-probe";
import { renderControllerUnit, unitTimeout } from "./unit";

/** A controller: its unit, and the probe that it knows a leader. */
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
    const config = on.sha256("controller");
    const { instance, settings } = cluster;
    this.service = new Service(
      this.child("controller"),
      {
        host: on.data,
        name: `${instance.units.controller}.service`,
        unit: renderControllerUnit({ instance, stopTimeout: settings.stopTimeout }),
        triggers: [config],
        timeout: unitTimeout(settings.stopTimeout),
      },
      { parent, dependsOn: waitFor(waits, ...on.prepared) },
    );
    this.probe = this.look(cluster.controllerOn(host) as PlacedNode, [config, on.version]);
  }

  private child(role: string): string {
    return `${this.cluster.name}-${role}-${this.host.hostName}`;
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
