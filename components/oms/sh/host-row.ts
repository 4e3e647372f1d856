/** The rows of a node that has left. */
export const hostRow = String.raw`
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
