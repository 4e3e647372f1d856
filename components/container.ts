import type * as docker from "@pulumi/docker";

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
