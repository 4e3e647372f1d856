/** Hosts that the MetaDB has in regions and that are no nodes of them: nodes that leave, and such as were forgotten. */
export const strangers = String.raw`
# Of look: which hosts these are, and what has had heart beats on them of late. In which database those of a region are
# that is not configured any more, nobody knows: all are asked.
further() {
  patience=30
  unseen=
  : >"$work/beating"
  query="SELECT g.name, h.ip FROM host h JOIN resource_group g ON g.id = h.resource_group_id WHERE g.name REGEXP '^[0-9]+$'"
  for each in $(locations); do
    query="$query AND NOT (g.name = '$each' AND h.ip IN ('$(region "$each" 5 | sed "s/,/','/g")'))"
  done
  question "$cm_database" "$query ORDER BY g.name, h.ip" >"$work/strangers" || unseen=$(why_not)
  if [ -s "$work/strangers" ]; then
    ips=$(cut -f 2 "$work/strangers" | sed "s/[\\\\']/\\\\&/g; s/.*/'&'/" | tr '\n' ',' | sed 's/,$//')
    question "" "SELECT table_schema FROM information_schema.tables WHERE table_name = 'heart_beat' AND RIGHT(table_schema, 13) <> '_dbha_scratch' ORDER BY table_schema" >"$work/beaten" || unseen=$(why_not)
    while read -r each; do
      question "$each" "SELECT '$each', host_ip, task_name, $age FROM heart_beat WHERE host_ip IN ($ips) AND $age <= $idle ORDER BY task_name" >>"$work/beating" ||
        unseen=$(why_not)
    done <"$work/beaten"
  fi
  printf ',"strangers":%s,"beating":%s,"unseen":"%s"' "$(rows_in_json location ip <"$work/strangers")" \
    "$(rows_in_json database ip task age <"$work/beating")" "$unseen"
}

question() {
  printf '%s\n' "$2" | sql "$1"
}

# Why not; empty where database or table are not there yet, or the user may not see them, which is told beside.
why_not() {
  problem=$(bare_error)
  case $(code) in
    1044 | 1049 | 1146) ;;
    *) printf %s "$problem" ;;
  esac
}

# Of a node whose container has gone. Nothing here is a reason for a removal to fail.
remove_host() {
  exec 3>&2 2>/dev/null
  answering=stays
  begin_asking
  patience=30
  beating=$(region "$location" 2)
  busy
  removed=0 silenced=0
  if has_table "$cm_database" host && has_table "$cm_database" resource_group; then
    removed=$(ask "$cm_database" "DELETE FROM host WHERE $(row ""); SELECT ROW_COUNT();")
  fi
  if has_table "$beating" heart_beat; then
    silenced=$(ask "$beating" "DELETE FROM heart_beat WHERE host_ip = $(in_sql "$node"); SELECT ROW_COUNT();")
  fi
  printf '{"node":"%s","hosts":%s,"heartBeats":%s}\n' "$(in_json "$node")" "$removed" "$silenced"
}

# row DATABASE: which one it is, for a condition; the name of the database with its dot, or nothing
row() {
  printf '%s' "ip = $(in_sql "$node") AND resource_group_id IN (SELECT id FROM $1resource_group WHERE name = '$location')"
}

# Components that run on the node, by their own heart beats: what is in the MetaDB of it is theirs, too.
busy() {
  if ! has_table "$beating" heart_beat; then return; fi
  ask "$beating" "SELECT CONCAT(task_name, ' (', $age, ' s ago)') FROM heart_beat WHERE host_ip = $(in_sql "$node") AND task_name <> 'supervisor' AND $age <= $idle ORDER BY task_name" >"$work/busy"
  [ ! -s "$work/busy" ] ||
    fail "$(wc -l <"$work/busy") components had heart beats there in the last $idle s: $(head -n 3 "$work/busy" | tr '\n' ',' | sed 's/,$//; s/,/, /g')" \
      "stop or move them on the console"
}

# stays REASON
stays() {
  printf '%s\n' "the row of node $node in $cm_database.host of the MetaDB $server_name stays: $1, then run there: DELETE FROM $cm_database.host WHERE $(row "$cm_database.")" >&3
}
`;
