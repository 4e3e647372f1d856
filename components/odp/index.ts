export type { OdpClusterArgs, OdpPackageArgs, OdpPortArgs, OdpWithWatchdogArgs } from "./args";
export { OdpWithWatchdog } from "./odp-with-watchdog";
export type { OdpNodeStatus } from "./odp-with-watchdog";
export type { OdpProxyArgs } from "./proxy-args";
