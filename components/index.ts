export { Host } from "./host";
export type { BastionArgs, HostArgs } from "./host";
export type { ImageSource, ImageTarballs } from "./image";
export * from "./certificate";
export * from "./load-balancer";
export * from "./odc";
export * from "./odp";
export * from "./virtual-ip";
export * as remote from "../provider/resources";
