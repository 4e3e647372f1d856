/** The way back: a backup in place of what is in the databases, tried before anything is taken away. */
export const restore = String.raw`
check() {
  prepare
  choose="name another one in rollback.backup; $directory has: $(find "$directory" -name '*.sql.gz' 2>/dev/null | sort | tr '\n' ' ')"
  [ -f "$file" ] || fail "there is no backup $file on this host" "$choose"
  alone
  gzip -t "$file" 2>/dev/null || fail "the backup $file is damaged" "$choose"
  for one in $databases; do
    inspected "$file" "$one"
    [ "$complete" = 1 ] || fail "the backup $file is cut short: its last line is not that of a complete dump" "$choose"
    [ "$created" != 0 ] || fail "the backup $file has no tables" "$choose"
    fit "the backup $file"
    retry=$choose
    tried "$file" "$one" "the backup $file"
    if [ -z "$trial" ]; then
      looked_through "the backup $file" "$one"
      continue
    fi
    sed "s/^/$one$tab/" "$work/tried" >>"$work/all"
    drop_trial || fail "the scratch database $trial cannot be dropped$(said)" "drop it, then run this again"
  done
  as_recorded
}

# What came out, compared with what came out when the backup was made; another server may give values another form.
as_recorded() {
  if [ ! -f "$work/all" ]; then return; fi
  facts=$(gzip -cd "$file" 2>/dev/null | sed -n '1s/^-- dbha //p;1q')
  gave=$(printf %s "$facts" | sed -n 's/.*"rows":\([0-9]*\).*/\1/p')
  if [ -z "$gave" ]; then return; fi
  now=$(rows)
  [ "$now" = "$gave" ] || fail "the backup $file gives $now rows, and gave $gave when it was made" "$choose"
  case $facts in
    *'"server":"'"$(server)"'"'*) ;;
    *) return ;;
  esac
  case $facts in
    *'"checksum":"'"$(checksum)"'"'*) ;;
    *) fail "the backup $file gives other contents than when it was made: its checksum differs" "$choose" ;;
  esac
}

restore() {
  check
  again="mend the database and run this again: it starts anew; until then no node runs"
  for one in $databases; do put_back "$one"; done
  restored
}

# put_back DATABASE
put_back() {
  inspected "$file" "$1"
  stage "emptying $1, and restoring $file into it" ""
  ask "$1" "SELECT CONCAT('DROP ', IF(table_type = 'VIEW', 'VIEW ', 'TABLE '), CHAR(96 USING utf8mb4), REPLACE(table_name, CHAR(96 USING utf8mb4), CHAR(96, 96 USING utf8mb4)), CHAR(96 USING utf8mb4), ';') FROM information_schema.tables WHERE table_schema = DATABASE()" >"$work/drops"
  { echo "SET FOREIGN_KEY_CHECKS = 0;" && sed 's/\\\\/\\/g' "$work/drops"; } >"$work/empty"
  sql "$1" <"$work/empty" >/dev/null || fail "the MetaDB could not be emptied$(said)" "$again"
  section "$file" "$1" 2>/dev/null | sql "$1" >/dev/null ||
    fail "the backup $file could not be restored$(said)" "$(cure "$again")"
  has=$(names "$1" | wc -l)
  [ "$has" = $((created + views)) ] ||
    fail "the MetaDB has $has tables and views after the restore of $file, which has $((created + views))" "$again"
  if [ ! -f "$work/all" ]; then return; fi
  sums "$1" | sed "s/^/$1$tab/" >"$work/now"
  grep "^$1$tab" "$work/all" | cmp -s "$work/now" - ||
    fail "the MetaDB has other rows after the restore of $file than it gave when it was tried" "$again"
}

restored() {
  printf '%s\n' "$file"
}
`;
