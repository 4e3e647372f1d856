import * as pulumi from "@pulumi/pulumi";
import { Probe, Service } from "../../provider/resources";
import type { Host } from "../host";

/** Where OMS's supervisord takes orders from everybody: no setting moves it. */
export const SUPERVISORD_PORT = 8084;

const rule = `tcp dport ${SUPERVISORD_PORT} drop`;
const former = `! -i lo -p tcp --dport ${SUPERVISORD_PORT} -m comment --comment dbha -j DROP`;

const table = (name: string): string => `dbha_${name.replaceAll(/[^a-zA-Z0-9]/g, "_")}`;

/** What closes the port: nftables, in a table of its own, or iptables on hosts that have no other. */
function close(name: string): string {
  const chain = `add chain inet ${table(name)} input { type filter hook input priority -10 ; }`;
  const add = `add table inet ${table(name)}; flush table inet ${table(name)}; ${chain}; add rule inet ${table(name)} input iif != lo ${rule}`;
  const insert = (tool: string) => `${tool} -w -C INPUT ${former} 2>/dev/null || ${tool} -w -I INPUT ${former}`;
  return `nft '${add}' 2>/dev/null || { ${insert("iptables")}; ! ip6tables -w -L INPUT >/dev/null 2>&1 || ${insert("ip6tables")}; }`;
}

function open(name: string): string {
  const remove = (tool: string) => `${tool} -w -D INPUT ${former} 2>/dev/null`;
  return `nft 'delete table inet ${table(name)}' 2>/dev/null; ${remove("iptables")}; ${remove("ip6tables")}; true`;
}

const isClosed = (name: string): string =>
  `nft list table inet ${table(name)} 2>/dev/null | grep -q '${rule}' || iptables -w -C INPUT ${former} 2>/dev/null`;

/** The unit that keeps the port closed, from before the network is up. */
export function renderPortGuard(name: string): string {
  const run = (commands: string) => `/bin/sh -c "${commands}"`;
  return `# Made by dbha: ${SUPERVISORD_PORT} is closed to other hosts. OMS's supervisord listens there, and asks for no password.
[Unit]
Description=port ${SUPERVISORD_PORT} of OMS's supervisord closed to other hosts (dbha ${name})
After=nftables.service iptables.service firewalld.service
Before=docker.service

[Service]
Type=oneshot
RemainAfterExit=yes
Environment=PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
ExecStart=${run(close(name))}
ExecStop=${run(open(name))}

[Install]
WantedBy=multi-user.target
`;
}

/** The unit that closes it, without its suffix. @param name the deployment's name. */
export const portGuardUnit = (name: string): string => `dbha-${name}-port-guard`;

/** Closes supervisord's port of a node to other hosts, over reboots too; what flushes the host's rules shows as drift. */
export class PortGuard {
  /** True when it is closed. */
  readonly probe: Probe;

  /** @param name the deployment's name; children are `${name}-port-guard-host` and `${name}-port-closed-host`. */
  constructor(name: string, host: Host, parent: pulumi.Resource) {
    const unit = `${portGuardUnit(name)}.service`;
    const service = new Service(
      `${name}-port-guard-${host.hostName}`,
      { host: host.data, name: unit, unit: renderPortGuard(name) },
      { parent },
    );
    this.probe = new Probe(
      `${name}-port-closed-${host.hostName}`,
      {
        host: host.data,
        command: isClosed(name),
        about: `port ${SUPERVISORD_PORT} is closed to other hosts`,
        timeout: 30,
        repair: { command: `systemctl restart ${unit}`, after: 0.5 },
        watched: { unit },
      },
      { parent, dependsOn: [service] },
    );
  }
}
