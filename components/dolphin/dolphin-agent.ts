import type * as pulumi from "@pulumi/pulumi";
import { Service } from "../../provider/resources";
import type { Host } from "../host";
import { waitFor, type Waits } from "../rolling";
import type { DolphinCluster } from "./cluster";
import type { DolphinHost } from "./dolphin-host";
import { renderAgentUnit, renderNodesUnit, unitTimeout } from "./unit";

/** An agent, and the unit by which the nodes that it starts end. */
export class DolphinAgent {
  readonly service: Service;
  /** Whose changes are a reason to look at its nodes. */
  readonly reasons: pulumi.Output<string>[];

  /** @param waits what its start or restart waits for. */
  constructor(
    private readonly cluster: DolphinCluster,
    private readonly host: Host,
    private readonly on: DolphinHost,
    waits: Waits,
    private readonly parent: pulumi.Resource,
  ) {
    const config = on.sha256("agent");
    const { instance, settings } = cluster;
    const { stopTimeout } = settings;
    this.reasons = [config, on.version];
    const end = this.unit("nodes", instance.units.nodes, renderNodesUnit(instance), [], waits);
    const text = renderAgentUnit({ instance, stopTimeout });
    // it ends before its nodes, or it would start them again
    this.service = this.unit("agent", instance.units.agent, text, [config], waitFor(waits, end));
  }

  private child(role: string): string {
    return `${this.cluster.name}-${role}-${this.host.hostName}`;
  }

  private unit(role: string, unit: string, text: string, triggers: pulumi.Output<string>[], dependsOn: Waits): Service {
    const timeout = unitTimeout(this.cluster.settings.stopTimeout);
    return new Service(
      this.child(role),
      { host: this.on.data, name: `${unit}.service`, unit: text, triggers, timeout },
      { parent: this.parent, dependsOn: waitFor(dependsOn, ...this.on.prepared) },
    );
  }
}
