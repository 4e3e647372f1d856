import { readLab, run } from "../../lab/src/lab";
import { labName } from "../test-lab";
import { PluginClient, Properties } from "./plugin-client";

/** A host of the lab: it has what no machine that runs tests can be asked for, systemd and a Docker Engine of its own. */
export interface LabBench {
  plugin: PluginClient;
  /** The plugin's configuration. */
  config: Properties;
  host: Properties;
  images: Record<string, { tarball: string; reference: string }>;
  /** Runs a shell command as root on the host, not by what is tested. @throws Error when it fails */
  on(command: string): Promise<string>;
}

export async function startLabBench(): Promise<LabBench> {
  const lab = readLab(labName);

  const config = { privateKeyFile: lab.privateKeyFile };
  const plugin = await PluginClient.start({ config });
  return {
    plugin,
    config,
    host: { ...lab.hosts.p3 },
    images: lab.images,
    on: (command) => run(lab, "p3", command),
  };
}

/** Does something while `curl` fails on the host, as it does where the Docker Engine has no socket for it. */
export async function withoutCurl(bench: LabBench, work: () => Promise<void>): Promise<void> {
  const curl = "/usr/local/bin/curl";
  await bench.on(`printf '#!/bin/sh\\nexit 7\\n' >${curl}; chmod 755 ${curl}`);
  await work().finally(() => bench.on(`rm -f ${curl}`));
}
