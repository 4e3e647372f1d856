import type { HostData } from "../provider/resources";
import { resourcePolicy, type Finding } from "./policy";
import { COMMAND, isOurs, type Loose } from "./resource";

type Host = Loose<HostData>;
type Endpoint = Loose<{ host: string; hostKey: string; proxy: { host: string; hostKey: string } }>;

const RULE = "whoever stands between this machine and the host could read and change everything";

/** Without a pinned key anybody between may pose as the host. */
export const hostKeys = resourcePolicy(
  {
    name: "host-keys",
    description: "Every SSH server, bastions included, must prove that it holds a key that is pinned.",
    severity: "critical",
    enforcementLevel: "mandatory",
    remediationSteps: "Give the keys of each host and bastion in hostKeys (ssh-keyscan ADDRESS shows them).",
  },
  {},
  ({ type, props }) => {
    if (isOurs(type)) return hostsOf(props as { host?: Host; hosts?: { host?: Host }[] }).flatMap(ofHost);
    if (type === COMMAND) return ofConnection((props as { connection?: Endpoint }).connection);
    if (type === "pulumi:providers:docker") return ofDocker(props);
    return [];
  },
);

/** The hosts of a resource of the plugin; a component has names in their place. */
const hostsOf = ({ host, hosts }: { host?: Host; hosts?: { host?: Host }[] }): Host[] =>
  [host, ...(Array.isArray(hosts) ? hosts.map((one) => one.host) : [])].filter(
    (one): one is Host => typeof one === "object",
  );

function ofHost(host: Host): Finding[] {
  const { name = "", bastion } = host;
  const unpinned = ({ hostKeys: keys }: Loose<Pick<HostData, "hostKeys">>): boolean => (keys ?? []).length === 0;
  const fix = "give hostKeys, and take acceptUnknownHostKey away";
  return [
    ...(unpinned(host) ? [{ host: name, found: "no key of the host is pinned", rule: RULE, fix }] : []),
    ...(bastion && unpinned(bastion)
      ? [{ host: name, found: `no key of its bastion ${bastion.address ?? ""} is pinned`, rule: RULE, fix }]
      : []),
  ];
}

function ofConnection({ host = "", hostKey, proxy }: Endpoint = {}): Finding[] {
  const fix = "give connection.hostKey, and connection.proxy.hostKey where there is a proxy";
  return [
    ...(hostKey === undefined ? [{ found: "connection has no hostKey", rule: RULE, fix }] : []),
    ...(proxy && proxy.hostKey === undefined
      ? [{ host, found: `connection.proxy to ${proxy.host ?? ""} has no hostKey`, rule: RULE, fix }]
      : []),
  ];
}

/** Docker's client runs ssh, which is given the host's keys, or none. */
function ofDocker({ host, sshOpts, caMaterial, certPath }: Record<string, unknown>): Finding[] {
  if (typeof host !== "string" || host.startsWith("unix:") || host.startsWith("npipe:")) return [];
  if (!host.startsWith("ssh:")) {
    if (caMaterial !== undefined || certPath !== undefined) return [];
    return [{ found: `host = ${host}`, rule: RULE, fix: "reach it by ssh://, or give caMaterial" }];
  }
  // the engine hands over lists of a provider's configuration as text
  const text = typeof sshOpts === "string" ? sshOpts : JSON.stringify(sshOpts ?? []);
  const options = JSON.parse(text) as string[];
  const all = options.join(" ");
  const found = [
    ...(/StrictHostKeyChecking=(no|off|accept-new)/i.test(all)
      ? ["sshOpts has a server whose key is not checked"]
      : []),
    ...(options.some((one) => /^StrictHostKeyChecking=yes$/i.test(one)) || /StrictHostKeyChecking=no/i.test(all)
      ? []
      : ["sshOpts does not say StrictHostKeyChecking=yes"]),
  ];
  return found.map((what) => ({ found: what, rule: RULE, fix: "take the provider of a Host with hostKeys" }));
}
