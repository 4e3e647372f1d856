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
  OmsTsdbArgs,
} from "./args";
export { OmsMultiNode } from "./oms-multi-node";
export type { OmsMappedPortArgs, OmsProxyArgs, OmsRegionArgs } from "./region-args";
export type { OmsCertificateStatus, OmsNodeStatus, OmsRegionStatus } from "./status";
