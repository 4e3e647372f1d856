/** What clients say, cut to what may be shown, and what helps against it. */
export const messages = String.raw`
# The client's error as " (…)": one short line, without the statement and its rows, and without the values that a message
# quotes; only codes whose messages quote names keep what is in quotes.
said() {
  sed -n -e "s/Couldn't execute '.*': /could not read: /" \
    -e '/^ERROR /p' -e '/^[a-z/-]*\(mysql\|mariadb\)[a-z/-]*: \(Error\|Got\|could\|.*ERROR\|.*Permission\)/p' "$work/said" |
    head -n 1 | cut -c 1-400 >"$work/error"
  code=$(code)
  case $code in
    1044 | 1045 | 1049 | 1142 | 1143 | 1146 | 1153 | 1227 | 1370 | 1906 | 2002 | 2003 | 2005 | 2059 | 3105) ;;
    *) sed -i "s/['\"].*/…/" "$work/error" ;;
  esac
  if [ -s "$work/error" ]; then printf ' (%s)' "$(tr '\t"\134' ' /' <"$work/error")"; fi
}

code() {
  sed -n -e 's/^ERROR \([0-9]\{1,\}\).*/\1/p;t' -e 's/^.*: Error \([0-9]\{1,\}\):.*/\1/p;t' \
    -e 's/^.*: Got error: \([0-9]\{1,\}\):.*/\1/p;t' -e 's/^.* (\([0-9]\{1,\}\))$/\1/p' "$work/error"
}

# cure OTHERWISE: the parameter and the value, where the error is of a kind that has them
cure() {
  case $(code):$(cat "$work/error") in
    4012:*ransaction* | 6210:*)
      echo "set ob_trx_timeout in the MetaDB's tenant: SET GLOBAL ob_trx_timeout = 86400000000 (microseconds)"
      ;;
    4012:*) echo "set ob_query_timeout in the MetaDB's tenant: SET GLOBAL ob_query_timeout = 3600000000 (microseconds)" ;;
    1153:*) echo "set max_allowed_packet in the MetaDB: SET GLOBAL max_allowed_packet = $(packet)" ;;
    1044:* | 1142:* | 1143:*) echo "give the MetaDB's user all privileges on the databases of this deployment" ;;
    3105:* | 1906:*)
      echo "install Oracle's mysqldump on this host, which leaves generated columns out, or drop those columns"
      ;;
    1227:* | 1370:*)
      echo "let the views and triggers of the MetaDB have its user as their definer, or give that user SUPER"
      ;;
    *) printf '%s\n' "$1" ;;
  esac
}
`;
