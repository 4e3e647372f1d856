export type {
  OdcBackupArgs,
  OdcHaDeploymentArgs,
  OdcJvmArgs,
  OdcMetaDbArgs,
  OdcMountArgs,
  OdcRollbackArgs,
} from "./args";
export { OdcHaDeployment } from "./odc-ha-deployment";
export type { OdcBackup } from "./odc-ha-deployment";
export type { OdcHttpsArgs, OdcProxyArgs } from "./proxy-args";
export type { OdcCertificateStatus, OdcNodeStatus, OdcProxyStatus } from "./status";
