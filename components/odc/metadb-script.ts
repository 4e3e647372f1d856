import type { OdcMetaDb } from "./environment";

/** What a procedure on the MetaDB needs to know. */
export interface MetaDbProcedure {
  metaDb: OdcMetaDb;
  /** Where backups lie. */
  directory: string;
  /** Backups of this deployment start with it. */
  name: string;
  /** How many backups `list` leaves. */
  keep?: number;
  /** The backup that `check` and `restore` are about. */
  file?: string;
}

/**
 * The procedures as one POSIX sh script for the input of `sh -s PROCEDURE`, so that no secret stands in an argument list:
 * - `backup` dumps the MetaDB, verifies the dump and then gives it its name; says {@link MadeBackup}
 * - `newest` says the same of the newest backup, without making one
 * - `list` removes the oldest backups but for `keep`; says a list of {@link MadeBackup}
 * - `look` says what `MetaDbLook` has, and makes nothing of it
 * - `check` verifies `file`
 * - `restore` puts `file` in place of all that is in the MetaDB; says the path
 * - `restored` says the path
 *
 * Each may be killed at any time and run again.
 */
export function renderMetaDbScript({ metaDb, directory, name, keep = 0, file = "" }: MetaDbProcedure): string {
  const values = {
    options: clientOptions(metaDb),
    database: metaDb.database,
    directory,
    name,
    keep: String(keep),
    file,
  };
  const variables = Object.entries(values).map(([variable, value]) => `${variable}=${quoted(value)}\n`);
  return `${variables.join("")}${procedures}`;
}

/** MySQL's option file, of which only root sees the copy on the host. */
function clientOptions({ host, port, username, password }: OdcMetaDb): string {
  return [
    "[client]",
    "protocol=tcp",
    `host=${optionValue(host)}`,
    `port=${port}`,
    `user=${optionValue(username)}`,
    `password=${optionValue(password)}`,
    "default-character-set=utf8mb4",
    // MariaDB's clients since 11.4 would insist on TLS, which OceanBase does not speak unless it is told to
    "loose-skip-ssl-verify-server-cert",
    "[mysql]",
    "connect-timeout=10",
    "[mysqldump]",
    "single-transaction",
    "skip-lock-tables",
    "hex-blob",
    "loose-no-tablespaces",
    "loose-column-statistics=0",
    "loose-set-gtid-purged=OFF",
  ].join("\n");
}

const optionValue = (text: string): string =>
  `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const procedures = String.raw`
set -eu
LC_ALL=C
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
umask 077

fail() {
  printf '%s; fix: %s\n' "$1" "$2" >&2
  exit 1
}

tool() {
  command -v "$1" || command -v "$2" ||
    fail "this host has neither $1 nor $2" "install MySQL's or MariaDB's client tools (Debian: mariadb-client)"
}

# Scratch space in memory, gone with the script, even when it is stopped while it is made or removed; the option file carries
# the password to the clients.
partial=
workspace() {
  scratch=$(mktemp -u /run/dbha-metadb.XXXXXX)
  trap 'trap "" HUP INT TERM; rm -rf "$scratch" "$partial"' EXIT
  trap 'exit 1' HUP INT TERM
  # whoever listened may be gone; what is left behind goes all the same
  trap '' PIPE
  mkdir "$scratch"
  printf '%s\n' "$options" >"$scratch/options"
}

prepare() {
  dumper=$(tool mysqldump mariadb-dump)
  client=$(tool mysql mariadb)
  workspace
}

run_sql() {
  "$client" --defaults-file="$scratch/options" --batch --skip-column-names "$@" "$database"
}

ask() {
  printf '%s\n' "$1" | run_sql || fail "the MetaDB cannot be asked" "see the client's message, and mend metaDb or the database"
}

tables() {
  ask "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'"
}

# Of the schema, by ODC's own record of its migrations; an unknown MetaDB has none.
version() {
  found=$(ask "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'migrate_schema_history'")
  if [ "$found" = 0 ]; then return; fi
  ask "SELECT version FROM migrate_schema_history WHERE version IS NOT NULL" | tr -cd '0-9.\n' | sort -V | tail -n 1
}

verify() {
  tail -n 1 "$1" | grep -q '^-- Dump completed' ||
    fail "$2 is cut short: its last line is not that of a complete dump" "$3"
  created=$(grep -c '^CREATE TABLE ' "$1" || true)
}

