/** A region's CM gets another address: the vendor's way, in which its row goes and the initialisation makes it anew. */
export const move = String.raw`
# From here on a backup is one of the tables that change, and has a name of its own.
of_address() {
  some_tables=$(printf '%s\n' "$rm_database cluster_info" "$cm_database host" "$cm_database location_cm" "$cm_database resource_group")
  note=$directory/$name-cm-$location
  name=$name-cm
  databases="$rm_database $cm_database"
}

move_cm() {
  of_address
  begin
  alone
  to=$(region "$location" 3)
  had=
  if has_table "$rm_database" cluster_info; then
    had=$(ask "$rm_database" "SELECT cm_url FROM cluster_info WHERE code = '$location' LIMIT 1")
  fi
  if [ -z "$had" ] && [ -f "$note" ]; then
    had=$(sed -n 1p "$note")
    path=$(sed -n 2p "$note")
  elif [ -z "$had" ] || [ "$had" = "$to" ] || [ "$had" = "$to/" ]; then
    printf '{"moved":false,"to":"%s"}\n' "$(in_json "$to")"
    return
  else
    back_up >/dev/null
    printf '%s\n' "$had" "$path" >"$note.new"
    sync "$note.new" 2>/dev/null || true
    mv "$note.new" "$note"
    stage "deleting the row of region $location in cluster_info" ""
    ask "$rm_database" "DELETE FROM cluster_info WHERE code = '$location'"
    list >/dev/null
  fi
  printf '{"moved":true,"from":"%s","to":"%s","backup":"%s"}\n' "$(in_json "$had")" "$(in_json "$to")" "$path"
}

# Until the move is verified its tables can be had back as they were.
move_back() {
  of_address
  if [ ! -f "$note" ]; then
    printf '{"restored":""}\n'
    return
  fi
  file=$(sed -n 2p "$note")
  choose="restore the tables of this backup by hand, then remove $note"
  restore >/dev/null
  rm "$note"
  printf '{"restored":"%s"}\n' "$file"
}
`;
