/** Backups of the metadata of controllers and data nodes, on the hosts that have them. Source: "Upgrade DolphinDB Cluster", step 2. */
export interface DolphinBackupArgs {
  /**
   * Directory of the backups on each host, made when missing. Rule: outside `directory` and the volumes.
   * @default "/var/backups/dolphin-" and the deployment's name
   */
  directory?: string;
  /**
   * How many backups stay; older ones are removed when all nodes have come back.
   * Rule: 1 to 1000.
   * @default 5
   */
  keep?: number;
  /**
   * Keep the directory with all backups when the cluster is destroyed.
   * @default true
   */
  keepOnDestroy?: boolean;
}

/** How another server package is put in place. */
export interface DolphinUpgradeArgs {
  /**
   * `offline`: all nodes are stopped, upgraded and started. `rolling`: one host after the other, while the others serve.
   * Rule: rolling between versions with the same first two numbers only, and with all chunks complete. Source: "Compatibility levels".
   * @default "offline"
   */
  mode?: "offline" | "rolling";
  /**
   * Seconds that chunks may take to be complete again when a host has come back. Rule: 10 to 86400.
   * @default 1800
   */
  recoveryTimeout?: number;
}

/** The way back from an upgrade. */
export interface DolphinRollbackArgs {
  /**
   * Name of the backup, as the output of the upgrade has it; each host has its part of it.
   * @example "20261129T180000Z-3.00.3"
   */
  backup: string;
  /**
   * Go back although rows were written since the upgrade. The vendor allows a rollback only when none were: what was written is lost,
   * and metadata and data may disagree.
   * @default false
   */
  loseNewData?: boolean;
}

/** What happens to data when nodes come and go. */
export interface DolphinScaleArgs {
  /**
   * Spread chunks over all data nodes when one has come.
   * @default false
   */
  rebalance?: boolean;
  /**
   * Seconds that the replicas of a data node that goes may take to reach others. Rule: 60 to 604800.
   * @default 86400
   */
  moveTimeout?: number;
}

/** What is written and counted after a deployment. */
export interface DolphinCheckArgs {
  /**
   * Name of the database that is made and dropped. Rule: letters, digits and _, a letter first; none that is there.
   * @default "dbha_check"
   */
  database?: string;
  /**
   * Rows that are written. Rule: 1 to 10000000.
   * @default 1000
   */
  rows?: number;
}
