/** What the MetaDB has of regions and nodes; it changes nothing. */
export const look = String.raw`
# look_at CODES KIND...: rows, in one session, into $work/seen; the first field tells of what. A table that is not there has none.
look_at() {
  codes=$1
  shift
  for kind in "$@"; do "$kind"; done >"$work/questions"
  status=0
  timeout "$patience" "$client" --defaults-file="$work/options" --batch --skip-column-names --force \
    <"$work/questions" >"$work/seen" 2>"$work/said" || status=$?
  if [ "$status" = 124 ]; then echo "ERROR 2013 (HY000): no answer within $patience s" >"$work/said"; fi
  sed -i -E "/^ERROR ($codes) /d" "$work/said"
  if grep -q '^ERROR ' "$work/said"; then
    fail "the MetaDB cannot be asked$(said)" "$(cure "see the client's message, and mend metaDb or the database")"
  fi
}

groups() {
  printf "SELECT 'group', name FROM %s;\n" "$(table "$cm_database" resource_group)"
}

# nobody has told which columns it has
addresses() {
  printf "SELECT 'address', a.* FROM %s a;\n" "$(table "$cm_database" location_cm)"
}

beating() {
  for each in $(locations); do
    printf "SELECT 'beat', '%s', host_ip, MIN(%s) FROM %s WHERE task_name = 'supervisor' GROUP BY host_ip;\n" \
      "$each" "$age" "$(table "$(region "$each" 2)" heart_beat)"
  done
}

# seen KIND LOCATION FIELD [ADDRESS]: one field of the rows of a location, or of one address there
seen() {
  [ $# = 4 ] || set -- "$@" ""
  awk -F '\t' -v kind="$1" -v location="$2" -v field="$3" -v ip="$4" \
    '$1 == kind && $2 == location && (ip == "" || $3 == ip) { print $field }' "$work/seen"
}
`;
