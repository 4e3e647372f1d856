/** Whether the MetaDB has what the configuration says. */
export const verify = String.raw`
# wrong TABLE FOUND RULE FIX
wrong() {
  printf 'MetaDB %s: table %s %s, and must %s; fix: %s\n' "$server_name" "$1" "$2" "$3" "$4" >>"$work/wrong"
}

verify() {
  begin_asking
  : >"$work/wrong"
  : >"$work/seen"
  for each in $(locations); do seen "$each" >>"$work/seen"; done
  if [ -s "$work/wrong" ]; then
    cp "$work/wrong" "$work/failed"
    cat "$work/wrong" >&2
    exit 1
  fi
  # what is there is what was meant: nothing is left to take back
  for each in $(locations); do rm -f "$directory/$name-cm-$each"; done
  printf '{"regions":[%s]}\n' "$(tr '\n' ',' <"$work/seen" | sed 's/,$//')"
}

# seen LOCATION: what the MetaDB has of it
seen() {
  url=$(region "$1" 3)
  init="initialise a node of region $1 again (docker_init.sh)"
  : >"$work/cluster"
  if has_table "$rm_database" cluster_info; then
    ask "$rm_database" "SELECT cm_url, is_default_cm FROM cluster_info WHERE code = '$1'" >"$work/cluster"
  fi
  right_cluster "$1"
  : >"$work/nodes"
  group=
  if has_table "$cm_database" resource_group; then
    group=$(ask "$cm_database" "SELECT id FROM resource_group WHERE name = '$1' LIMIT 1")
  fi
  if [ -z "$group" ]; then
    wrong "$cm_database.resource_group" "has no group named $1" "have one for region $1" "$init"
  elif has_table "$cm_database" host; then
    ask "$cm_database" "SELECT ip, host_status FROM host WHERE resource_group_id = '$group' ORDER BY ip" >"$work/nodes"
  fi
  for ip in $(region "$1" 5 | tr ',' ' '); do
    cut -f 1 "$work/nodes" | grep -qxF -e "$ip" ||
      wrong "$cm_database.host" "has no row with ip $ip in the group of region $1" "have one for each of its nodes" \
        "see that OMS_HOST_IP of the node is $ip, and $init"
  done
  addresses "$1"
  printf '{"location":%s,"url":"%s","nodes":%s,"locationCm":{"rows":%s,"withUrl":%s}}\n' \
    "$1" "$(in_json "$(cut -f 1 "$work/cluster" | head -n 1)")" "$(rows_in_json ip status <"$work/nodes")" "$has_rows" "$has_url"
}

# right_cluster LOCATION
right_cluster() {
  count=$(wc -l <"$work/cluster")
  if [ "$count" != 1 ]; then
    wrong "$rm_database.cluster_info" "has $count rows with code $1" "have one, with cm_url $url" "$init"
    return
  fi
  found=$(cut -f 1 "$work/cluster")
  [ "$found" = "$url" ] || [ "$found" = "$url/" ] ||
    wrong "$rm_database.cluster_info" "has cm_url $found in the row with code $1" "have $url" "delete that row, and $init"
  default=$(region "$1" 4)
  found=$(cut -f 2 "$work/cluster")
  [ "$found" = "$default" ] ||
    wrong "$rm_database.cluster_info" "has is_default_cm $found in the row with code $1" "have $default" "delete that row, and $init"
}

# addresses LOCATION: nobody has told which columns location_cm has, but none of them may have an address that was given up
addresses() {
  has_rows=0 has_url=0
  if ! has_table "$cm_database" location_cm; then return; fi
  text=$(ask "$cm_database" "SELECT CONCAT('COALESCE(CAST(', CHAR(96 USING utf8mb4), column_name, CHAR(96 USING utf8mb4), ' AS CHAR), '''')') FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'location_cm' ORDER BY ordinal_position" | tr '\n' ',')
  given_up=$(sed -n 1p "$directory/$name-cm-$1" 2>/dev/null || true)
  ask "$cm_database" "SELECT COUNT(*), COALESCE(SUM(LOCATE($(in_sql "$url"), CONCAT_WS(' ', $text '')) > 0), 0), COALESCE(SUM(LOCATE($(in_sql "$given_up"), CONCAT_WS(' ', $text '')) > 0), 0) FROM location_cm" >"$work/location"
  read -r has_rows has_url has_old <"$work/location"
  [ -z "$given_up" ] || [ "$has_old" = 0 ] ||
    wrong "$cm_database.location_cm" "has $given_up in $has_old rows" "have $url in its place" "put it there by hand (UPDATE), and restart the services"
}
`;
