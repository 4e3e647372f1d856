export type { LoadBalancerArgs, LoadBalancerProbe, LoadBalancerTlsArgs } from "./args";
export { tlsFile } from "./commands";
export { LoadBalancer } from "./load-balancer";
export type { LoadBalancerInstance } from "./load-balancer";
