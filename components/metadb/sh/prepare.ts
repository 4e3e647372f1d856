/** The databases of a first deployment. */
export const prepare = String.raw`
# new_database NAME. Its collation is the one of OceanBase; that of MySQL 8 is unknown to older clients.
new_database() {
  printf 'CREATE DATABASE IF NOT EXISTS %s DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;\n' "$tick$1$tick" | sql ""
}

account() {
  ask "" "SELECT CONCAT('''', SUBSTR(CURRENT_USER(), 1, CHAR_LENGTH(CURRENT_USER()) - LOCATE('@', REVERSE(CURRENT_USER()))), '''@''', SUBSTRING_INDEX(CURRENT_USER(), '@', -1), '''')"
}

# right_to DATABASE: the statements that make it, and let the user use it
right_to() {
  printf 'CREATE DATABASE IF NOT EXISTS %s DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci; GRANT ALL PRIVILEGES ON %s.* TO %s;' "$1" "$1" "$(account)"
}

prepare() {
  begin
  made='' refused='' statements=''
  for one in $databases; do
    if sql "$one" </dev/null; then continue; fi
    if new_database "$one" && sql "$one" </dev/null; then
      made="$made $one"
      continue
    fi
    wrong=$(said)
    case $(code) in
      1044 | 1142 | 1227) ;;
      *) fail "the database $one cannot be made$wrong" "$(cure "see the client's message, and mend metaDb or the database")" ;;
    esac
    refused="$refused $one"
    statements="$statements $(right_to "$one")"
  done
  [ -z "$refused" ] || fail "the MetaDB has not all databases that are needed, and its user may not make or not use:$refused" \
    "run there as an administrator:$statements"
  # shellcheck disable=SC2086 # a name each
  printf '{"made":%s}\n' "$(names_in_json $made)"
}
`;
