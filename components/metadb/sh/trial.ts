/** The proof of a backup: what it has is restored into a scratch database, or, without the right to one, looked through. */
export const trial = String.raw`
# open_trial DATABASE: an empty scratch database beside it, in $trial; empty where the user may have none
open_trial() {
  scratch=$(printf '%.51s_dbha_scratch' "$1")
  there=$(ask "$1" "SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = '$scratch'")
  if [ "$there" != 0 ]; then
    ours=$(ask "$1" "SELECT COUNT(*) = 0 OR SUM(table_name = '$mark') > 0 FROM information_schema.tables WHERE table_schema = '$scratch'")
    [ "$ours" = 1 ] || fail "the MetaDB's server has a database $scratch, which was not made here" \
      "give it another name, since backups are proven in one of this name"
    trial=$scratch
    drop_trial || fail "the scratch database $scratch of an earlier run cannot be dropped$(said)" "drop it"
  fi
  kind=$(ask "$1" "SELECT CONCAT('CHARACTER SET ', default_character_set_name, ' COLLATE ', default_collation_name) FROM information_schema.schemata WHERE schema_name = DATABASE()")
  trial=$scratch
  if printf 'CREATE DATABASE %s %s; CREATE TABLE %s.%s (id INT PRIMARY KEY);\n' "$scratch" "$kind" "$scratch" "$mark" | sql "$1"; then
    return
  fi
  wrong=$(said)
  case $(code) in
    1044 | 1142 | 1227)
      drop_trial || true
      trial=
      ;;
    *) fail "the scratch database $scratch cannot be made$wrong" "see the client's message, and mend the database" ;;
  esac
}

# The database goes at once, not into a recycle bin.
drop_trial() {
  { [ -z "$(variable recyclebin)" ] || echo "SET recyclebin = 0;"; echo "DROP DATABASE IF EXISTS $trial;"; } | sql "" || return 1
  trial=
}

missing_grant() {
  scratch=$(printf '%.51s_dbha_scratch' "$1")
  ask "$1" "SELECT CONCAT('GRANT ALL PRIVILEGES ON $scratch.* TO ''', SUBSTR(CURRENT_USER(), 1, CHAR_LENGTH(CURRENT_USER()) - LOCATE('@', REVERSE(CURRENT_USER()))), '''@''', SUBSTRING_INDEX(CURRENT_USER(), '@', -1), '''')"
}

# tried FILE DATABASE WHAT: restores it into the scratch database, where there is one, and tells in $work/tried what came out
tried() {
  open_trial "$2"
  if [ -z "$trial" ]; then return; fi
  stage "restoring into $trial, for a proof" ""
  section "$1" "$2" 2>/dev/null | own "$2" 2>/dev/null | sql "$trial" >/dev/null ||
    fail "$3 cannot be restored: the scratch database $trial refused it$(said)" "$(cure "$retry")"
  sums "$trial" >"$work/tried"
  names "$trial" >"$work/tried.names"
  [ "$(grep -c '^BASE TABLE' "$work/tried.names")" = "$created" ] ||
    fail "$3 cannot be restored: it has $created tables, and its scratch database has $(grep -c '^BASE TABLE' "$work/tried.names")" "$retry"
}

packet() {
  echo $(((longest / 1048576 + 1) * 1048576))
}

# fit WHAT: what the dump's text tells, whether it is restored for its proof or not
fit() {
  limit=$(variable max_allowed_packet)
  [ "$longest" -le "$limit" ] ||
    fail "$1 cannot be restored: its longest statement, of table $(cat "$work/found.longest"), has $longest bytes, and max_allowed_packet of the MetaDB is $limit" \
      "set max_allowed_packet in the MetaDB: SET GLOBAL max_allowed_packet = $(packet)"
  [ "$oceanbase" = 0 ] || [ -n "$(variable ob_query_timeout)" ] ||
    fail "$1 cannot be restored: it is of an OceanBase, and the MetaDB is none (ORGANIZATION INDEX)" "name another MetaDB or another backup"
  whole=$(cat "$work/found.whole")
  if [ -z "$whole" ] || variable version | grep -q MariaDB; then return; fi
  fail "$1 cannot be restored: it has values for the generated columns of table $whole, which the MetaDB refuses (3105)" \
    "install Oracle's mysqldump on this host, which leaves generated columns out, or drop those columns"
}

# looked_through WHAT DATABASE: what only the text can tell where nothing may be restored for a proof
looked_through() {
  me=$(ask "$2" "SELECT CURRENT_USER()")
  stranger=$(grep -vxF -e "$me" "$work/found.definers" | head -n 1 || true)
  [ -z "$stranger" ] ||
    fail "$1 may not be restorable: $stranger is the definer of a view or trigger, and the MetaDB's user is $me" \
      "$(missing_grant "$2"), so that a restore can be tried, or let views and triggers have $me as their definer"
}
`;
