import * as pulumi from "@pulumi/pulumi";
import { HostData } from "./host-data";
import { HttpProbe, TcpProbe } from "./probe";

/** Arguments of `getHealth`; exactly one of `http`, `tcp` and `command`. */
export interface GetHealthArgs {
  /** The host from whose point of view is looked. */
  host: HostData;
  /** An HTTP request; healthy when status and JSON values are the expected ones. */
  http?: HttpProbe;
  /** A TCP connection; healthy when it is accepted. */
  tcp?: TcpProbe;
  /**
   * A shell command run on the host; healthy when it ends with zero. It travels on stdin, never in an argument list, and
   * no message quotes it. It runs in preview too: let it change nothing.
   */
  command?: string;
  /**
   * Values to take from the JSON that a healthy answer (or the command's output) holds: name -> JSON pointer.
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
 * Looks once, for at most ten seconds (a command: a minute), whether something on a host is healthy. Runs in preview too. What refuses or does
 * not answer is unhealthy.
 * @throws when the host itself cannot be reached, naming the host and what to check
 */
export function getHealth(args: GetHealthArgs, opts?: pulumi.InvokeOptions): Promise<Health> {
  return pulumi.runtime.invoke("dbha:index:getHealth", { ...args }, opts ?? {});
}
