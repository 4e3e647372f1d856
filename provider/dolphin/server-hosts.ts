import type { Context } from "../kinds/kind";
import { backupMetadata, proveBackup, pruneBackups, restoreMetadata } from "../scripts/dolphin-metadata";
import { readServer, switchServer } from "../scripts/dolphin-server";
import type { Script, Values } from "../scripts/script";
import { controllersOf, present, type ClusterAccess, type ClusterHost } from "./site";

/** The server that is wanted, and where it and the backups are on each host. */
export type WantedServer = {
  version: string;
  /** Directories of the unpacked package by host. */
  packages: Record<string, string>;
  server: string;
  directory: string;
  backups: string;
  keep: number;
  /** Whether all nodes are stopped, or those of one host after the other. */
  mode: "offline" | "rolling";
  rollback?: { backup: string; loseNewData: boolean } | undefined;
};

/** What nodes of a host run from; with empty texts nothing yet. */
export interface InstalledServer {
  version: string;
  package: string;
  backups: string[];
}

/** A script on hosts may read and write gigabytes. */
const longLimit = 3_600_000;

/** What is done with server and metadata on the hosts of a cluster that are not lost. */
export class ServerHosts {
  constructor(
    private readonly access: ClusterAccess,
    private readonly wanted: WantedServer,
    private readonly context: Context,
  ) {}

  get all(): ClusterHost[] {
    return present(this.access.hosts);
  }

  /** What each host runs from. */
  async installed(): Promise<Map<string, InstalledServer>> {
    const { server, backups } = this.wanted;
    const found = await Promise.all(
      this.all.map(async (one) => {
        const answer = await this.run(one, "look at the server's directory", readServer, { server, backups });
        const told = { version: answer.must("version", /^\S*$/), package: answer.must("package", /^\S*$/) };
        return [one.host.name, { ...told, backups: answer.all("backup") }] as const;
      }),
    );
    return new Map(found);
  }

  /** What was noted with a backup. */
  async about(backup: string): Promise<string> {
    const first = controllersOf(this.access.hosts)[0] as ClusterHost;
    const answer = await this.run(first, "look at the backup", proveBackup, this.named(backup));
    return answer.must("about", /^\S*$/);
  }

  prove(backup: string): Promise<void> {
    return this.each("prove the backup", this.all, () => ({ script: proveBackup, values: this.named(backup) }));
  }

  /** @param metadata directories by host */
  backUp(
    { backup, metadata, about }: { backup: string; metadata: Record<string, string[]>; about: string },
    hosts = this.all,
  ): Promise<void> {
    return this.each("back up the metadata", hosts, ({ host }) => ({
      script: backupMetadata,
      values: { ...this.named(backup), about },
      list: metadata[host.name] ?? [],
    }));
  }

  restore(backup: string): Promise<void> {
    const values = this.named(backup);
    return this.each("go back to the metadata", this.all, () => ({ script: restoreMetadata, values }));
  }

  switch(hosts = this.all): Promise<void> {
    const { server, version, packages } = this.wanted;
    return this.each("put the server in place", hosts, ({ host }) => ({
      script: switchServer,
      values: { server, version, package: packages[host.name] ?? "" },
    }));
  }

  prune(): Promise<void> {
    const { backups, keep } = this.wanted;
    return this.each("remove old backups", this.all, () => ({ script: pruneBackups, values: { backups, keep } }));
  }

  private named(name: string): { backups: string; name: string } {
    return { backups: this.wanted.backups, name };
  }

  private run<P extends string>(
    { host }: ClusterHost,
    name: string,
    script: Script<P>,
    values: Values<P>,
    list: string[] = [],
  ) {
    const more = script.list ? { list } : {};
    return this.context.remote(host).run({ name, script, values, ...more, limit: longLimit });
  }

  private async each<P extends string>(
    name: string,
    hosts: ClusterHost[],
    of: (host: ClusterHost) => { script: Script<P>; values: Values<P>; list?: string[] },
  ): Promise<void> {
    this.context.status(name);
    const all = hosts.map((host) => {
      const { script, values, list } = of(host);
      return this.run(host, name, script, values, list);
    });
    // one that fails is told of when the others have ended
    const failed = (await Promise.allSettled(all)).find((one) => one.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }
}
