import type * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { Directory, File, type HostData, OnDelete } from "../../provider/resources";
import type { Host } from "../host";
import { systemUser } from "../system-user";
import type { DolphinCluster } from "./cluster";
import { directoriesOf, isBelow } from "./directories";
import { withSecrets } from "./secrets";
import { serverPackage } from "./server-package";
import { renderStopNodes } from "./stop-nodes";

/** What is prepared on a host before a node of it starts: user, directories, server. */
export class DolphinHost {
  /** What its nodes need to start, but for the licence and the server in its place. */
  readonly prepared: pulumi.Resource[];
  /** Directory of the package that is wanted. */
  readonly version: pulumi.Output<string>;
  /** What the licence needs: the directory that it lies in, and the user that owns it. */
  readonly owning: pulumi.Resource[];
  private readonly server: Directory;
  private readonly user: command.remote.Command;
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
    const { name, instance } = cluster;
    const { user, directory: home } = instance;
    this.data = fit.apply(() => host.data);
    this.user = systemUser(this.child("user"), { host, fit, user, home, comment: `dolphin-${name}` }, parent);
    const unpacked = serverPackage(cluster, host, this.data, parent);
    this.version = unpacked.directory;
    // it lies in the directory of the packages, which goes when it is empty
    this.server = this.directory("server", instance.server, { onDelete: OnDelete.Purge }, [unpacked.resource]);
    this.owning = [this.user, this.server];
    this.prepared = [...this.home(), unpacked.resource, this.server, this.stopNodes()];
  }

  /** A node's own .cfg file, which may hold secrets. */
  configFile(role: "controller" | "agent", text: string): File {
    const { user, config } = this.cluster.instance;
    return new File(
      this.child(`${role}-cfg`),
      {
        host: this.data,
        path: `${config}/${role}.cfg`,
        content: withSecrets(text),
        mode: "0640",
        owner: user,
        group: user,
      },
      { parent: this.parent, dependsOn: this.prepared },
    );
  }

  private child(role: string): string {
    return `${this.cluster.name}-${role}-${this.host.hostName}`;
  }

  private directory(
    role: string,
    path: string,
    args: { owner?: string; group?: string; mode?: string; onDelete?: OnDelete },
    dependsOn: pulumi.Resource[] = [],
  ): Directory {
    return new Directory(this.child(role), { host: this.data, path, ...args }, { parent: this.parent, dependsOn });
  }

  /** The nodes' home, and what else they write to. */
  private home(): Directory[] {
    const { instance, settings } = this.cluster;
    const { user, directory, config, logs } = instance;
    const onDelete = settings.keepData ? OnDelete.Keep : OnDelete.Purge;
    const made = new Map<string, Directory>();
    const own = (role: string, path: string): void => {
      const above = [...made].filter(([other]) => isBelow(path, other)).map(([, one]) => one);
      const args = { owner: user, group: user, mode: "0750", onDelete };
      made.set(path, this.directory(role, path, args, [this.user, ...above]));
    };
    own("home", directory);
    own("config", config);
    own("logs", logs);
    for (const path of directoriesOf(settings, this.cluster.on(this.host)))
      if (!made.has(path)) own(`directory-${path}`, path);
    return [...made.values()];
  }

  private stopNodes(): File {
    const { instance, settings } = this.cluster;
    const scripts = this.directory("scripts", instance.scripts, {});
    const content = renderStopNodes({ instance, stopTimeout: settings.stopTimeout });
    return new File(
      this.child("stop-nodes"),
      { host: this.data, path: instance.stopNodes, mode: "0755", content, validate: 'bash -n "$DBHA_FILE"' },
      { parent: this.parent, dependsOn: [scripts] },
    );
  }
}
