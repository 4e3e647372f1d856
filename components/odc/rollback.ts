import type * as command from "@pulumi/command";
import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { living, type Host } from "../host";
import type { OdcMetaDb } from "./environment";
import { procedureOf } from "./metadb";
import { metaDbCommand, said } from "../metadb/command";
import type { OdcSettings } from "./schema";

type ContainerLabel = docker.types.input.ContainerLabel;

/** What keeps its state while no rollback is asked for, so that the argument can be removed when it has done its work. */
const allInputs = ["connection", "create", "update", "stdin", "triggers", "logging", "addPreviousOutputInEnv"];

/**
 * The way back from an upgrade: all nodes are stopped, the MetaDB is restored, the nodes start one after the other.
 *
 * The nodes' containers have a label by the restore. Where that is run again, it is deleted before it is replaced, and so
 * the engine deletes them before it, all of them, and makes them after it in their order.
 */
export class OdcRollback {
  /** What must be done before anything else: the backup is fit to be restored, since it was. Nothing while no rollback is asked for. */
  readonly checks: pulumi.Resource[];

  /** @param name the deployment's name; children are `${name}-rollback-check` and `${name}-restore`. */
  constructor(
    private readonly name: string,
    private readonly settings: OdcSettings<Host>,
    private readonly metaDb: pulumi.Output<OdcMetaDb>,
    private readonly parent: pulumi.Resource,
  ) {
    const checked = this.run("rollback-check", "check", {});
    this.checks = settings.rollback ? [checked] : [];
  }

  /**
   * What the nodes' containers wait for, and their labels.
   * @param made the backup of what is there now.
   */
  restore(made: pulumi.Resource): { restored: pulumi.Resource; labels: pulumi.Output<ContainerLabel[]> } {
    const dependsOn = this.settings.rollback ? [...this.checks, made] : [];
    const restored = this.run("restore", "restore", { dependsOn, deleteBeforeReplace: true });
    const labels = said(restored).apply((path) => (path === "" ? [] : [{ label: "dbha.restored", value: path }]));
    return { restored, labels };
  }

  private run(child: string, create: string, opts: pulumi.CustomResourceOptions): command.remote.Command {
    const { name, parent } = this;
    const { nodes, backup, rollback } = this.settings;
    const file = rollback?.backup ?? "";
    const procedure = this.metaDb.apply((db) => ({ ...procedureOf(db), directory: backup.directory, name, file }));
    return metaDbCommand(
      `${name}-${child}`,
      living(nodes)[0] as Host,
      { create: rollback ? create : "restored", update: "restored" },
      [file],
      procedure,
      { parent, ignoreChanges: rollback ? [] : allInputs, ...opts },
    );
  }
}