backup() {
  prepare
  expected=$(tables)
  if [ "$expected" = 0 ]; then
    nothing
    return
  fi
  from=$(version)
  if [ -z "$from" ]; then from=unknown; fi
  partial=$directory/.$name-partial
  rm -rf "$partial"
  mkdir "$partial"
  status=0
  "$dumper" --defaults-file="$scratch/options" "$database" >"$partial/dump" 2>"$scratch/said" || status=$?
  # options for MySQL's tool that MariaDB's does not know
  grep -v "unknown variable 'loose-" "$scratch/said" >&2 || true
  retry="see $dumper on this host, then run this again"
  [ "$status" = 0 ] || fail "the backup of the MetaDB failed: $dumper ended with status $status" "$retry"
  [ -s "$partial/dump" ] || fail "the backup of the MetaDB is empty" "$retry"
  verify "$partial/dump" "the backup of the MetaDB" "$retry"
  [ "$created" = "$expected" ] ||
    fail "the backup of the MetaDB has $created tables, the MetaDB has $expected" "$retry"
  { printf -- '-- dbha "tables":%s,"version":"%s"\n' "$created" "$from" && cat "$partial/dump"; } |
    gzip >"$partial/dump.gz"
  rm "$partial/dump"
  lines=$(gzip -cd "$partial/dump.gz" | tail -n 1)
  case $lines in
    '-- Dump completed'*) gzip -t "$partial/dump.gz" ;;
    *) fail "the backup of the MetaDB could not be written in full" "make room in $directory" ;;
  esac
  sync "$partial/dump.gz"
  path=$directory/$name-$(date -u +%Y%m%dT%H%M%SZ)-$from.sql.gz
  mv "$partial/dump.gz" "$path"
  sync "$directory"
  describe "$path"
}

describe() {
  facts=$(gzip -cd "$1" 2>/dev/null | sed -n '1s/^-- dbha //p;1q')
  if [ -z "$facts" ]; then facts='"tables":0,"version":"unknown"'; fi
  printf '{"path":"%s","bytes":%s,%s}\n' "$1" "$(wc -c <"$1")" "$facts"
}

nothing() {
  printf '{"path":"","bytes":0,"tables":0,"version":""}\n'
}

newest() {
  last=
  for one in "$directory/$name"-????????T??????Z-*.sql.gz; do
    if [ -f "$one" ]; then last=$one; fi
  done
  if [ -n "$last" ]; then describe "$last"; else nothing; fi
}

list() {
  set -- "$directory/$name"-????????T??????Z-*.sql.gz
  if [ ! -f "$1" ]; then set --; fi
  while [ $# -gt "$keep" ]; do
    rm -f "$1"
    shift
  done
  separator='['
  for one in "$@"; do
    printf %s "$separator"
    describe "$one"
    separator=,
  done
  if [ $# = 0 ]; then printf '['; fi
  printf ']\n'
}

look() {
  if ! client=$(command -v mysql || command -v mariadb); then
    printf '{"lacks":"neither mysql nor mariadb"}\n'
    return
  fi
  lacks=
  command -v mysqldump >/dev/null || command -v mariadb-dump >/dev/null || lacks='neither mysqldump nor mariadb-dump'
  workspace
  run_sql --force >"$scratch/answers" 2>"$scratch/said" <<'EOF' || true
SHOW VARIABLES LIKE 'max_connections';
SHOW VARIABLES LIKE 'max_user_connections';
SHOW STATUS LIKE 'Threads_connected';
SELECT 'own', COUNT(*) FROM information_schema.processlist WHERE user = SUBSTR(USER(), 1, CHAR_LENGTH(USER()) - LOCATE('@', REVERSE(USER())));
EOF
  printf '{'
  if [ -n "$lacks" ]; then printf '"lacks":"%s",' "$lacks"; fi
  if [ -s "$scratch/answers" ]; then
    awk '{ printf "%s\"%s\":%.0f", (NR > 1 ? "," : ""), $1, $2 }' "$scratch/answers"
  else
    printf '"error":"%s"' "$(tr '\n\t"\134' '   /' <"$scratch/said" | cut -c 1-300)"
  fi
  printf '}\n'
}

check() {
  prepare
  choose="name another one in rollback.backup; $directory has: $(find "$directory" -name '*.sql.gz' 2>/dev/null | sort | tr '\n' ' ')"
  [ -f "$file" ] || fail "there is no backup $file on this host" "$choose"
  gzip -t "$file" || fail "the backup $file is damaged" "$choose"
  gzip -cd "$file" | sed -n '/^CREATE TABLE /p; $p' >"$scratch/dump"
  verify "$scratch/dump" "the backup $file" "$choose"
  [ "$created" != 0 ] || fail "the backup $file has no tables" "$choose"
  tables >/dev/null
}

restore() {
  check
  echo "SET FOREIGN_KEY_CHECKS = 0;" >"$scratch/empty"
  ask "SELECT CONCAT('DROP ', IF(table_type = 'VIEW', 'VIEW ', 'TABLE '), CHAR(96 USING utf8mb4), table_name, CHAR(96 USING utf8mb4), ';') FROM information_schema.tables WHERE table_schema = DATABASE()" >>"$scratch/empty"
  again="mend the database and run this again: it starts anew; until then no node runs"
  run_sql <"$scratch/empty" || fail "the MetaDB could not be emptied" "$again"
  gzip -cd "$file" | run_sql || fail "the backup $file could not be restored" "$again"
  restored=$(tables)
  [ "$restored" = "$created" ] || fail "the MetaDB has $restored tables after the restore of $file, which has $created" "$again"
  restored
}

restored() {
  printf '%s\n' "$file"
}

# A function, so that the whole script has been read before anything is run, and nothing reads the rest of it as input.
"$1" </dev/null
`;
