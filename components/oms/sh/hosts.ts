/** Nodes as the MetaDB knows them: who beats, who may leave, and the rows of one that has left. */
export const hosts = String.raw`
# The supervisors' last heart beats, in seconds; of which hosts, they say themselves.
beats() {
  begin_asking
  for each in $(locations); do
    beating=$(region "$each" 2)
    if ! has_table "$beating" heart_beat; then continue; fi
    ask "$beating" "SELECT $each, host_ip, MIN($age) FROM heart_beat WHERE task_name = 'supervisor' GROUP BY host_ip ORDER BY host_ip" >>"$work/beats"
  done
  touch "$work/beats"
  rows_in_json location ip age <"$work/beats"
  echo
}

# Whether components run on the node, by their own heart beats.
busy() {
  beating=$(region "$location" 2)
  if ! has_table "$beating" heart_beat; then return; fi
  ask "$beating" "SELECT CONCAT(task_name, ' (', $age, ' s ago)') FROM heart_beat WHERE host_ip = $(in_sql "$node") AND task_name <> 'supervisor' AND $age <= $idle ORDER BY task_name" >"$work/busy"
  [ ! -s "$work/busy" ] ||
    fail "$(wc -l <"$work/busy") components have heart beats of the last $idle s on $node, which is to leave region $location: $(head -n 3 "$work/busy" | tr '\n' ',' | sed 's/,$//; s/,/, /g')" \
      "stop the projects that use this node, or move their components to another one, on the console; then run this again"
}

may_leave() {
  begin_asking
  busy
  printf '{"node":"%s"}\n' "$(in_json "$node")"
}

remove_host() {
  begin_asking
  alone
  busy
  removed=0 silenced=0
  if has_table "$cm_database" host && has_table "$cm_database" resource_group; then
    removed=$(ask "$cm_database" "DELETE FROM host WHERE ip = $(in_sql "$node") AND resource_group_id IN (SELECT id FROM resource_group WHERE name = '$location'); SELECT ROW_COUNT();")
  fi
  if has_table "$beating" heart_beat; then
    silenced=$(ask "$beating" "DELETE FROM heart_beat WHERE host_ip = $(in_sql "$node"); SELECT ROW_COUNT();")
  fi
  printf '{"node":"%s","hosts":%s,"heartBeats":%s}\n' "$(in_json "$node")" "$removed" "$silenced"
}

# All but the newest row; each batch is a transaction of its own. A query may not read what it deletes from but as a derived table.
trim() {
  begin
  trimmed=0
  for each in $(locations); do
    beating=$(region "$each" 2)
    if ! has_table "$beating" heatbeat_sequence; then continue; fi
    older="id < (SELECT newest FROM (SELECT MAX(id) AS newest FROM heatbeat_sequence) AS it)"
    count=$(ask "$beating" "SELECT COUNT(*) FROM heatbeat_sequence WHERE $older")
    if [ "$count" = 0 ]; then continue; fi
    stage "deleting $count rows of heatbeat_sequence in $beating" ""
    awk -v batches="$(((count + batch - 1) / batch))" -v statement="DELETE FROM heatbeat_sequence WHERE $older LIMIT $batch;" \
      'BEGIN { while (batches-- > 0) print statement }' >"$work/batches"
    sql "$beating" <"$work/batches" ||
      fail "heatbeat_sequence in $beating could not be trimmed$(said)" "$(cure "see the client's message, and mend the database")"
    trimmed=$((trimmed + count))
  done
  printf '{"rows":%s}\n' "$trimmed"
}
`;
