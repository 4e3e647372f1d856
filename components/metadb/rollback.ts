import type * as command from "@pulumi/command";
import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { living, type Host } from "../host";
import { NOTHING_TO_DO, said, scriptCommand } from "./command";
import { renderMetaDbScript, type MetaDbProcedure } from "./script";

type ContainerLabel = docker.types.input.ContainerLabel;

/** What is restored, from where, and into which MetaDB. */
export interface MetaDbRollbackArgs {
  /** Hosts of the nodes: the first that is not lost has the backups. */
  nodes: Host[];
  backup: { directory: string };
  /** Nothing while no rollback is asked for. */
  rollback?: { backup: string };
  /** Connection and databases. */
  metaDb: pulumi.Output<Pick<MetaDbProcedure, "metaDb" | "databases" | "version">>;
}

/** What the restore keeps in the state while no rollback is asked for, so that the argument can be removed when it has done its work. */
const allInputs = ["connection", "create", "update", "stdin", "triggers", "logging", "addPreviousOutputInEnv"];

/**
 * The way back from an upgrade: all nodes are stopped, the MetaDB is restored, the nodes start again.
 *
 * The nodes' containers have a label by the restore. Where that is run again, it is deleted before it is replaced, and so
 * the engine deletes them before it, all of them, and makes them after it in their order.
 */
export class MetaDbRollback {
  /** What must be done before anything else: the backup is fit to be restored, since it was. Nothing while no rollback is asked for. */
  readonly checks: pulumi.Resource[];

  /** @param name the deployment's name; children are `${name}-restore` and, while a rollback is asked for, `${name}-rollback-check`. */
  constructor(
    private readonly name: string,
    private readonly args: MetaDbRollbackArgs,
    private readonly parent: pulumi.Resource,
  ) {
    this.checks = args.rollback ? [this.run("rollback-check", "check", {})] : [];
  }

  /**
   * What the nodes' containers wait for, and their labels.
   * @param made the backup of what is there now, and what else must be done before.
   */
  restore(made: pulumi.Resource[]): { restored: pulumi.Resource; labels: pulumi.Output<ContainerLabel[]> } {
    const dependsOn = this.args.rollback ? [...this.checks, ...made] : [];
    const restored = this.run("restore", "restore", { dependsOn, deleteBeforeReplace: true });
    const labels = said(restored).apply((path) => (path === "" ? [] : [{ label: "dbha.restored", value: path }]));
    return { restored, labels };
  }

  private run(child: string, create: string, opts: pulumi.CustomResourceOptions): command.remote.Command {
    const { name, parent } = this;
    const { nodes, backup, rollback, metaDb } = this.args;
    const file = rollback?.backup ?? "";
    const script = metaDb.apply((db) =>
      rollback
        ? renderMetaDbScript({ ...db, directory: backup.directory, name, file }, [create, "restored"])
        : NOTHING_TO_DO,
    );
    return scriptCommand(
      `${name}-${child}`,
      living(nodes)[0] as Host,
      { create: rollback ? create : "restored", update: "restored" },
      [file],
      script,
      { parent, ignoreChanges: rollback ? [] : allInputs, ...opts },
    );
  }
}
