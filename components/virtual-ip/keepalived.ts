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
  /** Path of the check script on the host. */
  checkScript: string;
}

/**
 * The keepalived configuration of one host. Times in seconds: an advertisement every 0.2, so that the others take over 0.6-0.8
 * after the last one; a check every second, which repeats itself before it fails.
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
    script "${settings.checkScript}"
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
    unicast_src_ip ${settings.ownAddress}
    unicast_peer {
${settings.peers.map((peer) => `        ${peer}`).join("\n")}
    }
    virtual_ipaddress {
        ${interfaceAddress(virtual)} dev ${settings.interface}
    }
    track_script {
        ready
    }
}
`;
}

/** As it is set on the interface: IPv6 with its full length, so that it does not become the source of outgoing connections. */
export const interfaceAddress = ({ address, prefixLength }: Network): string =>
  `${address}/${isIPv6(address) ? 128 : prefixLength}`;

/**
 * The shell command that checks a configuration before it is put in place. Up to version 2.2.7 a good one ends keepalived by
 * its own SIGTERM (143), without a word; what is wrong is always said.
 */
export const validateKeepalived =
  'said=$(/usr/sbin/keepalived --config-test --use-file="$DBHA_FILE" 2>&1); code=$?; [ $code -eq 0 ] || { [ $code -eq 143 ] && [ -z "$said" ]; } || { printf "%s\\n" "$said" >&2; exit 1; }';
