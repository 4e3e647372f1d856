export type { OdcHaDeploymentArgs, OdcMetaDbArgs, OdcMountArgs, OdcProxyArgs } from "./args";
export { OdcHaDeployment } from "./odc-ha-deployment";
export type { OdcNodeStatus, OdcProxyStatus } from "./odc-ha-deployment";
