import { isIPv6 } from "node:net";
import type { Network } from "./network";

/** What the keepalived configuration of one host depends on. */
export interface KeepalivedSettings {
  /** Name of the virtual IP; it becomes that of the VRRP instance. */
  name: string;
  virtual: Network;
  routerId: number;
  /** Position of the host in the list of hosts, from 0: the lower, the higher its priority. */
  position: number;
  interface: string;
  /** The host's own address on that interface. */
  ownAddress: string;
  /** Addresses of the other hosts. */
  peers: string[];
  /** Path of the file with the addresses of hosts that do not take part any more, see {@link noteLeaving}; 1.3 wants it to be there. */
  leaving: string;
  /** Path of the check script on the host. */
  checkScript: string;
}

/**
 * The keepalived configuration of one host. Times in seconds: an advertisement every 0.2, so that the others take over 0.6-0.8
 * after the last one; a check every second, which repeats itself before it fails. The check is a text that bash reads: SELinux's
 * policy lets keepalived run binaries and the shell, and no script in /etc.
 */
export function renderKeepalived(settings: KeepalivedSettings): string {
  const { virtual } = settings;
  return `global_defs {
    vrrp_version 3
    # only the hosts named here take part
    vrrp_check_unicast_src
    script_user nobody
    enable_script_security
}

vrrp_script ready {
    script "/bin/bash ${settings.checkScript}"
    interval 1
    timeout 3
    fall 1
    rise 2
}

vrrp_instance ${settings.name} {
    # all begin as BACKUP: the address stays where it is when a host with a higher priority comes back
    state BACKUP
    nopreempt
    interface ${settings.interface}
    virtual_router_id ${settings.routerId}
    priority ${250 - 20 * settings.position}
    advert_int 0.2
${unicast(settings)}    virtual_ipaddress {
        ${interfaceAddress(virtual)} dev ${settings.interface}
    }
    track_script {
        ready
    }
}
`;
}

/** Whom keepalived speaks to. Without anybody it must not be said; then it multicasts. */
const unicast = ({ ownAddress, peers, leaving }: KeepalivedSettings): string =>
  peers.length === 0
    ? ""
    : `    unicast_src_ip ${ownAddress}
    unicast_peer {
${peers.map((peer) => `        ${peer}\n`).join("")}        include ${leaving}
    }
`;

/** As it is set on the interface: IPv6 with its full length, so that it does not become the source of outgoing connections. */
export const interfaceAddress = ({ address, prefixLength }: Network): string =>
  `${address}/${isIPv6(address) ? 128 : prefixLength}`;

/**
 * The shell command that notes, before a new configuration is put in place, which hosts it leaves out. They are told of the
 * address until keepalived starts anew: one that is removed is stopped last of all, and would take the address meanwhile if it
 * heard nobody.
 * @param config path of the configuration that is in place.
 * @param leaving path of the note. It lies beside the configuration, where SELinux lets keepalived read; the unit empties it.
 */
export const noteLeaving = (
  config: string,
  leaving: string,
): string => String.raw`peers() { sed -n '/unicast_peer {/,/}/s/^ *\([0-9a-fA-F.:]*\)$/\1/p' "$1"; } &&
{ cat ${leaving}; peers ${config}; } 2>/dev/null | sort -u | grep -vxF "$(peers "$DBHA_FILE")" >${leaving}.new;
mv ${leaving}.new ${leaving}`;
