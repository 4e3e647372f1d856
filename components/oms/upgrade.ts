import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { living, type Host } from "../host";
import { backupDirectory, MetaDbBackups } from "../metadb/backups";
import { NOTHING_TO_DO, nodeCommand, said, scriptCommand } from "../metadb/command";
import { MetaDbRollback } from "../metadb/rollback";
import { renderMetaDbScript } from "../metadb/script";
import type { MetaDbBackup } from "../metadb/types";
import { waitFor, type Waits } from "../rolling";
import { compareVersions } from "../../provider/resources/version";
import { recordOf } from "./upgrade-record";
import { upgradeProcedure, type MetaDbSide } from "./ha";
import { procedureOf, type OmsMetaDb } from "./metadb";
import { onlyWith } from "./only-with";
import type { OmsSettings } from "./schema";
import type { Situation } from "./situation";
import { renderUpgradeScript } from "./upgrade-script";
import { containerNameOf } from "./versions";

/** What an upgrade needs beyond the settings of the deployment. */
export interface OmsUpgradeArgs {
  settings: OmsSettings<Host>;
  /** Hosts of all nodes, those of the default region first: the first that is not lost keeps the backups. */
  hosts: Host[];
  situation: Promise<Situation>;
  metaDb: pulumi.Output<OmsMetaDb>;
  /** What must be done before anything is stopped. */
  after: pulumi.Resource[];
}

/**
 * From one version to another, or back: all nodes are stopped, the MetaDB is backed up, and restored where that is asked for. Where
 * it cannot be backed up, the former containers are started again and the run fails. OMS is not upgraded node by node: nodes of
 * different versions would work on one MetaDB.
 */
export class OmsUpgrade {
  readonly backups: MetaDbBackups;
  /** What the nodes' containers wait for. */
  readonly done: pulumi.Resource[];
  /** Whose change is a reason to look whether a node is initialised. */
  readonly began: pulumi.Output<string>;
  /** The backup by which the last upgrade can be taken back; empty where there is none. */
  readonly wayBack: pulumi.Output<string>;
  /** The MetaDB from the host of its backups. */
  readonly side: MetaDbSide;

  /** @param name the deployment's name; children are `${name}-stop-host`, `${name}-go-host`, `${name}-again-host`, `${name}-backup…` and `${name}-restore`. */
  constructor(
    private readonly name: string,
    private readonly args: OmsUpgradeArgs,
    private readonly parent: pulumi.Resource,
  ) {
    const { settings, situation, after } = args;
    const metaDb = args.metaDb.apply(procedureOf);
    const hosts = living(args.hosts);
    this.began = pulumi.output(situation).trigger;
    const prepared = this.prepare(hosts[0] as Host);
    this.side = { name, host: hosts[0] as Host, directory: settings.backup.directory, metaDb: args.metaDb };
    const { side } = this;
    const rollback = new MetaDbRollback(
      name,
      { nodes: hosts, backup: settings.backup, rollback: settings.rollback, metaDb },
      parent,
    );
    // what is begun is noted there
    const directory = backupDirectory(name, args.hosts, settings.backup, parent);
    const ready = [...after, prepared, directory];
    const off = settings.manageHa ? [this.change("ha-off", "ha_off", side, ready)] : [];
    const before = [...ready, ...rollback.checks, ...off];
    const stops = hosts.map((host, i) => this.step("stop", host, "stop", "", before, i === 0));
    const trimmed = this.change("trim", "trim", side, stops);
    // a lost host must learn of it before what it had of this can leave the state
    for (const host of args.hosts.filter((one) => one.isLost)) this.step("stop", host, "stop", "", [], true);
    const { backup } = settings;
    const toBackUp = { nodes: args.hosts, backup, directory, metaDb, trigger: this.began, after: [trimmed] };
    this.backups = new MetaDbBackups(name, { ...toBackUp, attempt: true }, parent);
    this.wayBack = said(this.backups.made).apply((text) => formerBackup(text, settings.version));
    const gone = this.goOn(hosts, side, [...stops, this.backups.made]);
    const { restored } = rollback.restore([gone]);
    const again = settings.rollback ? hosts.map((host) => this.step("again", host, "again", "", [restored])) : [];
    this.done = [gone, restored, ...again];
  }

  /** HA as it was before, when all nodes serve. */
  finish(after: pulumi.Resource[]): pulumi.Resource[] {
    return this.args.settings.manageHa ? [this.change("ha-on", "ha_on", this.side, after)] : [];
  }

  private change(role: string, procedure: string, side: MetaDbSide, dependsOn: pulumi.Resource[]): pulumi.Resource {
    return upgradeProcedure(role, procedure, side, this.began, { parent: this.parent, dependsOn });
  }

  /** The databases of all regions, which the MetaDB has to have before a backup can be tried. */
  private prepare(host: Host): pulumi.Resource {
    const { settings, metaDb } = this.args;
    const procedure = metaDb.apply((db) => ({
      ...procedureOf(db),
      directory: settings.backup.directory,
      name: this.name,
    }));
    const databases = procedure.apply((known) => known.databases.join(" "));
    const procedures = { create: "prepare", update: "prepare" };
    const script = procedure.apply((known) => renderMetaDbScript(known, ["prepare"]));
    return scriptCommand(`${this.name}-databases`, host, procedures, [pulumi.unsecret(databases)], script, {
      parent: this.parent,
    });
  }

  /** The first host fails last, when all the others have started theirs again. A rollback needs no backup of what it takes back. */
  private goOn(hosts: Host[], side: MetaDbSide, after: pulumi.Resource[]): pulumi.Resource {
    const { settings } = this.args;
    const problem = settings.rollback ? pulumi.output("") : this.backups.problem;
    const [first, ...others] = hosts as [Host, ...Host[]];
    const back = onlyWith(problem, () => {
      const started = others.map((host) => this.step("go", host, "go", problem, after));
      return [...started, ...(settings.manageHa ? [this.change("ha-back", "ha_on", side, started)] : [])];
    });
    return this.step("go", first, "lead", problem, waitFor(back, ...after));
  }

  private step(
    role: string,
    host: Host,
    procedure: string,
    problem: pulumi.Input<string>,
    after: Waits,
    keepsRecord = false,
  ): command.remote.Command {
    const { settings } = this.args;
    const script = pulumi.all([problem, this.began]).apply(([known, trigger]) => {
      if (role === "go" && known === "") return NOTHING_TO_DO;
      return renderUpgradeScript(
        {
          name: this.name,
          prefix: settings.containerPrefix,
          container: containerNameOf(settings),
          record: keepsRecord ? recordOf(this.name, settings) : "",
          trigger,
          problem: known,
        },
        [procedure, ...(keepsRecord ? ["forget"] : [])],
      );
    });
    return nodeCommand(
      `${this.name}-${role}-${host.hostName}`,
      { host, living: this.side.host },
      { create: procedure, update: "true", ...(keepsRecord && { delete: "forget" }) },
      [this.began],
      script,
      { parent: this.parent, dependsOn: waitFor(after) },
    );
  }
}

/** Path of the backup that was made last, where it is one of an older version. */
function formerBackup(said: string, version: string): string {
  const { path = "", version: former = version } = JSON.parse(said) as Partial<MetaDbBackup>;
  return compareVersions(former, version) < 0 ? path : "";
}
