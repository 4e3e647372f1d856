export type { DolphinArchives, DolphinClusterDemoArgs, DolphinHaClusterArgs, DolphinServerArgs } from "./args";
export { DolphinHaCluster } from "./dolphin-ha-cluster";
export type {
  DolphinAgentArgs,
  DolphinComputeNodeArgs,
  DolphinControllerArgs,
  DolphinNodeArgs,
  DolphinPortArgs,
  DolphinZoneArgs,
} from "./node-args";
export type {
  DolphinBackupArgs,
  DolphinCheckArgs,
  DolphinRollbackArgs,
  DolphinScaleArgs,
  DolphinUpgradeArgs,
} from "./operation-args";
export type {
  DolphinControllerParameters,
  DolphinNodeParameters,
  DolphinParameterArgs,
  DolphinProcessParameters,
} from "./parameter-args";
export type { DolphinLicenseStatus, DolphinNodeStatus } from "./status";
