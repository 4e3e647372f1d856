import { distance } from "fastest-levenshtein";

/** The files of parameters, by what reads them. */
export type ConfigFile = "controller.cfg" | "agent.cfg" | "cluster.cfg";

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== "");

// Source: the vendor's manual of 3.00.5, "Functional configuration", where each parameter has the nodes that read it; "Initialisation"
// for directories and scripts; the web console's list of parameters for webLoginRequired; the engine's own texts for dfsHARaftPrevote and
// metricsToken.

const EVERYWHERE = words(`
  coreAffinity dfsChunkNodeHeartBeatTimeout emergencyMemSize enableHTTPS enableRDMA enableRpcSSL init jobParallelismHardLimit
  lanCluster localExecutors localSite logFile logLevel logRetentionTime maxBatchJobWorker maxBlockSizeForReservedMemory
  maxCachedBatchJobNum maxConnectionPerSite maxConnections maxDynamicWorker maxLogSize maxMemSize memoryReleaseRate metricsToken
  mode moduleDir pluginDir postStart preloadModules regularArrayMemoryLimit remoteExecutors reservedMemSize startup tcpNoDelay
  tcpUserTimeout tzdb urgentWorkerNum useLicenseServer warningMemSize webLoginRequired webRoot webWorkerNum workerNum
`);

const CONTROLLERS = words(`
  clusterReplicationMasterCtl clusterReplicationQueue clusterReplicationSlaveNum computeNodeCachingDelay
  computeNodeCachingQueryThreshold datanodeRestartInterval datanodeRestartLevel dataSync defaultJobParallelism dfsHAMode
  dfsHARaftPrevote dfsMetaDir dfsRecoveryConcurrency dfsRecoveryWaitTime dfsReplicaReliabilityLevel dfsReplicationFactor
  enableClientAuth enableComputeNodePrefetchData enableDynamicScriptOptimize enhancedSecurityVerification failedLoginAttempts
  failedLoginLockTime masterOfMasterSite orcaMaxGraphRescheduleAttempts passwordEffectTime passwordMaxLength passwordMinDigital
  passwordMinLength passwordMinLowerCase passwordMinSpecial passwordMinUpperCase passwordNotifyTime raftElectionTick
  slaveReplicationDBScope strictSecurityPolicy thirdPartyAuthenticator thirdPartyCreateUserCallback thirdPartyDeleteUserCallback
`);

const CONTROLLERS_AND_NODES = words(`
  clusterName dolphinModulePath enableAuditLog enableClusterReplicationSSL enableConfigAccessControl enableLocalDatabase
  enableORCA enableShellFunction maxRecursiveDepth oauth oauthAllowPasswordLoginNodes oauthAuthUri oauthClientId
  oauthClientSecret oauthRedirectUri oauthTokenRequestMethod oauthTokenUri oauthUserField oauthUserRequestMethod oauthUserUri
  oauthWebType perfMonitoring publicName strictPermissionMode TDEKeyDir
`);

