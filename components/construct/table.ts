import type * as pulumi from "@pulumi/pulumi";
import { Certificate } from "../certificate";
import { DolphinHaCluster } from "../dolphin";
import { Host } from "../host";
import { LoadBalancer } from "../load-balancer";
import { OdcHaDeployment } from "../odc";
import { OdpWithWatchdog } from "../odp";
import { OmsMultiNode } from "../oms";
import { VirtualIp } from "../virtual-ip";

/** A component's class. Its constructor checks the arguments, whatever they are. */
export type ComponentClass = new (
  name: string,
  args: never,
  opts: pulumi.ComponentResourceOptions,
) => pulumi.ComponentResource;

/** The components that programs of any language make; the names are those of their types and of their arguments' interfaces. */
export const componentClasses = {
  Certificate,
  DolphinHaCluster,
  Host,
  LoadBalancer,
  OdcHaDeployment,
  OdpWithWatchdog,
  OmsMultiNode,
  VirtualIp,
} satisfies Record<string, ComponentClass>;
