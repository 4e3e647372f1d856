/** Whether the MetaDB has what the configuration says. */
export const verify = String.raw`
# wrong TABLE FOUND RULE FIX
wrong() {
  printf 'MetaDB %s: table %s %s, and must %s; fix: %s\n' "$server_name" "$1" "$2" "$3" "$4" >>"$work/wrong"
}

verify() {
  begin_asking
  : >"$work/wrong"
  look_at '1049|1146' clusters groups hosts addresses beating
  for each in $(locations); do
    right_cluster "$each"
    right_nodes "$each"
    right_addresses "$each"
  done
  judged
  printf '{"regions":['
  comma=
  for each in $(locations); do
    printf '%s{"location":%s,"url":"%s","nodes":%s}' "$comma" "$each" "$(in_json "$(seen cluster "$each" 3)")" "$(nodes_of "$each")"
    comma=,
  done
  printf ']}\n'
}

judged() {
  if [ ! -s "$work/wrong" ]; then return; fi
  cp "$work/wrong" "$work/failed"
  cat "$work/wrong" >&2
  exit 1
}

# nodes_of LOCATION: what the MetaDB has of them, in the order of the configuration
nodes_of() {
  for ip in $(region "$1" 5 | tr ',' ' '); do
    printf '%s\t%s\t%s\n' "$ip" "$(seen host "$1" 4 "$ip")" "$(beats_as "$1" "$ip")"
  done | rows_in_json ip server heartBeats
}

# The address alone, which an initialisation writes at once.
verify_url() {
  begin_asking
  : >"$work/wrong"
  look_at '1049|1146' clusters
  right_cluster "$location"
  judged
  printf '{"url":"%s"}\n' "$(in_json "$(seen cluster "$location" 3)")"
}

# right_cluster LOCATION
right_cluster() {
  url=$(region "$1" 3)
  count=$(seen cluster "$1" 2 | wc -l)
  if [ "$count" != 1 ]; then
    wrong "$rm_database.cluster_info" "has $count rows with code $1" "have one, with cm_url $url" "run pulumi up, which initialises a node of the region again"
    return
  fi
  found=$(seen cluster "$1" 3)
  [ "$found" = "$url" ] || [ "$found" = "$url/" ] ||
    wrong "$rm_database.cluster_info" "has cm_url $found in the row with code $1" "have $url" "run pulumi up, which puts it right"
  default=$(region "$1" 4)
  found=$(seen cluster "$1" 4)
  [ "$found" = "$default" ] ||
    wrong "$rm_database.cluster_info" "has is_default_cm $found in the row with code $1" "have $default" \
      "see which region's CM is the default one, then set it by hand (UPDATE), and restart the consoles"
}

# right_nodes LOCATION
right_nodes() {
  if [ -z "$(awk -F '\t' -v name="$1" '$1 == "group" && $2 == name { print $2 }' "$work/seen")" ]; then
    wrong "$cm_database.resource_group" "has no group named $1" "have one for region $1" "run pulumi up, which initialises the region's nodes again"
  fi
  for ip in $(region "$1" 5 | tr ',' ' '); do
    if is_lost "$1" "$ip"; then continue; fi
    right_node "$1" "$ip"
    [ "$(beats_as "$1" "$ip")" = alive ] || silent "$1" "$ip"
  done
}

is_lost() {
  region "$1" 6 | tr ',' '\n' | grep -qxF -e "$2"
}

# right_node LOCATION ADDRESS
right_node() {
  status=$(seen host "$1" 4 "$2")
  case $status in
    ONLINE) ;;
    "")
      wrong "$cm_database.host" "has no row with ip $2 in the group of region $1" "have one for each of its nodes" \
        "see that OMS_HOST_IP of the node is $2, and run pulumi up, which initialises it again"
      ;;
    *)
      wrong "$cm_database.host" "has host_status $status in the row with ip $2" "have ONLINE" \
        "see in the node's supervisor/error.log what keeps it away, and restart oms_drc_supervisor (supervisorctl restart)"
      ;;
  esac
}

# beats_as LOCATION ADDRESS: alive or silent; not the age itself, which is another one at every look
beats_as() {
  last=$(seen beat "$1" 4 "$2")
  if [ -n "$last" ] && [ "$last" -le "$silence" ]; then echo alive; else echo silent; fi
}

# silent LOCATION ADDRESS
silent() {
  others=$(awk -F '\t' -v location="$1" -v limit="$silence" '$1 == "beat" && $2 == location && $4 <= limit { printf " %s", $3 }' "$work/seen")
  [ -n "$others" ] || others=' nobody'
  wrong "$(region "$1" 2).heart_beat" "has no heart beat of the supervisor of $2 in the last $silence s (and has such of$others)" "have one of each node" \
    "see that oms_drc_supervisor is RUNNING in its container and reaches the CM at $(region "$1" 3), and that OMS_HOST_IP there is $2"
}

# right_addresses LOCATION: none may have an address that was given up
right_addresses() {
  given_up=$(sed -n 1p "$directory/$name-cm-$1" 2>/dev/null || true)
  if [ -z "$given_up" ]; then return; fi
  old=$(awk -F '\t' -v text="$given_up" '$1 == "address" && index($0, text) { n++ } END { print n + 0 }' "$work/seen")
  [ "$old" = 0 ] ||
    wrong "$cm_database.location_cm" "has $given_up in $old rows" "have $(region "$1" 3) in its place" "put it there by hand (UPDATE), then run pulumi up"
}
`;
