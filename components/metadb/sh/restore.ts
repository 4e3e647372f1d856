/** The way back: a backup in place of what is in the databases, tried before anything is taken away. */
export const restore = String.raw`
choose=
check() {
  begin
  [ -n "$choose" ] || choose="name another one in rollback.backup; $directory has: $(find "$directory" -name '*.sql.gz' 2>/dev/null | sort | tr '\n' ' ')"
  [ -f "$file" ] || fail "there is no backup $file on this host" "$choose"
  alone
  gzip -t "$file" 2>/dev/null || fail "the backup $file is damaged" "$choose"
  facts=$(gzip -cd "$file" 2>/dev/null | sed -n '1s/^-- dbha //p;1q')
  of_whole_databases
  for one in $databases; do
    if was_empty "$one"; then continue; fi
    there "$one" || put_there "$one"
    inspected "$file" "$one"
    [ "$(section "$file" "$one" 2>/dev/null | head -c 1 | wc -c)" = 1 ] || fail "the backup $file has nothing of the database $one" "$choose"
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

# was_empty DATABASE: by what the backup says of itself, of one among several
was_empty() {
  printf %s "$facts" | sed -n 's/.*"empty":\[\([^]]*\)\].*/,\1,/p' | grep -qF ",\"$1\","
}

# A backup of some tables takes the place of these alone.
of_whole_databases() {
  if [ -n "$some_tables" ]; then return; fi
  case $facts in
    *'"only":"'*) fail "the backup $file is one of some tables only" "$choose" ;;
  esac
}

# put_there DATABASE: what is restored into must be there
put_there() {
  stage "making the database $1, which is not there" ""
  new_database "$1" || fail "the database $1 is not there, and cannot be made$(said)" "run there as an administrator: $(right_to "$1")"
}

# What came out, compared with what came out when the backup was made; another server may give values another form.
as_recorded() {
  if [ ! -f "$work/all" ]; then return; fi
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
  for one in $databases; do
    if ! was_empty "$one"; then
      put_back "$one"
    elif there "$one"; then
      stage "emptying $one, which had no tables when the backup was made" ""
      take_away "$one"
    fi
  done
  restored
}

# take_away DATABASE: all that is in it
take_away() {
  ask "$1" "SELECT CONCAT('DROP ', IF(t.table_type = 'VIEW', 'VIEW ', 'TABLE '), CHAR(96 USING utf8mb4), REPLACE(t.table_name, CHAR(96 USING utf8mb4), CHAR(96, 96 USING utf8mb4)), CHAR(96 USING utf8mb4), ';') FROM information_schema.tables t WHERE t.table_schema = DATABASE()$(among "$1")" >"$work/drops"
  { echo "SET FOREIGN_KEY_CHECKS = 0;" && sed 's/\\\\/\\/g' "$work/drops"; } >"$work/empty"
  sql "$1" <"$work/empty" >/dev/null || fail "the MetaDB could not be emptied$(said)" "$again"
}

# put_back DATABASE
put_back() {
  inspected "$file" "$1"
  stage "emptying $1, and restoring $file into it" ""
  take_away "$1"
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
