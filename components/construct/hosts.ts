import * as pulumi from "@pulumi/pulumi";
import { Host } from "../host";

/** The hosts of each run, by URN; a run goes with its connection to the engine. */
const runs = new WeakMap<object, Map<string, Host>>();

const hostsOfRun = (): Map<string, Host> => {
  const run = pulumi.runtime.getMonitor() as object;
  const hosts = runs.get(run) ?? new Map<string, Host>();
  runs.set(run, hosts);
  return hosts;
};

/** Keeps a host for the components that refer to it. */
export const rememberHost = (urn: string, host: Host): void => void hostsOfRun().set(urn, host);

/** The host that a reference means; undefined where this process made none of that URN. */
export const hostOf = (urn: string): Host | undefined => hostsOfRun().get(urn);
