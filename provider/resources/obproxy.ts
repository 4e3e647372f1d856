import * as pulumi from "@pulumi/pulumi";
import type { HostData } from "./host-data";

/** Arguments of `getObproxy`. */
export interface GetObproxyArgs {
  /** The host that the proxy runs on. */
  host: HostData;
  /**
   * Port of SQL on the host.
   * @default 2883
   */
  port?: number;
  /**
   * Passwords of root@proxysys, tried in this order, then none.
   * @default []
   */
  passwords?: string[];
  /**
   * What `observer_sys_password` is to be.
   * @default none: it is not compared
   */
  observerPassword?: string;
  /**
   * Names of parameters, as `show proxyconfig` lists them.
   * @example ["proxy_mem_limited"]
   */
  parameters: string[];
}

/** What one look at an OBProxy found. */
export interface ObproxySeen {
  /** `given` with one of the passwords, `open` without one, `refused` with each, `silent` where no proxy answers. */
  login: "given" | "open" | "refused" | "silent";
  /** Values by name; one that it does not know is missing. */
  parameters: Record<string, string>;
  /** Whether the password for the cluster that is in force is the `same`, an `other` one, or `none`; `unknown` where it does not tell. */
  observerPassword: "same" | "other" | "none" | "unknown";
  /** What went wrong, in words; empty where nothing did. */
  detail: string;
}

/**
 * Asks an OBProxy that runs on a host, whoever started it, for its parameters. Changes nothing; runs in preview too.
 * @throws when the host itself cannot be reached, naming the host and what to check
 */
export function getObproxy(args: GetObproxyArgs, opts?: pulumi.InvokeOptions): Promise<ObproxySeen> {
  return pulumi.runtime.invoke("dbha:index:getObproxy", { ...args }, opts ?? {});
}
