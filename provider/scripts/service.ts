import { script, sh } from "./script";

const systemd = sh`
command -v systemctl >/dev/null || fail "there is no systemd on the host" "Service needs a host with systemd"
# show UNIT PROPERTY: its value; nothing where this systemd has no such property. The option --value is not older than 230.
show() {
  told=$(systemctl show --property="$2" -- "$1" 2>/dev/null) || return
  printf '%s\n' "\${told#"$2="}"
}
`;

/** Beside the unit file: how the unit was found, and the unit file that was there. systemd reads neither, by their names. */
const names = sh`
file=/etc/systemd/system/$name
mark=$file.dbha-found
before=$file.dbha-before
`;

/**
 * Brings unit text (from its input), enablement and activity to what is wanted; `restart` restarts a unit that runs.
 * `create` keeps what was there before it changes anything; what an interrupted run kept by then is what counts.
 * After a start it watches until the unit holds, and gives the end of its journal when it does not.
 */
export const applyService = script(
  "apply-service",
  ["name", "has_unit", "sha256", "enabled", "active", "restart", "create"],
  systemd +
    names +
    sh`
was_active=$(show "$name" ActiveState) || fail "systemd does not answer" "check that the host was booted with systemd, and whether it needs sudo: true"
found="found_active=$was_active
found_enabled=$(show "$name" UnitFileState)"
[ ! -e "$mark" ] || found=$(cat "$mark")
printf '%s\n' "$found"
keep() {
  [ -n "$create" ] && [ ! -e "$mark" ] || return 0
  rm -f "$before"
  if [ -e "$file" ]; then
    cp -a -- "$file" "$before" || fail "the unit file that is there cannot be kept" "free space on the host's root file system"
    sync "$before" 2>/dev/null || sync
  fi
  printf '%s\n' "$found" >"$file.dbha.found0"
  mv -f -- "$file.dbha.found0" "$mark"
}

written=
if [ -n "$has_unit" ]; then
  [ "$(readlink -- "$file")" != /dev/null ] || fail "the unit is masked" "systemctl unmask $name on the host"
  rm -f "$file.dbha."??????
  tmp=$(mktemp "$file.dbha.XXXXXX") || fail "no file can be made in /etc/systemd/system" "check whether the host needs sudo: true"
  trap 'rm -f "$tmp"' EXIT
  trap 'exit 1' HUP INT TERM
  cat >"$tmp" || fail "the unit file does not fit" "free space on the host's root file system"
  sum=$(sha256sum <"$tmp")
  [ "\${sum%% *}" = "$sha256" ] || fail "the unit text did not arrive whole" "run it again"
  keep
  if [ -L "$file" ] || ! cmp -s "$tmp" "$file"; then
    chmod 0644 "$tmp"
    sync "$tmp" 2>/dev/null || sync
    mv -f -- "$tmp" "$file"
    sync /etc/systemd/system 2>/dev/null || sync
    written=1
  fi
  say placed 1
fi
if [ -n "$written" ] || [ "$(show "$name" NeedDaemonReload)" = yes ]; then
  systemctl daemon-reload || fail "systemd could not reload its units" "see systemctl status on the host"
fi

load=$(show "$name" LoadState)
case $load in
  loaded) ;;
  not-found) fail "systemd knows no unit $name" "correct the name, install what brings the unit, or give its text as unit" ;;
  masked) [ -z "$active$enabled" ] || fail "the unit is masked" "systemctl unmask $name on the host" ;;
  *)
    systemctl status --no-pager --lines=0 -- "$name" >&2 || true
    fail "systemd cannot load the unit ($load)" "correct the unit text; systemd-analyze verify $name tells more"
    ;;
esac
keep
say drop_ins "$(show "$name" DropInPaths)"

state=$(show "$name" UnitFileState)
if [ -n "$enabled" ]; then
  case $state in
    enabled | alias | generated) ;;
    *) systemctl enable --quiet -- "$name" || fail "the unit cannot be enabled" "see its [Install] section" ;;
  esac
elif [ "$state" = enabled ] || [ "$state" = enabled-runtime ]; then
  systemctl disable --quiet -- "$name" || fail "the unit cannot be disabled" "see systemctl status $name on the host"
fi

# journal LINES MATCH...: the last since the start
journal() {
  lines=$1
  shift
  journalctl --since="@$began" --no-pager --output=cat "$@" 2>/dev/null | tail -n "$lines" >&2 || true
}
# What its processes said, then what systemd says of it, which after a few restarts is most of the journal.
give_up() {
  id=$(show "$name" Id)
  journal 5 _SYSTEMD_UNIT="$id"
  journal 3 _PID=1 UNIT="$id"
  fail "$1" "correct what its journal says: journalctl -u $name"
}
began=$(date +%s)
started=
if [ -z "$active" ]; then
  case $was_active in
    inactive | failed) ;;
    *) systemctl stop -- "$name" || fail "the unit does not stop" "see journalctl -u $name on the host" ;;
  esac
elif [ "$was_active" = active ] || [ "$was_active" = reloading ]; then
  if [ -n "$written$restart" ]; then
    systemctl restart -- "$name" 2>/dev/null || give_up "the unit does not restart"
    started=1
  fi
else
  systemctl reset-failed -- "$name" 2>/dev/null || true
  systemctl start -- "$name" 2>/dev/null || give_up "the unit does not start"
  started=1
fi

if [ -n "$started" ]; then
  # A simple service counts as started the moment it is forked; a crash shows only a little later.
  tries=0
  before=none
  while :; do
    now="$(show "$name" ActiveState) $(show "$name" MainPID) $(show "$name" NRestarts)"
    case $now in
      "active "*) [ "$now" != "$before" ] || break ;;
      "inactive "*)
        [ "$(show "$name" Type) $(show "$name" Result)" != "oneshot success" ] || break
        give_up "the unit ended right after its start"
        ;;
      "failed "*) give_up "the unit failed ($(show "$name" Result))" ;;
    esac
    before=$now
    tries=$((tries + 1))
    [ "$tries" -lt 60 ] || give_up "the unit is still \${now%% *} after 30 s"
    sleep 0.5
  done
fi
say active "$(show "$name" ActiveState)"
say enabled "$(show "$name" UnitFileState)"
`,
);

