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
`;
