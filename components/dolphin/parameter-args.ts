/**
 * Parameters by the kind of node that they are for. What is left out is the engine's default, but where a default is named here.
 * Source: the vendor's manual, "Functional configuration".
 */
export interface DolphinParameterArgs {
  /** Of all controllers, in controller.cfg. */
  controllers?: DolphinControllerParameters;
  /** Of all agents, in agent.cfg. */
  agents?: DolphinProcessParameters;
  /** Of all data and compute nodes, in cluster.cfg. */
  nodes?: DolphinNodeParameters;
  /** Of data nodes, before `nodes`; written for each of them, with its alias in place of `<ALIAS>`. */
  dataNodes?: DolphinNodeParameters;
  /** Of compute nodes, before `nodes`; written for each of them, with its alias in place of `<ALIAS>`. */
  computeNodes?: DolphinNodeParameters;
  /**
   * Of single data and compute nodes by alias, before all others. With the wildcards `%` (any characters) and `?` (one) a name stands
   * for several nodes; such are written as they are and count after the parameters of a kind.
   * Rule: aliases of this cluster; `<ALIAS>` in values of wildcards alone.
   * @default {}
   * @example { datanode1: { volumes: ["/ssd1/datanode1"] } }
   */
  aliases?: Record<string, DolphinNodeParameters>;
}

/** What every node may be told. */
export interface DolphinProcessParameters {
  /**
   * Memory that a node may use, in GB; 0 is no limit.
   * Rule: at most what the licence allows, and for all nodes of a host together what it has.
   * @default 8 for controllers, 4 for agents, 32 for data and compute nodes
   */
  maxMemSize?: number;
  /**
   * Threads for ordinary jobs. Rule: at most the licence's cores.
   * @default as many as the node has cores
   */
  workerNum?: number;
  /**
   * Connections that a node accepts.
   * @default 512
   */
  maxConnections?: number;
  /**
   * Heart beats over UDP, for nodes in one local network; false is TCP, which every network has.
   * @default false
   */
  lanCluster?: boolean;
  /**
   * HTTPS on the nodes' ports. Rule: the same for all nodes.
   * @default false
   */
  enableHTTPS?: boolean;
  /**
   * Least level of messages in logs: DEBUG, INFO, WARNING or ERROR.
   * @default "INFO"
   */
  logLevel?: "DEBUG" | "INFO" | "WARNING" | "ERROR";
  /**
   * Further parameters by the engine's names. One that is not known here is warned of with the nearest that is, as the engine ignores
   * such in silence.
   * Rule: none that an argument writes; nothing secret but under a key whose name says so (password, secret, token).
   * @default {}
   * @example { maxBatchJobWorker: 4 }
   */
  settings?: Record<string, string | number | boolean>;
}

/** What controllers may be told. */
export interface DolphinControllerParameters extends DolphinProcessParameters {
  /**
   * Replicas of every chunk. Rule: 2 or more, as Raft asks for it, and at most the data nodes.
   * @default 2
   */
  dfsReplicationFactor?: number;
  /**
   * Whether replicas of a chunk may share a host: 0 yes, 1 never, 2 where there is no other.
   * @default 1
   */
  dfsReplicaReliabilityLevel?: 0 | 1 | 2;
  /**
   * Write logs to disk before a transaction ends. Rule: true where `OLAPCacheEngineSize` is more than 0.
   * @default true
   */
  dataSync?: boolean;
  /**
   * Milliseconds that a data node may be away before its replicas are made anew on others; 0 is never.
   * Rule: 0, or 60000 and more: the engine takes less for 60000.
   * @default 0
   */
  dfsRecoveryWaitTime?: number;
  /**
   * Seconds that a data or compute node may be away before it is started again; 0 is never, and not after a start of the controllers
   * either. Rule: below 2.00.9.4 it is 0 or 100 and more, as nodes that were stopped come back otherwise.
   * @default 30, below 2.00.9.4 130
   */
  datanodeRestartInterval?: number;
  /**
   * Which nodes are started again: `CRASH` those that nobody stopped, `OFFLINE` all, which would undo every stop, those of upgrades too.
   * Rule: CRASH.
   * @default "CRASH"
   */
  datanodeRestartLevel?: "CRASH" | "OFFLINE";
  /**
   * Time without the leader's heart beat, in units of 10 ms, after which a controller stands for election; it waits up to twice as long.
   * Rule: 200 to 100000. The name in many guides, raftElectTick, does nothing.
   * @default 800
   */
  raftElectionTick?: number;
  /**
   * Directory of the metadata of the distributed file system.
   * @default dfsMeta in the controller's directory
   */
  dfsMetaDir?: string;
  /**
   * Ask everybody to log in before a script is run.
   * @default false
   */
  enableClientAuth?: boolean;
  /**
   * Leave functions that touch the hosts' files to administrators.
   * @default false
   */
  strictPermissionMode?: boolean;
  /**
   * Seconds without a heart beat after which a data or compute node counts as gone.
   * @default 8
   */
  dfsChunkNodeHeartBeatTimeout?: number;
  /**
   * Name of the cluster. Rule: needed for streaming in high availability from 3.00.5 on.
   * @default none
   */
  clusterName?: string;
}

