/** A region's CM gets another address: the vendor's way, in which its row goes and the initialisation makes it anew. */
export const move = String.raw`
# From here on a backup is one of the tables that change, and has a name of its own.
of_address() {
  some_tables=$(printf '%s\n' "$rm_database cluster_info" "$cm_database host" "$cm_database location_cm" "$cm_database resource_group")
  note=$directory/$name-cm-$location
  name=$name-cm
  databases="$rm_database $cm_database"
}

# The same as move_cm; that it fails is an answer, for those who start the services again before they fail.
attempt_move() {
  answering=no_move
  move_cm
}

no_move() {
  printf '{"problem":"region %s: %s"}\n' "$location" "$(in_json "$1")"
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
    if [ "$had" = "$to" ] || [ "$had" = "$to/" ]; then
      take_back
      printf '{"moved":false,"to":"%s","restored":"%s"}\n' "$(in_json "$to")" "$path"
      return
    fi
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
  path=$(sed -n 2p "$note")
  take_back
  printf '{"restored":"%s"}\n' "$path"
}

take_back() {
  file=$path
  choose="restore the tables of this backup by hand, then remove $note"
  # a restore has a workspace of its own
  rm -rf "$work"
  restore >/dev/null
  rm "$note"
}

# What is there is what was meant: nothing is left to take back, and old backups may go.
settle() {
  for each in $(locations); do rm -f "$directory/$name-cm-$each"; done
  record=$directory/$name-cm-plan.txt
  if [ "$(sed -n 2p "$record" 2>/dev/null)" = open ]; then
    sed -n 1p "$record" >"$record.new"
    mv "$record.new" "$record"
  fi
  name=$name-cm
  list
}
`;
