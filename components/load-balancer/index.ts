export { LoadBalancer } from "./load-balancer";
export type { LoadBalancerArgs } from "./load-balancer";