/** What data and compute nodes may be told. */
export interface DolphinNodeParameters extends DolphinProcessParameters {
  /**
   * Directories for data, each best on a disk of its own. `<ALIAS>` stands for the node's alias.
   * Rule: absolute paths without spaces and characters other than ASCII; another one for each data node of a host.
   * @default storage in the node's directory
   * @example ["/ssd1/<ALIAS>", "/ssd2/<ALIAS>"]
   */
  volumes?: string[];
  /**
   * Directory of a data node's metadata.
   * @default the first one of `volumes`
   */
  chunkMetaDir?: string;
  /**
   * Directory of the redo log of the OLAP engine.
   * @default log/redoLog in the node's directory
   */
  redoLogDir?: string;
  /**
   * Directory of the redo log of the TSDB engine; its metadata lie beside it.
   * Rule: nodes of one host need different parents of it, so it ends in neither `/<ALIAS>` nor `/`.
   * @default log/TSDBRedo in the node's directory
   * @example "/ssd1/<ALIAS>/redo"
   */
  TSDBRedoLogDir?: string;
  /**
   * Directory for stream tables that are kept. Rule: another one for each node of a host.
   * @default none: stream tables cannot be kept
   */
  persistenceDir?: string;
  /**
   * Memory for writes of the OLAP engine, in GB; 0 is none. Rule: at most half of `maxMemSize`; needs `dataSync`.
   * @default 0
   */
  OLAPCacheEngineSize?: number;
  /**
   * Memory for writes of the TSDB engine, in GB. Rule: more than 0, and as for `OLAPCacheEngineSize`.
   * @default 1
   */
  TSDBCacheEngineSize?: number;
  /**
   * What becomes of rows for which a value partition has no value yet: `add` a partition, `skip` them, or `fail`.
   * @default "skip"
   */
  newValuePartitionPolicy?: "add" | "skip" | "fail";
  /**
   * Other nodes that may subscribe to a node's streams.
   * @default 0
   */
  maxPubConnections?: number;
  /**
   * Threads that handle streams that a node subscribes to.
   * @default 1
   */
  subExecutors?: number;
  /**
   * Let a database say whether its chunks are tables of a partition or whole partitions.
   * @default false
   */
  enableChunkGranularityConfig?: boolean;
  /**
   * Directories for the cache of a compute node in a group.
   * Rule: for more than one node with `<ALIAS>`, for one without.
   * @default Disaggregation in the node's directory
   */
  computeNodeCacheDir?: string[];
  /**
   * Directory for that cache's metadata. Rule: as for `computeNodeCacheDir`.
   * @default meta in the first directory of the cache
   */
  computeNodeCacheMeta?: string;
  /**
   * Memory for that cache, in GB. Rule: at most half of `maxMemSize`: the engine takes more for that.
   * @default 1
   */
  computeNodeMemCacheSize?: number;
  /**
   * Disk for that cache, in GB.
   * @default 64
   */
  computeNodeDiskCacheSize?: number;
}
