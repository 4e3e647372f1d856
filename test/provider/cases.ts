import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { PluginClient, Properties, StartOptions } from "./plugin-client";
import { Sshd, SshdOptions, startSshd } from "./sshd";

/** A plugin and a host it can reach: what most tests stand on. */
export interface Bench {
  sshd: Sshd;
  plugin: PluginClient;
  /** The host's data, as a program would give it. */
  host: Properties;
  /** A fresh directory on the host. */
  directory(): string;
  stop(): Promise<void>;
}

/** The data of a host that is the given sshd. */
export function hostOf(sshd: Sshd, more: Properties = {}): Properties {
  const hostKeys = Object.values(sshd.hostKeys);
  return { name: "p1", address: "127.0.0.1", port: sshd.port, user: sshd.user, hostKeys, ...more };
}

export async function startBench(sshdOptions: SshdOptions = {}, options: StartOptions = {}): Promise<Bench> {
  const sshd = await startSshd(sshdOptions);
  const config = { privateKeyFile: sshd.privateKeyFile, ...options.config };
  const plugin = await PluginClient.start({ ...options, config });
  let count = 0;
  return {
    sshd,
    plugin,
    host: hostOf(sshd),
    directory: () => {
      count += 1;
      const path = join(sshd.directory, `case ${count}`);
      mkdirSync(path);
      return path;
    },
    stop: async () => {
      await plugin.stop();
      await sshd.stop();
    },
  };
}

/** Waits until a condition holds; fails after ten seconds. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const end = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > end) {
      throw new Error(`${what}: not within 10 s`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
