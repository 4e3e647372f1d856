/** What a preflight asks; it makes nothing of the answers. */
export const look = String.raw`
look() {
  if ! client=$(command -v mysql || command -v mariadb); then
    printf '{"lacks":"neither mysql nor mariadb"}\n'
    return
  fi
  lacks=
  command -v mysqldump >/dev/null || command -v mariadb-dump >/dev/null || lacks='neither mysqldump nor mariadb-dump'
  workspace
  questions >"$work/questions"
  ours=$(wc -l <"$work/questions")
  asking >>"$work/questions"
  asked=$(milliseconds)
  "$client" --defaults-file="$work/options" --batch --skip-column-names --force <"$work/questions" >"$work/answers" 2>"$work/said" || true
  answered=$(milliseconds)
  printf '{'
  if [ -n "$lacks" ]; then printf '"lacks":"%s",' "$lacks"; fi
  if [ ! -s "$work/answers" ]; then
    printf '"error":"%s"}\n' "$(bare_error)"
    return
  fi
  refusals
  # between question and answer its clock may have stood anywhere
  grep -E "^(clock|account|utcOffsetMinutes|max_connections|max_user_connections|Threads_connected|own)$tab" "$work/answers" | awk -F '\t' -v asked="$asked" -v answered="$answered" '
    $1 == "clock" { $1 = "clockSkewMs"; $2 = $2 < asked ? $2 - asked : $2 > answered ? $2 - answered : 0 }
    $1 == "account" { gsub(/[\\"]/, "\\\\&", $2); shown = "\"" $2 "\"" }
    $1 != "account" { shown = sprintf("%.0f", $2) }
    { printf "%s\"%s\":%s", (NR > 1 ? "," : ""), $1, shown }'
  further
  printf '}\n'
}

# The clock first: it is compared with that of this host. Whether a database can be used tells the error on its line.
questions() {
  cat <<'EOF'
SELECT 'clock', FLOOR(TIMESTAMPDIFF(MICROSECOND, '1970-01-01 00:00:00', UTC_TIMESTAMP(3)) / 1000);
SELECT 'account', CURRENT_USER();
SELECT 'utcOffsetMinutes', ROUND(TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), NOW()) / 60);
SHOW VARIABLES LIKE 'max_connections';
SHOW VARIABLES LIKE 'max_user_connections';
SHOW STATUS LIKE 'Threads_connected';
SELECT 'own', COUNT(*) FROM information_schema.processlist WHERE user = SUBSTR(USER(), 1, CHAR_LENGTH(USER()) - LOCATE('@', REVERSE(USER())));
EOF
  for one in $databases; do printf 'USE %s;\n' "$tick$one$tick"; done
}

# What one software asks beyond that in the same session, a line each, and what it tells of the answers.
asking() { :; }
further() { :; }

milliseconds() {
  date +%s%3N
}

# OceanBase tells rights on a database that is not there at the log-in alone: what failed in the session is asked anew.
refusals() {
  mv "$work/said" "$work/all"
  between='"refusals":['
  for one in $databases; do
    line=$(grep -nxF "USE $tick$one$tick;" "$work/questions" | cut -d : -f 1)
    if ! grep -q "^ERROR [^:]* at line $line: " "$work/all" || sql "$one" </dev/null; then continue; fi
    printf '%s{"database":"%s","error":"%s"}' "$between" "$one" "$(bare_error)"
    between=,
  done
  if [ "$between" = , ]; then printf '],'; fi
}

bare_error() {
  in_json "$(said | sed 's/^ (\(.*\))$/\1/')"
}
`;
