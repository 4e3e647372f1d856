export type { OdcHaDeploymentArgs, OdcJvmArgs, OdcMetaDbArgs, OdcMountArgs } from "./args";
export { OdcHaDeployment } from "./odc-ha-deployment";
export type { OdcCertificateStatus, OdcNodeStatus } from "./odc-ha-deployment";
export type { OdcProxyStatus } from "./odc-proxy";
export type { OdcHttpsArgs, OdcProxyArgs, OdcVirtualIpArgs } from "./proxy-args";