/** Says how the unit is; its text too, after an empty line, when it is not the known one. */
export const readService = script(
  "read-service",
  ["name", "has_unit", "sha256"],
  systemd +
    sh`
file=/etc/systemd/system/$name
told=$(systemctl show -p LoadState -p ActiveState -p UnitFileState -p Type -p Result -- "$name" 2>/dev/null) ||
  fail "systemd does not answer" "check that the host was booted with systemd, and whether it needs sudo: true"
load='' active='' enabled='' type='' result=''
while IFS='=' read -r property value; do
  case $property in
    LoadState) load=$value ;;
    ActiveState) active=$value ;;
    UnitFileState) enabled=$value ;;
    Type) type=$value ;;
    Result) result=$value ;;
  esac
done <<TOLD
$told
TOLD
say load "$load"
say active "$active"
say enabled "$enabled"
say type "$type"
say result "$result"
[ -n "$has_unit" ] || exit 0
[ ! -L "$file" ] || say link 1
if [ ! -f "$file" ]; then
  say unit missing
  exit 0
fi
sum=$(sha256sum <"$file") || fail "its unit file cannot be read" "check whether the host needs sudo: true"
if [ "\${sum%% *}" = "$sha256" ]; then
  say unit same
else
  say unit other
  echo
  cat -- "$file"
fi
`,
);

/** Stops and removes a unit whose text was ours, and puts back what was there; brings any other back to how it was found. */
export const removeService = script(
  "remove-service",
  ["name", "has_unit", "found_active", "found_enabled"],
  systemd +
    names +
    sh`
load=$(show "$name" LoadState) || fail "systemd does not answer" "check that the host was booted with systemd, and whether it needs sudo: true"
if [ "$load" = not-found ] && [ ! -e "$file" ] && [ ! -e "$before" ]; then
  rm -f "$mark"
  exit 0
fi
stop() { systemctl stop -- "$name" || fail "the unit does not stop" "see journalctl -u $name on the host"; }
start() { systemctl start -- "$name" || fail "the unit ran before and does not start" "see journalctl -u $name on the host"; }
enable_again() { systemctl enable --quiet -- "$name" || fail "the unit was enabled before and cannot be again" "see its [Install] section"; }
if [ -n "$has_unit" ]; then
  [ "$load" = not-found ] || stop
  systemctl disable --quiet -- "$name" 2>/dev/null || true
  rm -f -- "$file" "$file.dbha."?????? || fail "its unit file cannot be removed" "check whether the host needs sudo: true"
  [ ! -e "$before" ] || cp -a -- "$before" "$file" || fail "the unit file that was there cannot be put back" "copy $before to $file on the host"
  sync /etc/systemd/system 2>/dev/null || sync
  systemctl daemon-reload || fail "systemd could not reload its units" "see systemctl status on the host"
  systemctl reset-failed -- "$name" 2>/dev/null || true
  if [ -e "$before" ]; then
    [ -z "$found_enabled" ] || enable_again
    [ -z "$found_active" ] || start
  fi
else
  if [ -z "$found_active" ]; then
    stop
  elif [ "$load" = loaded ]; then
    start
  fi
  if [ -n "$found_enabled" ]; then
    enable_again
  else
    systemctl disable --quiet -- "$name" || fail "the unit cannot be disabled" "see systemctl status $name on the host"
  fi
fi
rm -f "$before" "$mark"
`,
);
