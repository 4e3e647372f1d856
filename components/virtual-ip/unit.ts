import { interfaceAddress } from "./keepalived";
import type { Network } from "./network";

/** What the unit of one host depends on. */
export interface UnitSettings {
  /** Name of the unit without its suffix; its runtime directory is called the same. */
  unit: string;
  virtual: Network;
  interface: string;
  /** Path of the keepalived configuration. */
  config: string;
  /** Path of the note of hosts that leave, which are not told any more after a start. */
  leaving: string;
}

/** Name of a virtual IP's unit, without its suffix. */
export const virtualIpUnit = (name: string): string => `dbha-vip-${name}`;

/**
 * The systemd unit: the host's keepalived with a configuration and pid files of its own, so that a keepalived that somebody
 * else runs there is not touched. A killed keepalived leaves its address behind, so that it is removed before every start and
 * after every end; the other hosts have taken it over by then. Nothing in it is newer than systemd 219.
 */
export function renderUnit({ unit, virtual, interface: device, config, leaving }: UnitSettings): string {
  const remove = `/bin/sh -c 'ip address del ${interfaceAddress(virtual)} dev ${device} 2>/dev/null || :'`;
  return `[Unit]
Description=Virtual IP ${virtual.address} (keepalived)
After=network-online.target
Wants=network-online.target

[Service]
ExecStartPre=${remove}
ExecStartPre=/bin/sh -c ': >${leaving}'
ExecStart=/usr/sbin/keepalived --dont-fork --dont-respawn --vrrp --use-file=${config} --pid=/run/${unit}/keepalived.pid --vrrp_pid=/run/${unit}/vrrp.pid
ExecReload=/bin/kill -HUP $MAINPID
ExecStopPost=${remove}
RuntimeDirectory=${unit}
StartLimitInterval=0
Restart=always
RestartSec=1

[Install]
WantedBy=multi-user.target
`;
}
