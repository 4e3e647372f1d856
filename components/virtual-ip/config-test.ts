import { isIPv6 } from "node:net";
import type { Place } from "./network";

/**
 * The shell command that checks a configuration before it is put in place.
 *
 * Up to version 2.2.7 a good one ends keepalived by its own SIGTERM (143), without a word; what is wrong is always said. Before 2.0.4
 * it has no test, and ends well when it is asked for one. There it reads the configuration for two seconds in a network of its own,
 * which has an interface of that name and goes with it; it takes what it does not know for nothing, and says so. Where no such network
 * can be made nothing is tested.
 * @param place the interface and own address that the configuration names.
 */
export const validateKeepalived = ({ interface: device, address }: Place): string => `keepalived=/usr/sbin/keepalived
if "$keepalived" --help 2>&1 | grep -q -e --config-test; then
  said=$("$keepalived" --config-test --use-file="$DBHA_FILE" 2>&1)
  code=$?
  [ $code -eq 0 ] || { [ $code -eq 143 ] && [ -z "$said" ]; } || {
    printf '%s\\n' "$said" >&2
    exit 1
  }
else
  said=$(unshare --net sh -c '
    ip link add name "$1" type veth peer name peer && ip address add "$2" dev "$1" ${isIPv6(address) ? "nodad " : ""}&&
      ip link set peer up && ip link set "$1" up || exit 0
    pids=$(mktemp -d)
    timeout 2 "$3" --dont-fork --dont-respawn --log-console --vrrp --use-file="$4" --pid="$pids/all" --vrrp_pid="$pids/vrrp" 2>&1
    echo "keepalived ended with status $?"
    rm -rf "$pids"
  ' sh ${device} ${address}/${isIPv6(address) ? 64 : 24} "$keepalived" "$DBHA_FILE" 2>/dev/null)
  wrong=$(printf '%s\\n' "$said" | grep -e 'Unknown keyword' -e 'onfiguration error' -e malformed)
  case $wrong$said in
    # an instance has begun, or its check has run
    "$wrong" | *'ntering BACKUP '* | *'ntering FAULT '* | *'VRRP_Script('*) ;;
    *) wrong=\${wrong:-$said} ;;
  esac
  [ -z "$wrong" ] || {
    printf '%s\\n' "$wrong" >&2
    exit 1
  }
fi`;
