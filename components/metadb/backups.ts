import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { Directory, OnDelete } from "../../provider/resources";
import { living, type Host } from "../host";
import { waitFor, type Waits } from "../rolling";
import { shellWord } from "../shell-word";
import { metaDbCommand, said } from "./command";
import type { MetaDbProcedure } from "./script";
import { BackupProof, type MetaDbBackup, type MetaDbFailure } from "./types";

interface BackupSettings {
  directory: string;
  keep: number;
  keepOnDestroy: boolean;
}

/** What is backed up, where to, and how many backups stay. */
export interface MetaDbBackupsArgs {
  /** Hosts of the nodes: the first that is not lost makes the backups. */
  nodes: Host[];
  backup: BackupSettings;
  /** Where they lie: {@link backupDirectory}. */
  directory: Directory;
  /** Connection, databases and version. */
  metaDb: pulumi.Output<Pick<MetaDbProcedure, "metaDb" | "databases" | "version">>;
  /** Whose change is the reason for a backup. */
  trigger: pulumi.Output<string>;
  /** What must be done before it. */
  after: Waits;
  /**
   * That a backup fails is an answer, for those who have something to do before they fail: see `problem`. Their trigger must
   * have `failedAttempt` in it, or the next run would not try again.
   */
  attempt?: boolean;
}

/** A command that prints when a backup failed last on the host that makes them, where that is an answer; nothing when none has. */
export const failedAttempt = ({ directory }: { directory: string }, name: string): string =>
  `sed -n '1s/ .*//p' ${shellWord(`${directory}/${name}-failed-backup.txt`)} 2>/dev/null`;

/**
 * The directory of the backups on the host that makes them. What is noted beside them, such as a step that was begun, waits for it.
 * @param name the deployment's name; children are `${name}-backup-dir-host`.
 */
export function backupDirectory(
  name: string,
  nodes: Host[],
  { directory: path, keepOnDestroy }: BackupSettings,
  parent: pulumi.Resource,
): Directory {
  const onDelete = keepOnDestroy ? OnDelete.RemoveIfEmpty : OnDelete.Purge;
  const on = (host: Host) =>
    new Directory(`${name}-backup-dir-${host.hostName}`, { host: host.data, path, mode: "0700", onDelete }, { parent });
  // One that was on a lost host must learn of it before it can leave the state.
  nodes.filter((host) => host.isLost).forEach(on);
  return on(living(nodes)[0] as Host);
}

/** The backups of a MetaDB on the host of the first node that is not lost. */
export class MetaDbBackups {
  /** Made, and proven, before nodes get another image. */
  readonly made: command.remote.Command;
  /** Why none could be made, where that is an answer; an empty text where it was made. */
  readonly problem: pulumi.Output<string>;
  private readonly procedure: pulumi.Output<MetaDbProcedure>;
  private readonly host: Host;
  private readonly directory: Directory;

  /** @param name the deployment's name; children are `${name}-backup-host` and `${name}-backups-host`. */
  constructor(
    private readonly name: string,
    { nodes, backup, directory, metaDb, trigger, after, attempt = false }: MetaDbBackupsArgs,
    private readonly parent: pulumi.Resource,
  ) {
    this.host = living(nodes)[0] as Host;
    this.directory = directory;
    this.procedure = metaDb.apply((db) => ({ ...db, directory: backup.directory, name, keep: backup.keep }));
    const procedures = { create: attempt ? "attempt" : "backup", update: "newest" };
    this.made = metaDbCommand(this.child("backup"), this.host, procedures, [trigger], this.procedure, {
      parent,
      dependsOn: waitFor(after, this.directory),
    });
    this.problem = attempt ? said(this.made).apply(problemIn) : pulumi.output("");
  }

  /**
   * Removes the backups that are too many, and tells the others, the newest last.
   * @param after what must be well before a backup may go.
   */
  list(after: pulumi.Resource[]): pulumi.Output<MetaDbBackup[]> {
    const procedures = { create: "list", update: "list" };
    const listed = metaDbCommand(this.child("backups"), this.host, procedures, [said(this.made)], this.procedure, {
      parent: this.parent,
      dependsOn: [this.directory, this.made, ...after],
    });
    return said(listed).apply(async (text) => {
      const backups = JSON.parse(text) as MetaDbBackup[];
      await this.warnOf(backups.at(-1));
      return backups;
    });
  }

  /** Says what keeps backups from being proven by a restore, at every run until it is granted. */
  private async warnOf({ path, proof, missingGrant }: Partial<MetaDbBackup> = {}): Promise<void> {
    if (proof !== BackupProof.Inspected) return;
    await pulumi.log.warn(
      `the backup ${path} was looked through, but not restored for a proof: the MetaDB's user may not make the scratch database for it; fix: run there ${missingGrant}`,
      this.parent,
    );
  }

  private child(role: string): string {
    return `${this.name}-${role}-${this.host.hostName}`;
  }
}

/** Why what a procedure said is a failure; nothing where it is none, or it said nothing. */
export const problemIn = (text: string): string =>
  text === "" ? "" : ((JSON.parse(text) as Partial<MetaDbFailure>).problem ?? "");
