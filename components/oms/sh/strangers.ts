/** What a look at OMS's MetaDB tells: its regions and hosts, and of these such as are no nodes, that leave or were forgotten. */
export const strangers = String.raw`
asking() {
  clusters
  hosts
}

# Of look: what the MetaDB has of addresses and nodes, how the last plan stands, and who is a stranger. A table that is not there has
# no rows.
further() {
  awk -v ours="$ours" 'match($0, / at line [0-9]+: /) && substr($0, RSTART + 9) + 0 > ours && !/^ERROR (1044|1049|1142|1146) /' \
    "$work/all" >"$work/said"
  if [ -s "$work/said" ]; then
    printf ',"unasked":"%s"' "$(bare_error)"
    return
  fi
  record=$directory/$name-cm-plan.txt
  open=false
  if [ "$(sed -n 2p "$record" 2>/dev/null)" = open ]; then open=true; fi
  printf ',"cm":{"clusters":%s,"hosts":%s,"open":%s,"plan":"%s"}' "$(rows_of cluster | rows_in_json location url)" \
    "$(rows_of host | rows_in_json location ip)" "$open" "$(in_json "$(head -n 1 "$record" 2>/dev/null)")"
  unknown_hosts
}

rows_of() {
  sed -n "s/^$1$tab//p" "$work/answers"
}

# What has had heart beats of late on hosts that are no nodes. In which database those of a region are that is not configured any
# more, nobody knows: all are asked.
unknown_hosts() {
  patience=30
  unseen=
  : >"$work/beating"
  rows_of host | awk -F '\t' -v regions="$regions" '
    BEGIN {
      count = split(regions, lines, "\n")
      for (i = 1; i <= count; i++) {
        split(lines[i], fields, " ")
        nodes[fields[1]] = "," fields[5] ","
      }
    }
    $1 ~ /^[0-9]+$/ && !index(nodes[$1], "," $2 ",") { print $1 "\t" $2 }' | sort >"$work/strangers"
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