const NODES = words(`
  allowMissingPartitions allowTSDBLevel3Compaction allowVolumeCreation appendTupleAsAWhole auditLogRetentionTime
  autoConversionToColumnarTuple batchJobDir batchJobFileRetentionTime checkExistingPartitionNumForQuery chunkCacheEngineMemSize
  chunkMetaDir clusterReplicationExecutionPassword clusterReplicationExecutionUsername clusterReplicationMode
  clusterReplicationSyncPersistence clusterReplicationWorkDir clusterReplicationWorkerNum coldVolumes compactWorkerNumPerVolume
  computeGroup computeNodeCacheDir computeNodeCacheMeta computeNodeDiskCacheSize computeNodeMemCacheSize
  crossClusterRaftWorkerNum decimalRoundingMode dfsRebalanceConcurrency dfsSyncRecoveryChunkRowSize disableCoreDumpOnShutdown
  diskIOConcurrencyLevel enableChunkGranularityConfig enableComputeNodeCacheEvictionFromQueryThread
  enableConcurrentDimensionalTableWrite enableCoreDump enableDFSQueryLog enableDfsRecoverRedo enableHctEncryption
  enableIMOLTPCheckpoint enableIMOLTPEngine enableIMOLTPRedo enableInsertStatementForDFSTable enableMultiThreadMerge
  enableNullSafeJoin enablePKEYEngine enableRawScriptLog enableSharedVarCreationControl ignoreSpecialCharacterInPartitionId
  IMOLTPCheckpointFilePath IMOLTPCheckpointInterval IMOLTPCheckpointThreshold IMOLTPRedoFilePath IMOLTPSyncOnTxnCommit
  IOTDBLatestKeyCacheSize IOTDBStaticTableCacheSize IOTDBStaticTableDir jiebaDictDir jobLogFile jobLogRetentionTime
  keepTupleInRowFunction localSubscriberNum logicOrIgnoreNull marketHolidayDir maxFileHandles maxJoinTaskRetry maxMsgNumPerBlock
  maxPartitionNumPerQuery maxPersistenceQueueDepth maxPubConnections maxPubQueueDepthPerSite maxQueryExecutionTime
  maxRawScriptLogSize maxStreamingSQLQueriesPerTable maxSubConnections maxSubQueueDepth maxTransactionRatio
  memLimitOfAllTempResults memLimitOfQueryResult memLimitOfTaskGroupResult memLimitOfTempResult
  movingIndexedObjectByIndexedLabel mvccCheckpointThreshold mvccTableCheckpointInterval mvccTableHADir mvccTableRaftGroups
  newValuePartitionPolicy nullAsMinValueForComparison OLAPCacheEngineSize oldChunkVersionRetentionTime openblasThreads
  parseDecimalAsFloatingNumber persistenceDir persistenceOffsetDir persistenceWorkerNum persistOffsetDir
  PKEYBackgroundWorkerNumPerVolume PKEYBlockCacheSize PKEYCacheEngineSize PKEYCacheFlushWorkerNumPerVolume
  PKEYDeleteBitmapUpdateThreshold PKEYMetaLogDir PKEYRedoLogDir PKEYStashedPrimaryKeyBufferSize
  processVectorFunctionOverTupleByRow queryLogRetentionTime rawScriptLogRetentionTime recoverLogDir recoveryWorkers redoLogDir
  redoLogPurgeInterval redoLogPurgeLimit removeSpecialCharInColumnName resourceSamplingInterval resourceSamplingLogDir
  resourceSamplingLogRetentionTime resourceSamplingMaxLogSize s3AccessKeyId s3Endpoint s3Region s3SecretAccessKey
  streamingHALogDir streamingHAMode streamingRaftGroupAliases streamingRaftGroups streamingRaftLearners streamingSQLExecutors
  subExecutorPooling subExecutors subPort subThrottle tempResultsSpillDir traceLogDir TSDBAsyncSortingWorkerNum
  TSDBCachedSymbolBaseCapacity TSDBCacheEngineSize TSDBCacheFlushWorkNum TSDBCacheTableBufferThreshold
  TSDBLevelFileIndexCacheInvalidPercent TSDBLevelFileIndexCacheSize TSDBRedoLogDir TSDBSymbolBaseEvictTime
  TSDBVectorIndexCacheSize useHardLink volumes volumeUsageThreshold
`);

const AGENTS = words(`
  controllerSite sites
`);

/** Parameters whose names changed: the version from which on they are called otherwise, and how; without a name they are gone. */
const CHANGED: Record<string, { from: string; now?: string }> = {
  streamingHADir: { from: "3.00.5", now: "streamingHALogDir" },
  streamingHADiskLimit: { from: "3.00.5" },
  streamingHAPurgeInterval: { from: "3.00.5" },
  localExecutors: { from: "2.00.10" },
};

const READ_BY: Record<ConfigFile, Set<string>> = {
  "controller.cfg": new Set([...EVERYWHERE, ...CONTROLLERS, ...CONTROLLERS_AND_NODES]),
  "agent.cfg": new Set([...EVERYWHERE, ...AGENTS]),
  "cluster.cfg": new Set([...EVERYWHERE, ...NODES, ...CONTROLLERS_AND_NODES, ...Object.keys(CHANGED)]),
};

/** Whether what reads a file knows a parameter, or knew it. */
export const isKnownKey = (file: ConfigFile, key: string): boolean => READ_BY[file].has(key);

/** The files in which a parameter counts. */
export const filesOf = (key: string): ConfigFile[] =>
  (Object.keys(READ_BY) as ConfigFile[]).filter((file) => isKnownKey(file, key));

/** When a parameter got another name, or was dropped. */
export const changeOf = (key: string): { from: string; now?: string } | undefined =>
  Object.hasOwn(CHANGED, key) ? CHANGED[key] : undefined;

/** The known parameter of a file whose name is like one that is not known; undefined where none is. */
export function nearestKey(file: ConfigFile, key: string): string | undefined {
  const [best] = [...READ_BY[file]]
    .map((known) => ({ known, away: distance(known.toLowerCase(), key.toLowerCase()) }))
    .sort((a, b) => a.away - b.away);
  return best !== undefined && best.away <= Math.max(2, key.length / 3) ? best.known : undefined;
}
