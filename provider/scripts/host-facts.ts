import { engineSocket } from "./docker";
import { script, sh } from "./script";

/** Says what the host is and has; the clock first, so that it is read as soon after the question as can be. */
export const hostFacts = script(
  "host-facts",
  [],
  engineSocket +
    sh`
date '+now=%s %N
zone=%z'
say machine "$(uname -m)"
say kernel "$(uname -r)"
say cores "$(nproc)"
PATH=$PATH:/usr/sbin:/sbin
sed -n 's/^MemTotal: *\([0-9]*\) kB$/memory_kb=\1/p' /proc/meminfo
if [ -r /etc/os-release ]; then
  # shellcheck source=/dev/null
  say os "$(. /etc/os-release && printf %s "\${PRETTY_NAME:-}")"
fi
client=
! command -v docker >/dev/null || client=1
say client "$client"
if told=$(engine version containers/json info); then
  printf '%s\n' "$told" | sed '1s/^/engine_version=/; 2s/^/engine_containers=/; 3s/^/engine_info=/'
elif [ -n "$client" ]; then
  case $(timeout 10 docker --version 2>/dev/null) in
    [Pp]odman*) say podman "$(docker --version 2>/dev/null | sed 's/^[^0-9]*//')" ;;
    *)
      if version=$(timeout 10 docker version --format '{{.Server.Version}}' 2>/dev/null); then
        say docker "$version"
        timeout 10 docker ps --no-trunc --format 'container={{.ID}} {{.Names}} {{.Ports}}' 2>/dev/null || true
        timeout 10 docker info --format 'security={{json .SecurityOptions}}' 2>/dev/null || true
      fi
      ;;
  esac
fi
records=/var/lib/dbha
[ "$(id -u)" = 0 ] || records=$HOME/.dbha
[ ! -d "$records" ] || grep -hs '^adopted ' "$records"/* | sed 's/^adopted /adopted=/' || true
# It says so on stderr, a line among others.
keepalived --version 2>&1 | sed -n 's/^Keepalived v\([0-9.]*\).*/keepalived=\1/p' || true
ip -o address show 2>/dev/null | sed 's/^/address=/' || true
timeout 10 df -klP -x tmpfs -x devtmpfs -x squashfs -x efivarfs 2>/dev/null | sed '1d; s/^/disk=/' || true
# One that is stopping has its ports still. Before systemd 235 a list has a column for signs in spite of --plain.
timeout 10 systemctl list-units --type=service --state=running,deactivating --plain --no-legend 2>/dev/null | sed 's/^[^[:alnum:]]*//; s/ .*//; s/^/service=/' || true
if command -v ss >/dev/null; then
  # Its option for no headline is not as old as it is.
  listening() { ss -lntup 2>/dev/null | sed 1d; }
  sockets=$(listening)
  # A process that begins or ends meanwhile leaves a socket without a name in the first list.
  if printf '%s\n' "$sockets" | grep -qv 'users:'; then sockets=$(listening); fi
  printf '%s\n' "$sockets" | sed 's/^/socket=/'
  groups=$(printf '%s\n' "$sockets" | sed -n 's|^[^(]*(("[^"]*",pid=\([0-9]*\).*|/proc/\1/cgroup|p' | sort -u)
  if [ -n "$groups" ]; then
    # shellcheck disable=SC2086 # words, none with a space
    grep -Hom 1 '[/-][0-9a-f]\{64\}' $groups 2>/dev/null | sed 's|^/proc/\([0-9]*\)/cgroup:.|member=\1 |'
  fi
fi
`,
);
