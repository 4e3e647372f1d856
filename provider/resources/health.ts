import * as pulumi from "@pulumi/pulumi";
import { HostData } from "./host-data";
import { HttpProbe, TcpProbe } from "./probe";

/** Arguments of `getHealth`; exactly one of `http` and `tcp`. */
export interface GetHealthArgs {
  /** The host from whose point of view is looked. */
  host: HostData;
  /** An HTTP request; healthy when status and JSON values are the expected ones. */
  http?: HttpProbe;
  /** A TCP connection; healthy when it is accepted. */
  tcp?: TcpProbe;
  /**
   * Values to take from the JSON that a healthy answer holds: name -> JSON pointer.
   * @default {}
   * @example { version: "/data/version" }
   */
  extract?: Record<string, string>;
}

/** What one look found. */
export interface Health {
  /** Whether the answer was the expected one. */
  healthy: boolean;
  /** The values that `extract` names, as text; empty unless healthy. */
  values: Record<string, string>;
  /** What was seen, in words: `HTTP 200`, `connection refused` … */
  detail: string;
}

/**
 * Looks once, for at most ten seconds, whether something on a host is healthy. Runs in preview too. What refuses or does
 * not answer is unhealthy.
 * @throws when the host itself cannot be reached, naming the host and what to check
 */
export function getHealth(args: GetHealthArgs, opts?: pulumi.InvokeOptions): Promise<Health> {
  return pulumi.runtime.invoke("dbha:index:getHealth", { ...args }, opts ?? {});
}
