export type { VirtualAddressArgs, VirtualIpArgs, VirtualIpCheck, VirtualIpHttpCheck, VirtualIpTcpCheck } from "./args";
export { VirtualIp } from "./virtual-ip";
export type { VirtualIpHostStatus } from "./virtual-ip";
