import * as pulumi from "@pulumi/pulumi";
import type { NodeRow } from "./dolphin/node-rows";
import type { HostData } from "./host-data";
import type { DolphinNodeState } from "./dolphin-nodes";

/** Arguments of `getDolphinCluster`. */
export interface GetDolphinClusterArgs {
  /** Hosts as in `DolphinHostData`, those with a controller in the order in which they are asked. */
  hosts: { host: HostData; address: string; controller?: { alias: string; port: number } }[];
  /**
   * Whether the nodes have `enableHTTPS`.
   * @default false
   */
  https?: boolean;
  /**
   * Password of the user admin.
   * @default none: a guest asks, who is told nothing where clients have to log in
   */
  password?: string;
  /**
   * Seconds that an election may take.
   * @default 120
   */
  electionTimeout?: number;
}

/** What one look at a DolphinDB cluster found. */
export interface DolphinClusterSeen {
  /** Alias of the controller that leads; empty where none does, or none answers. */
  leader: string;
  /** Version of its server; empty where none leads. */
  version: string;
  /** All nodes; none where no controller answers. */
  nodes: DolphinNodeState[];
  /**
   * As whom it was asked: `given` and `builtIn` by which password of admin, `guest` without one; `refused` where admin has another one,
   * `silent` where no controller answers.
   */
  login: "given" | "builtIn" | "guest" | "refused" | "silent";
  /** The rows of cluster.nodes as the controllers have them; none for a guest. */
  rows: NodeRow[];
  /** cluster.cfg as the controllers have it, by key; nothing for a guest. Some values may be secrets. */
  parameters: Record<string, string>;
}

/** Looks once at a DolphinDB cluster. Runs in preview too. One that is down is no error. */
export function getDolphinCluster(
  args: GetDolphinClusterArgs,
  opts?: pulumi.InvokeOptions,
): Promise<DolphinClusterSeen> {
  return pulumi.runtime.invoke("dbha:index:getDolphinCluster", { ...args }, opts ?? {});
}
