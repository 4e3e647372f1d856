#!/usr/bin/env bash
# What an OceanBase kernel answers as the insert id when a statement gives the auto-increment column its value itself. Clients and
# ORMs that ask for the generated key after such an INSERT get 0 here; MySQL and MariaDB answer the value that was given.
#
# Versions: pylibseekdb 1.4.0.post1 (its server says 5.7.25-OceanBase seekdb-v1.4.0.0), PyMySQL 1.1.2. Output seen:
#   generated: insert id 1, stored 1
#   explicit: insert id 0, stored 42
#   next generated: insert id 43, stored 43
set -euo pipefail

folder=$(mktemp -d)
server=
finish() {
  if [ -n "$server" ]; then
    kill -9 "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$folder"
}
trap finish EXIT

python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install pylibseekdb==1.4.0.post1 PyMySQL==1.1.2
binary=$(find "$folder/venv" -type f -name seekdb | head -n 1)
libraries=$(find "$folder/venv" -type d -name '*pylibseekdb*' | paste -sd:)
chmod +x "$binary"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
mkdir "$folder/base"
LD_LIBRARY_PATH=$libraries "$binary" --nodaemon --port "$port" --base-dir "$folder/base" --parameter memory_budget=1G >"$folder/log" 2>&1 &
server=$!

seen=$("$folder/venv/bin/python" - "$port" <<'PYTHON'
import sys, time, pymysql

limit = time.monotonic() + 60
while True:
    try:
        connection = pymysql.connect(host="127.0.0.1", port=int(sys.argv[1]), user="root", autocommit=True)
        break
    except pymysql.MySQLError:
        if time.monotonic() > limit:
            raise
        time.sleep(0.2)
rows = connection.cursor()
rows.execute("CREATE DATABASE IF NOT EXISTS finding")
rows.execute("CREATE TABLE finding.account (id BIGINT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20))")
for what, statement in (
    ("generated", "INSERT INTO finding.account (name) VALUES ('a')"),
    ("explicit", "INSERT INTO finding.account (id, name) VALUES (42, 'b')"),
    ("next generated", "INSERT INTO finding.account (name) VALUES ('c')"),
):
    rows.execute(statement)
    answered = rows.lastrowid
    rows.execute("SELECT MAX(id) FROM finding.account")
    print(f"{what}: insert id {answered}, stored {rows.fetchone()[0]}")
PYTHON
)
printf '%s\n' "$seen"
wanted='generated: insert id 1, stored 1
explicit: insert id 0, stored 42
next generated: insert id 43, stored 43'
if [ "$seen" != "$wanted" ]; then
  echo "changed: expected the lines in this script's head" >&2
  exit 1
fi
