import type * as pulumi from "@pulumi/pulumi";
import { Directory, Files, type HostData, OnDelete } from "../../provider/resources";
import type { Host } from "../host";
import type { DolphinCluster } from "./cluster";
import { directoriesOf, isBelow } from "./directories";
import { cfgPath, hostFiles } from "./host-files";
import { serverPackage } from "./server-package";

/** What is prepared on a host before a node of it starts: server, user, directories and files. */
export class DolphinHost {
  /** What its nodes need to start, but for the licence and the server in its place. */
  readonly prepared: pulumi.Resource[];
  /** Directory of the package that is wanted. */
  readonly version: pulumi.Output<string>;
  /** What the licence needs: the directory that it lies in, and the user that owns it. */
  readonly owning: pulumi.Resource[];
  private readonly files: Files;
  readonly data: pulumi.Output<HostData>;

  /**
   * Children are `${name}-role-host`.
   * @param fit resolved when the hosts have been found fit; nothing is made before.
   */
  constructor(
    private readonly cluster: DolphinCluster,
    private readonly host: Host,
    fit: pulumi.Output<unknown>,
    private readonly parent: pulumi.Resource,
  ) {
    const { instance } = cluster;
    this.data = fit.apply(() => host.data);
    const unpacked = serverPackage(cluster, host, this.data, parent);
    this.version = unpacked.directory;
    // after the package, as a controller that starts by itself reads what is there by then
    const after = { parent, dependsOn: [unpacked.resource] };
    this.files = new Files(this.child("files"), { host: this.data, ...hostFiles(cluster, host) }, after);
    // it lies in the directory of the packages, which goes when it is empty
    const purged = { host: this.data, path: instance.server, onDelete: OnDelete.Purge };
    const server = new Directory(this.child("server"), purged, after);
    this.owning = [this.files, server];
    this.prepared = [unpacked.resource, ...this.owning, ...this.directories()];
  }

  /** SHA-256 of a node's own .cfg file, known when it is written. */
  sha256(mode: "controller" | "agent"): pulumi.Output<string> {
    return this.files.sha256(cfgPath(this.cluster.instance, mode));
  }

  private child(role: string): string {
    return `${this.cluster.name}-${role}-${this.host.hostName}`;
  }

  /**
   * What nodes write to outside their home: a resource each, as each goes with the last node that has it. Of a cluster that was made by
   * hand they must be there.
   */
  private directories(): Directory[] {
    const { instance, settings } = this.cluster;
    const { user, directory, config, logs, byHand } = instance;
    if (byHand !== undefined) return [];
    const args = {
      host: this.data,
      owner: user,
      group: user,
      mode: "0750",
      onDelete: settings.keepData ? OnDelete.Keep : OnDelete.Purge,
    };
    const made = new Map<string, Directory>();
    for (const path of directoriesOf(settings, this.cluster.on(this.host))) {
      if ([directory, config, logs].includes(path)) continue;
      const above = [...made].filter(([other]) => isBelow(path, other)).map(([, one]) => one);
      const opts = { parent: this.parent, dependsOn: [this.files, ...above] };
      made.set(path, new Directory(this.child(`directory-${path}`), { ...args, path }, opts));
    }
    return [...made.values()];
  }
}
