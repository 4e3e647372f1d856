import { prologue } from "../../../provider/resources/shell";

/** What all procedures share: tools, scratch space, sessions. */
export const base = String.raw`
${prologue}
set -eu
# the quote of names
tick=$(printf '\140')
tab=$(printf '\t')

# Says it, and notes it for those who have no other answer.
fail() {
  printf '%s; fix: %s\n' "$1" "$2" >&2
  if [ -n "$work" ]; then printf '%s; fix: %s\n' "$1" "$2" >"$work/failed"; fi
  exit 1
}

tool() {
  command -v "$1" || command -v "$2" ||
    fail "this host has neither $1 nor $2" "install MySQL's or MariaDB's client tools (Debian: mariadb-client)"
}

# Scratch space in memory, gone with the script, even when it is stopped while it is made or removed; the option file carries
# the password to the clients. What a killed script left behind goes with the next one.
work=
partial=
trial=
# What is said in the place of a failure: the name of a procedure, without which a failure is one.
answering=
ended=0
workspace() {
  for old in /run/dbha-metadb.*.*; do
    if [ -d "$old" ] && ! kill -0 "$(printf %s "$old" | cut -d . -f 2)" 2>/dev/null; then rm -rf "$old"; fi
  done
  work=$(mktemp -u "/run/dbha-metadb.$$.XXXXXX")
  trap 'ended=$?; trap "" HUP INT TERM; leave' EXIT
  trap 'exit 1' HUP INT TERM
  # whoever listened may be gone; what is left behind goes all the same
  trap '' PIPE
  mkdir "$work"
  printf '%s\n' "$options" >"$work/options"
}

leave() {
  quiet
  if [ -n "$trial" ]; then drop_trial || true; fi
  why=$(cat "$work/failed" 2>/dev/null) || why="it ended with status $ended; fix: see what it said before, and run this again"
  rm -rf "$work" "$partial"
  if [ -z "$answering" ] || [ "$ended" = 0 ]; then return; fi
  "$answering" "$why"
  exit 0
}

# Of a procedure that asks, in the way of every other client: within the server's own limits and in its time zone.
begin_asking() {
  workspace
  patience=120
  client=$(tool mysql mariadb)
}

begin() {
  workspace
  dumper=$(tool mysqldump mariadb-dump)
  client=$(tool mysql mariadb)
  sessions
}

# One at a time: two would use the same scratch database. A run that was killed may have left clients that are at work.
alone() {
  exec 9<"$directory"
  if flock -n 9; then return; fi
  stage "waiting for another backup or restore of this MetaDB to end" ""
  flock -w 600 9 || fail "another backup or restore of this MetaDB has been at work on this host for 10 minutes" \
    "wait until it has ended (flock on $directory, see fuser), then run this again"
}

# stage TEXT [FILE]: says what begins now, and at growing intervals how long it has taken and how large the file has become
watcher=
stage() {
  quiet
  printf '%s\n' "$1" >&2
  watch "$@" >/dev/null &
  watcher=$!
}

watch() {
  exec 9<&-
  began=$(date +%s)
  pause=5
  while sleep "$pause" >/dev/null 2>&1 && kill -0 $$ 2>/dev/null; do
    size=
    if [ -f "$2" ]; then size=", $(($(wc -c <"$2") / 1048576)) MiB so far"; fi
    printf '%s: %s s%s\n' "$1" "$(($(date +%s) - began))" "$size" >&2
    if [ "$pause" -lt 80 ]; then pause=$((pause * 2)); fi
  done
}

quiet() {
  if [ -n "$watcher" ]; then kill "$watcher" 2>/dev/null || true; fi
  watcher=
}

# Seconds that a client may take; none where that may be hours.
patience=

# sql DATABASE: runs what is on its input; in no database where the name is empty
sql() {
  if [ -z "$1" ]; then set --; fi
  set -- "$client" --defaults-file="$work/options" --batch --skip-column-names "$@"
  if [ -z "$patience" ]; then
    "$@" 2>"$work/said"
    return
  fi
  status=0
  timeout "$patience" "$@" 2>"$work/said" || status=$?
  if [ "$status" = 124 ]; then echo "ERROR 2013 (HY000): no answer within $patience s" >"$work/said"; fi
  return "$status"
}

# in_json TEXT: as it stands between quotes there
in_json() {
  printf %s "$1" | tr '\n\t' '  ' | tr -d '\001-\037' | sed 's/[\\"]/\\&/g'
}

# names_in_json NAMES...
names_in_json() {
  between='['
  for name_of in "$@"; do
    printf '%s"%s"' "$between" "$name_of"
    between=,
  done
  if [ $# = 0 ]; then printf '['; fi
  printf ']'
}

# ask DATABASE QUESTION
ask() {
  printf '%s\n' "$2" | sql "$1" ||
    fail "the MetaDB cannot be asked$(said)" "$(cure "see the client's message, and mend metaDb or the database")"
}

# The limits that a long statement needs, for our sessions only. MariaDB's dumper runs no command at first, but OceanBase
# takes the hint in a condition of what it reads for one of the whole query.
sessions() {
  ask "" "SHOW VARIABLES" >"$work/variables"
  limits=$(awk -F '\t' '
    BEGIN {
      limit["ob_query_timeout"] = limit["ob_trx_timeout"] = 86400000000
      limit["net_read_timeout"] = limit["net_write_timeout"] = 3600
      limit["max_execution_time"] = limit["max_statement_time"] = 0
    }
    $1 in limit { printf "%s=%.0f,", $1, limit[$1] }' "$work/variables")
  command="SET $limits""time_zone='+00:00'"
  printf '[mysql]\ninit-command="%s"\n[mysqldump]\n' "$command" >>"$work/options"
  case $("$dumper" --no-defaults --help 2>/dev/null | tr '\n' ' ') in
    *--init-command*) printf 'init-command="%s"\n' "$command" >>"$work/options" ;;
  esac
  case $limits in
    *ob_query_timeout*) printf 'where="1=(SELECT /*+ QUERY_TIMEOUT(86400000000) */ 1)"\n' >>"$work/options" ;;
  esac
}

# there DATABASE: whether there is one of that name
there() {
  if sql "$1" </dev/null; then return; fi
  wrong=$(said)
  if [ "$(code)" = 1049 ]; then return 1; fi
  fail "the database $1 of the MetaDB cannot be used$wrong" "$(cure "see the client's message, and mend metaDb or the database")"
}

# has_table DATABASE TABLE
has_table() {
  there "$1" || return 1
  found=$(ask "$1" "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = '$2'") || exit 1
  [ "$found" = 1 ]
}

variable() {
  awk -F '\t' -v name="$1" '$1 == name { print $2 }' "$work/variables"
}
`;
