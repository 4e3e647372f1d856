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
  "$client" --defaults-file="$work/options" --batch --skip-column-names --force "$first" >"$work/answers" 2>"$work/said" <<'EOF' || true
SHOW VARIABLES LIKE 'max_connections';
SHOW VARIABLES LIKE 'max_user_connections';
SHOW STATUS LIKE 'Threads_connected';
SELECT 'own', COUNT(*) FROM information_schema.processlist WHERE user = SUBSTR(USER(), 1, CHAR_LENGTH(USER()) - LOCATE('@', REVERSE(USER())));
EOF
  refused=
  if [ -s "$work/answers" ]; then
    for one in $databases; do
      if [ "$one" = "$first" ] || sql "$one" </dev/null; then continue; fi
      refused=$one
      break
    done
  fi
  printf '{'
  if [ -n "$lacks" ]; then printf '"lacks":"%s",' "$lacks"; fi
  awk '{ printf "%s\"%s\":%.0f", (NR > 1 ? "," : ""), $1, $2 }' "$work/answers"
  if [ ! -s "$work/answers" ] || [ -n "$refused" ]; then
    if [ -n "$refused" ]; then printf ',"database":"%s",' "$refused"; fi
    printf '"error":"%s"' "$(said | sed 's/^ (\(.*\))$/\1/')"
  fi
  printf '}\n'
}
`;
