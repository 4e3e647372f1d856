import { resourcePolicy, type Finding } from "./policy";

interface Inputs {
  proxy?: { https?: object };
  https?: object;
  hosts?: string[];
  parameters?: { controllers?: Https; agents?: Https; nodes?: Https };
}

interface Https {
  enableHTTPS?: boolean;
}

/** Passwords of users and databases cross the network. */
export const tls = resourcePolicy(
  {
    name: "tls",
    description: "Users reach ODC, OMS and DolphinDB by HTTPS.",
    severity: "high",
    enforcementLevel: "mandatory",
    remediationSteps: "Give proxy.https (ODC), https (OMS), or enableHTTPS to all kinds of nodes (DolphinDB).",
  },
  {},
  ({ type, props }) => missing(type, props as Inputs),
);

function missing(type: string, { proxy, https, parameters }: Inputs): Finding[] {
  const rule = "passwords would cross the network for everybody on the way to read";
  if (type === "dbha:index:OdcHaDeployment" && proxy !== undefined && proxy.https === undefined)
    return [{ found: "proxy has no https", rule, fix: "give proxy.https; {} makes a certificate" }];
  if (type === "dbha:index:OmsMultiNode" && https === undefined)
    return [{ found: "there is no https", rule, fix: "give https; {} makes a certificate" }];
  if (type !== "dbha:index:DolphinHaCluster" || parameters === undefined) return [];
  return (["controllers", "agents", "nodes"] as const)
    .filter((kind) => parameters[kind]?.enableHTTPS !== true)
    .map((kind) => {
      const argument = `parameters.${kind}.enableHTTPS`;
      return { found: `${argument} is not true`, rule, fix: `set ${argument} to true` };
    });
}
