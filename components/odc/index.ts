export type {
  OdcBackupArgs,
  OdcHaDeploymentArgs,
  OdcJvmArgs,
  OdcMetaDbArgs,
  OdcMountArgs,
  OdcRollbackArgs,
} from "./args";
export { OdcHaDeployment } from "./odc-ha-deployment";
export type { OdcBackup, OdcCertificateStatus, OdcNodeStatus } from "./odc-ha-deployment";
export type { OdcProxyStatus } from "./odc-proxy";
export type { OdcHttpsArgs, OdcProxyArgs } from "./proxy-args";
