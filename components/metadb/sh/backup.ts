/** Backups: making, proving and listing them. */
export const backup = String.raw`
backup() {
  begin
  alone
  back_up
}

# leaves the path in $path
back_up() {
  partial=$directory/.$name-partial
  rm -rf "$partial"
  mkdir "$partial"
  full='' empty=''
  stage "reading what the MetaDB has" ""
  for one in $databases; do
    : >"$partial/$one.before"
    if there "$one"; then sums "$one" >"$partial/$one.before"; fi
    if [ -s "$partial/$one.before" ]; then full="$full $one"; else empty="$empty $one"; fi
  done
  if [ -z "$full" ]; then
    nothing
    return
  fi
  from=$(version)
  if [ -z "$from" ]; then from=unknown; fi
  retry="see $dumper on this host, then run this again"
  room
  for one in $full; do dump_into "$partial/dump.gz" "$one"; done
  gzip -t "$partial/dump.gz" 2>/dev/null || no_room
  proof=restored
  tables=0 all_views=0
  for one in $full; do prove "$one"; done
  {
    # shellcheck disable=SC2086 # a name each
    printf -- '-- dbha "tables":%s,"version":"%s","databases":%s,"empty":%s,"views":%s,"proof":"%s","provenAt":"%s"' \
      "$tables" "$from" "$(names_in_json $full)" "$(names_in_json $empty)" "$all_views" "$proof" "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
    if [ -n "$some_tables" ]; then printf ',"only":"%s"' "$(printf %s "$some_tables" | tr '\n ' ', ')"; fi
    if [ "$proof" = restored ]; then
      printf ',"rows":%s,"checksum":"%s","server":"%s"\n' "$(rows)" "$(checksum)" "$(server)"
    else
      printf ',"missingGrant":"%s"\n' "$(in_json "$missing")"
    fi
  } | gzip >"$partial/whole.gz"
  stage "writing the backup" "$partial/whole.gz"
  within_room cat "$partial/dump.gz" >>"$partial/whole.gz" || no_room
  gzip -t "$partial/whole.gz" 2>/dev/null || no_room
  sync "$partial/whole.gz" 2>/dev/null
  path=$directory/$name-$(date -u +%Y%m%dT%H%M%SZ)-$from.sql.gz
  mv "$partial/whole.gz" "$path"
  sync "$directory" 2>/dev/null
  describe "$path"
}

# A backup takes a part of what the tables hold, twice for a moment. The disk is not filled with it: a twentieth stays, or 1 GiB.
room() {
  holds=$(cat "$partial"/*.before | awk -F '\t' '{ n += $4 } END { printf "%.0f", n / 1048576 }')
  usable=$(df -Pk "$directory" | awk 'NR == 2 { kept = $2 / 20; if (kept > 1048576) kept = 1048576; printf "%d", $4 - kept }')
  [ $((usable / 1024)) -ge $((holds / 2)) ] ||
    fail "$directory has no room for the backup: the MetaDB holds $holds MiB, and $((usable / 1024)) MiB may be used" \
      "make room for $((holds / 2)) MiB there, or give another directory (backup.directory)"
  [ "$usable" -gt 1024 ] || fail "$directory has no room for the backup" "make room there, or give another directory (backup.directory)"
}

# Of the schema, by the software's own record of its migrations; an unknown MetaDB has none.
version() {
  if [ -z "$version_table" ]; then return; fi
  has_table "$version_database" "$version_table" || return 0
  ask "$version_database" "$version_query" | tr -cd '0-9.\n' | sort -V | tail -n 1
}

server() {
  variable version | tr -cd '[:alnum:]._-'
}

rows() {
  awk -F '\t' '{ n += $3 } END { printf "%.0f", n }' "$work/all"
}

checksum() {
  sort "$work/all" | cut -f 1-4 | sha256sum | cut -d ' ' -f 1
}

# dumped DATABASE OPTIONS...: to the output; how it ended is in $work/status
dumped() {
  status=0
  "$dumper" --defaults-file="$work/options" "$@" 2>"$work/said" || status=$?
  echo "$status" >"$work/status"
}

# Without triggers no question for them: OceanBase answers it in a way that ends the dumpers.
triggers() {
  count=$(ask "$1" "SELECT COUNT(*) FROM information_schema.triggers WHERE trigger_schema = DATABASE()")
  if [ "$count" = 0 ]; then echo --skip-triggers; else echo --triggers; fi
}

well_dumped() {
  status=$(cat "$work/status")
  if [ "$status" = 0 ]; then return; fi
  why=$(said)
  if [ -z "$why" ] && [ "$triggers" = --triggers ]; then
    why=" without a word; the MetaDB has triggers, which the dumpers cannot read from OceanBase"
    retry="drop the triggers (SHOW TRIGGERS)"
  fi
  fail "$1 failed: $dumper ended with status $status$why" "$(cure "$retry")"
}

# Half of the room each, for the dump and the backup that it becomes; the limit is in blocks of 512 bytes.
within_room() (
  ulimit -f "$usable"
  "$@" 2>/dev/null
)

no_room() {
  fail "the backup of the MetaDB could not be written in full" "make room in $directory"
}

# dump_into FILE DATABASE: only compressed text reaches the disk
dump_into() {
  triggers=$(triggers "$2")
  case $databases in
    *' '*) printf 'USE %s; -- dbha database\n' "$tick$2$tick" | gzip >>"$1" ;;
  esac
  stage "dumping $2" "$1"
  chosen=
  if [ -n "$some_tables" ]; then chosen=$(cut -f 1 "$partial/$2.before"); fi
  # shellcheck disable=SC2086 # a name each
  dumped "$triggers" "$2" $chosen | within_room gzip >>"$1" || no_room
  well_dumped "the backup of the MetaDB"
}

# prove DATABASE: that the dump is whole, can be restored, and has what was in the database
prove() {
  what="the backup of the MetaDB"
  case $databases in *' '*) what="the backup of $1" ;; esac
  [ "$(section "$partial/dump.gz" "$1" 2>/dev/null | head -c 1 | wc -c)" = 1 ] || fail "$what is empty" "$retry"
  stage "looking through the dump of $1" ""
  inspected "$partial/dump.gz" "$1"
  [ "$complete" = 1 ] || fail "$what is cut short: its last line is not that of a complete dump" "$retry"
  expected=$(wc -l <"$partial/$1.before")
  [ "$created" = "$expected" ] || fail "$what has $created tables, the MetaDB has $expected" "$retry"
  fit "$what"
  tables=$((tables + created))
  all_views=$((all_views + views))
  tried "$partial/dump.gz" "$1" "$what"
  if [ -z "$trial" ]; then
    looked_through "$what" "$1"
    proof=inspected
    missing=$(missing_grant "$1")
    return
  fi
  stage "comparing $trial with what was dumped" ""
  same_as_database "$1"
  same_as_dump "$1"
  sed "s/^/$1$tab/" "$work/tried" >>"$work/all"
  drop_trial || fail "the scratch database $trial cannot be dropped$(said)" "drop it, then run this again"
}

# What no one changed while it was dumped has come out as it is in the database; of the rest there are rows where there were.
same_as_database() {
  sums "$1" >"$partial/$1.after"
  names "$1" >"$work/names"
  difference=$(awk -F '\t' '
    which == "before" { before[$1] = $0; had[$1] = $2; next }
    which == "after" { after[$1] = $0; has[$1] = $2; next }
    { out[$1] = 1 }
    !($1 in before) || !($1 in after) { print "table " $1 " is not in it any more"; next }
    before[$1] == after[$1] ? $0 != after[$1] : $2 == 0 && had[$1] > 0 && has[$1] > 0 {
      print "table " $1 " had " had[$1] " rows before and " has[$1] " after it, and came out with " $2 ($2 == has[$1] ? " others" : "")
    }
    END { for (one in after) if (!(one in out)) print "table " one " did not come out" }
  ' which=before "$partial/$1.before" which=after "$partial/$1.after" which=out "$work/tried" | head -n 1)
  [ -z "$difference" ] || fail "$what is not what was in the MetaDB: $difference" "$retry"
  cmp -s "$work/names" "$work/tried.names" ||
    fail "$what is not what is in the MetaDB: it has other tables or views" "$retry"
}

# The scratch database, dumped in its turn, gives the same text; or the same rows in another order.
same_as_dump() {
  text=$(section "$partial/dump.gz" "$1" | digest "$1")
  again=$(dump_trial | digest "$trial")
  well_dumped "a dump of the scratch database $trial"
  if [ "$text" = "$again" ]; then return; fi
  text=$(section "$partial/dump.gz" "$1" | without_rows | digest "$1")
  again=$(dump_trial | without_rows | digest "$trial")
  [ "$text" = "$again" ] || fail "$what has a schema that does not come out of a restore as it was" "$retry"
  text=$(section "$partial/dump.gz" "$1" | digest_of_rows)
  again=$(dump_trial | digest_of_rows)
  [ "$text" = "$again" ] || fail "$what has rows that do not come out of a restore as they were" "$retry"
}

dump_trial() {
  dumped "$triggers" --ignore-table="$trial.$mark" "$trial"
}

describe() {
  facts=$(gzip -cd "$1" 2>/dev/null | sed -n '1s/^-- dbha //p;1q')
  if [ -z "$facts" ]; then facts='"tables":0,"version":"unknown"'; fi
  printf '{"path":"%s","bytes":%s,%s}\n' "$1" "$(wc -c <"$1")" "$facts"
}

nothing() {
  printf '{"path":"","bytes":0,"tables":0,"version":""}\n'
}

newest() {
  last=
  for one in "$directory/$name"-????????T??????Z-*.sql.gz; do
    if [ -f "$one" ]; then last=$one; fi
  done
  if [ -n "$last" ]; then describe "$last"; else nothing; fi
}

list() {
  set -- "$directory/$name"-????????T??????Z-*.sql.gz
  if [ ! -f "$1" ]; then set --; fi
  while [ $# -gt "$keep" ]; do
    rm -f "$1"
    shift
  done
  separator='['
  for one in "$@"; do
    # all on one line: the last one is what a procedure says
    printf '%s%s' "$separator" "$(describe "$one")"
    separator=,
  done
  if [ $# = 0 ]; then printf '['; fi
  printf ']\n'
}
`;
