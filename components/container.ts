import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import { whenLost, type Host } from "./host";

/**
 * What every container of dbha has in common: the host's network as the documents ask for, back after a reboot, bounded
 * logs. Network, log and IPC settings are explicit because the docker provider would otherwise see Docker's defaults as
 * changes at every run.
 */
export const containerDefaults = {
  networkMode: "host",
  ipcMode: "private",
  restart: "unless-stopped",
  logDriver: "json-file",
  logOpts: { "max-size": "50m", "max-file": "3" },
  mustRun: true,
} satisfies Partial<docker.ContainerArgs>;

/** A container on a host. The docker provider contacts nothing for one that does not change, so a lost host may be off. */
export function container(
  name: string,
  host: Host,
  args: docker.ContainerArgs,
  opts: pulumi.CustomResourceOptions,
): docker.Container {
  return new docker.Container(
    name,
    { ...containerDefaults, ...args },
    {
      ...opts,
      provider: host.docker,
      deleteBeforeReplace: true,
      ...whenLost(host),
    },
  );
}
