export type {
  OmsBackupArgs,
  OmsDrcArgs,
  OmsHttpsArgs,
  OmsMetaDbArgs,
  OmsMountArgs,
  OmsMultiNodeArgs,
  OmsPortArgs,
  OmsRollbackArgs,
  OmsSlsAuditArgs,
} from "./args";
export { OmsMultiNode } from "./oms-multi-node";
export type { OmsMappedPortArgs, OmsProxyArgs, OmsRegionArgs } from "./region-args";
export type { OmsCertificateStatus, OmsInfluxDbStatus, OmsNodeStatus, OmsRegionStatus } from "./status";
export type { OmsInfluxDbArgs, OmsTsdbArgs } from "./tsdb-args";
