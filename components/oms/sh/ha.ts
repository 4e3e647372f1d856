/**
 * HA off before an upgrade and on again after it. The console keeps it as JSON in a row, of which only what is meant changes; a
 * row that somebody else changes meanwhile is left as it is.
 */
export const ha = String.raw`
# ha_read: its value into $work/ha; false where there is none, which OMS takes for off
ha_read() {
  has_table "$rm_database" oms_normal_config || return 1
  ask "$rm_database" "SELECT COALESCE(TO_BASE64(cfg_value), '') FROM oms_normal_config WHERE cfg_name = 'ha.config'" >"$work/ha.64" || exit 1
  [ -s "$work/ha.64" ] || return 1
  if [ "$(wc -l <"$work/ha.64")" = 1 ] && sed 's/\\n//g' "$work/ha.64" | base64 -d >"$work/ha" 2>/dev/null && ha_understood; then return; fi
  fail "ha.config in $rm_database.oms_normal_config of the MetaDB is no JSON object with one key enable" \
    "mend it on the console's page of system parameters, or switch HA there by hand"
}

ha_understood() {
  awk '
    { text = text $0 "\n" }
    END { exit !(text ~ /^[ \t\r\n]*\{.*\}[ \t\r\n]*$/ && gsub(/"enable"[ \t\r\n]*:/, "", text) <= 1) }' "$work/ha"
}

# ha_value KEY: as it is written, without quotes; nothing where there is none
ha_value() {
  awk -v key="$1" '
    { text = text $0 "\n" }
    END {
      if (!match(text, "\"" key "\"[ \t\r\n]*:[ \t\r\n]*")) exit
      text = substr(text, RSTART + RLENGTH)
      match(text, /^("[^"]*"|[^,} \t\r\n]*)/)
      text = substr(text, 1, RLENGTH)
      gsub("\"", "", text)
      print text
    }' "$work/ha"
}

is_on() {
  case $(ha_value "$1") in
    [Tt][Rr][Uu][Ee] | 1) echo true ;;
    *) echo false ;;
  esac
}

# ha_set KEY VALUE: in $work/ha
ha_set() {
  awk -v key="$1" -v value="$2" '
    { text = text (NR > 1 ? "\n" : "") $0 }
    END {
      if (match(text, "\"" key "\"[ \t\r\n]*:[ \t\r\n]*")) {
        head = substr(text, 1, RSTART + RLENGTH - 1)
        rest = substr(text, RSTART + RLENGTH)
        match(rest, /^("[^"]*"|[^,} \t\r\n]*)/)
        rest = substr(rest, RLENGTH + 1)
      } else {
        at = index(text, "{")
        rest = substr(text, at + 1)
        head = substr(text, 1, at) "\"" key "\": "
        if (rest !~ /^[ \t\r\n]*\}/) rest = ", " rest
      }
      printf "%s", head value rest
    }' "$work/ha" >"$work/ha.changed"
  mv "$work/ha.changed" "$work/ha"
}

# ha_write ENABLE: what was changed, unless somebody else changed the row since it was read
ha_write() {
  is=$(sed 's/\\n//g' "$work/ha.64")
  becomes=$(base64 <"$work/ha" | tr -d '\n')
  if [ "$is" != "$becomes" ]; then
    printf "UPDATE oms_normal_config SET cfg_value = CONVERT(FROM_BASE64('%s') USING utf8mb4) WHERE cfg_name = 'ha.config' AND CAST(cfg_value AS CHAR) = CONVERT(FROM_BASE64('%s') USING utf8mb4);\n" \
      "$becomes" "$is" | sql "$rm_database" ||
      fail "ha.config in the MetaDB could not be changed$(said)" "$(cure "see the client's message, and mend the database")"
  fi
  if ha_read && [ "$(is_on enable)" = "$1" ]; then return; fi
  fail "somebody else changed ha.config in the MetaDB meanwhile" "run this again"
}

ha_look() {
  begin_asking
  row=false
  : >"$work/ha"
  if ha_read; then row=true; fi
  printf '{"row":%s,"enabled":%s,"hostEnabled":%s,"switchedOff":%s}\n' "$row" "$(is_on enable)" "$(is_on enableHost)" "$(was_on)"
}

was_on() {
  if [ -f "$directory/$name-ha" ]; then echo true; else echo false; fi
}

# When it was switched off is noted first, for whoever switches it on again.
ha_off() {
  begin_asking
  alone
  if ha_read && [ "$(is_on enable)" = true ]; then
    if [ "$(was_on)" = false ]; then
      date +%s >"$directory/.$name-ha"
      sync "$directory/.$name-ha" 2>/dev/null || true
      mv "$directory/.$name-ha" "$directory/$name-ha"
    fi
    ha_set enable false
    ha_write false
  fi
  printf '{"enabled":false,"switchedOff":%s}\n' "$(was_on)"
}

# A store is fetched again only from as far back as refetchStoreIntervalMin, which must be longer than all was stopped.
ha_on() {
  begin_asking
  alone
  if [ "$(was_on)" = false ]; then
    : >"$work/ha"
    ha_read || true
    printf '{"enabled":%s,"switchedOn":false}\n' "$(is_on enable)"
    return
  fi
  ha_read || fail "ha.config is not in $rm_database.oms_normal_config of the MetaDB any more, where HA was on" \
    "switch HA on on the console's page of system parameters, and remove $directory/$name-ha"
  stopped=$(((($(date +%s) - $(cat "$directory/$name-ha")) / 60) + 2))
  interval=$(ha_value refetchStoreIntervalMin | tr -cd '0-9')
  ha_set enable true
  if [ "$(is_on perceiveStoreClientCheckpoint)" = false ] && [ "$((interval + 0))" -lt "$stopped" ]; then
    interval=$stopped
    ha_set refetchStoreIntervalMin "$interval"
  fi
  ha_write true
  rm "$directory/$name-ha"
  printf '{"enabled":true,"switchedOn":true,"refetchStoreIntervalMin":%s}\n' "$((interval + 0))"
}
`;
