import { least, resourcePolicy, type Finding } from "./policy";

interface Balancer {
  hosts?: string[];
  virtualIp?: object;
}

interface Region {
  proxy?: Balancer;
  virtualIp?: object;
  cmUrl?: string;
}

interface Inputs extends Balancer {
  proxy?: Balancer;
  regions?: Region[];
  virtualAddress?: string;
}

/** A balancer with the argument that describes it. */
interface Described {
  argument: string;
  hosts: string[];
  /** Whether an address leads to whichever of them lives. */
  hasAddress: boolean;
  /** What gives it one. */
  addressFrom: string;
}

/** nginx on one host alone makes all behind it as available as that host. */
export const severalBalancers = resourcePolicy(
  {
    name: "several-balancers",
    description: "nginx in front of nodes runs on more than one host, behind an address that moves between them.",
    severity: "high",
    enforcementLevel: "mandatory",
    remediationSteps: "Name a second host in proxy.hosts and give proxy.virtualIp (OMS: the region's virtualIp).",
  },
  { least: least(2, 2, "How many hosts run nginx at least.") },
  ({ type, props }, settings) => balancers(type, props).flatMap((one) => problems(one, settings.least)),
);

function balancers(type: string, { hosts, proxy, regions, virtualAddress }: Inputs): Described[] {
  const of = (argument: string, one: Balancer | undefined, address: unknown, addressFrom: string): Described[] =>
    one?.hosts === undefined
      ? []
      : [{ argument: `${argument}hosts`, hosts: one.hosts, hasAddress: address !== undefined, addressFrom }];
  // the library's own load balancers have no inputs: what they are made of is judged
  if (type === "dbha:index:LoadBalancer") return of("", { hosts }, virtualAddress, "a VirtualIp, and virtualAddress");
  if (type === "dbha:index:OdcHaDeployment" || type === "dbha:index:OdpWithWatchdog")
    return of("proxy.", proxy, proxy?.virtualIp, "proxy.virtualIp");
  if (type !== "dbha:index:OmsMultiNode") return [];
  return (regions ?? []).flatMap((region, i) => {
    const at = `regions[${i}].`;
    // an external address leads to all of them, too
    const address = region.virtualIp ?? region.cmUrl;
    return of(`${at}proxy.`, region.proxy, address, `${at}virtualIp`);
  });
}

function problems({ argument, hosts, hasAddress, addressFrom }: Described, most: number): Finding[] {
  const host = hosts.join(", ");
  const found = `${argument} = ${host}`;
  if (hosts.length < most)
    return [
      {
        host,
        found: hasAddress ? found : `${found}, without a virtual IP`,
        rule: `all behind it is as available as ${hosts.length === 1 ? "this host" : "these hosts"}, and ${most} are needed`,
        fix: `name ${most - hosts.length === 1 ? "another one" : `${most - hosts.length} more`}${hasAddress ? "" : `, and give ${addressFrom}`}`,
      },
    ];
  if (hasAddress) return [];
  return [
    {
      host,
      found: `${found}, without a virtual IP`,
      rule: "users know one of them, which may be gone",
      fix: `give ${addressFrom}`,
    },
  ];
}
