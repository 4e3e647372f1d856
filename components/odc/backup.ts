import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { Directory, OnDelete } from "../../provider/resources";
import { living, type Host } from "../host";
import { waitFor, type Waits } from "../rolling";
import type { OdcMetaDb } from "./environment";
import { metaDbCommand, said } from "./metadb-command";
import type { MetaDbProcedure } from "./metadb-script";
import type { OdcSettings } from "./schema";

/** A backup of the MetaDB. */
export interface OdcBackup {
  /** Where it lies on the first node's host: SQL, gzipped. */
  path: string;
  /** Its size in bytes. */
  bytes: number;
  /** How many tables it has. */
  tables: number;
  /** Version of the MetaDB's schema, by ODC's record of its migrations. */
  version: string;
}

/** The backups of the MetaDB on the host of the first node that is not lost. */
export class OdcBackups {
  /** Made before nodes get another image. */
  readonly made: command.remote.Command;
  private readonly procedure: pulumi.Output<MetaDbProcedure>;
  private readonly host: Host;
  private readonly directory: Directory;

  /**
   * @param name the deployment's name; children are `${name}-backup…`.
   * @param imageId whose change is the reason for a backup.
   * @param after what must be done before it.
   */
  constructor(
    private readonly name: string,
    { nodes, backup }: OdcSettings<Host>,
    metaDb: pulumi.Output<OdcMetaDb>,
    imageId: pulumi.Output<string>,
    after: Waits,
    private readonly parent: pulumi.Resource,
  ) {
    this.host = living(nodes)[0] as Host;
    const onDelete = backup.keepOnDestroy ? OnDelete.Keep : OnDelete.Purge;
    const directoryOn = (host: Host) => {
      const args = { host: host.data, path: backup.directory, mode: "0700", onDelete };
      return new Directory(`${name}-backup-dir-${host.hostName}`, args, { parent });
    };
    this.directory = directoryOn(this.host);
    // One that was on a lost host must learn of it before it can leave the state.
    nodes.filter((host) => host.isLost).forEach(directoryOn);
    const { directory, keep } = backup;
    this.procedure = metaDb.apply((db) => ({ metaDb: db, directory, name, keep }));
    const procedures = { create: "backup", update: "newest" };
    this.made = metaDbCommand(this.child("backup"), this.host, procedures, [imageId], this.procedure, {
      parent,
      dependsOn: waitFor(after, this.directory),
    });
  }

  /**
   * Removes the backups that are too many, and tells the others, the newest last.
   * @param after what must be well before a backup may go.
   */
  list(after: pulumi.Resource[]): pulumi.Output<OdcBackup[]> {
    const procedures = { create: "list", update: "list" };
    const listed = metaDbCommand(this.child("backups"), this.host, procedures, [said(this.made)], this.procedure, {
      parent: this.parent,
      dependsOn: [this.directory, this.made, ...after],
    });
    return said(listed).apply((text) => JSON.parse(text) as OdcBackup[]);
  }

  private child(role: string): string {
    return `${this.name}-${role}-${this.host.hostName}`;
  }
}
