/** The sequences of heart beats, of which nobody needs but the newest row. */
export const sequence = String.raw`
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
