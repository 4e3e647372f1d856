/** What is in a database, and what is in the text of a dump. */
export const contents = String.raw`
# The table that marks a scratch database as ours.
mark=dbha_scratch
longest=0

# The tables that a procedure is about, a line with database and table each; without a line it is about all of them.
some_tables=

# only DATABASE: those of one
only() {
  printf '%s\n' "$some_tables" | awk -v database="$1" '$1 == database { print $2 }'
}

# among DATABASE: the same as a condition
among() {
  list=
  for table in $(only "$1"); do list="$list, '$table'"; done
  if [ -n "$list" ]; then printf ' AND t.table_name IN (%s)' "$(printf %s "$list" | cut -c 3-)"; fi
}

# names DATABASE: its tables and views
names() {
  ask "$1" "SELECT t.table_type, t.table_name FROM information_schema.tables t WHERE t.table_schema = DATABASE() AND t.table_name <> '$mark' AND t.table_type IN ('BASE TABLE', 'VIEW')$(among "$1") ORDER BY 1, 2"
}

# sums DATABASE: a line for each table with its name, rows, a checksum of them in whatever order, and their bytes
sums() {
  ask "$1" "SELECT c.table_name, c.column_name FROM information_schema.columns c JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name WHERE c.table_schema = DATABASE() AND t.table_type = 'BASE TABLE' AND c.table_name <> '$mark'$(among "$1") ORDER BY c.table_name, c.ordinal_position" >"$work/columns"
  awk -F '\t' '
    function name(text) { gsub("\140", "\140\140", text); return "\140" text "\140" }
    function text(it) { gsub("\047", "\047\047", it); return "\047" it "\047" }
    function question() {
      if (NR > 0 && table != "")
        printf "SELECT %s, COUNT(*), COALESCE(SUM(CRC32(CONCAT_WS(\047,\047, %s))), 0), COALESCE(SUM(%s), 0) FROM %s;\n",
          text(table), marks, bytes, name(table)
    }
    $1 != table { question(); table = $1; marks = bytes = "" }
    {
      column = name($2)
      marks = marks (marks == "" ? "" : ", ") "COALESCE(CRC32(" column "), \047-\047)"
      bytes = bytes (bytes == "" ? "" : " + ") "COALESCE(LENGTH(" column "), 0)"
    }
    END { question() }' "$work/columns" >"$work/questions"
  sql "$1" <"$work/questions" ||
    fail "the contents of $1 could not be read$(said)" "$(cure "see the client's message, and mend the database")"
}

# section FILE DATABASE: what a backup has of it, without the line by which MariaDB's dumper keeps its own client from running
# commands, and which other clients refuse: ours are told not to run any
section() {
  gzip -cd "$1" |
    case $databases in
      *' '*) awk -v of="USE $tick$2$tick; -- dbha database" '/^USE .*; -- dbha database$/ { on = $0 == of; next } on' ;;
      *) cat ;;
    esac | sed '/^\/\*M\{0,1\}!999999/d'
}

# own DATABASE: names of a dump's views are its own database's, wherever it is restored
own() {
  sed "/^INSERT INTO \|^(/!s/$tick$1$tick\.//g"
}

# digest DATABASE: of a dump's text, without what differs between two dumps of the same
digest() {
  sed '/^--/d; /^\/\*M\{0,1\}!999999/d; /^INSERT INTO \|^(/!s/ AUTO_INCREMENT *= *[0-9]*//g' | own "$1" | sha256sum
}

# Of its rows alone, in whatever order; sorted in bounded memory, and on disk compressed.
digest_of_rows() {
  sed -n 's/^INSERT INTO \x60[^\x60]*\x60 \(([^)]*) \)\{0,1\}VALUES *//; s/),(/)\n(/g; s/[;,]$//; /^(/p' |
    sort -S 32M -T "$partial" --compress-program=gzip | sha256sum
}

# inspect: facts of the dump on the input, and what it has that a restore would fail at
inspect() {
  awk -v found="$work/found" '
    { head = last = substr($0, 1, 400); end = length($0); size += end + 1 }
    head ~ /^--/ { size = 0 }
    head ~ /^\(/ { head = "" }
    head ~ /^INSERT INTO / {
      split(head, word, "\140")
      table = word[2]
      if (table in generated && word[3] ~ /^ VALUES/) whole = table
      head = ""
    }
    head ~ /^CREATE TABLE / { created++; split(head, word, "\140"); table = word[2] }
    head ~ /^  \140.* GENERATED ALWAYS AS / { generated[table] = 1 }
    head ~ /^\) ORGANIZATION / { oceanbase = 1 }
    head ~ /^-- Final view structure / { views++ }
    head !~ /^--/ && match(head, /DEFINER=\140[^\140]*\140@\140[^\140]*\140/) {
      definer = substr(head, RSTART + 8, RLENGTH - 8)
      gsub("\140", "", definer)
      definers[definer] = 1
    }
    substr($0, end) == ";" { if (size > longest) { longest = size; longest_of = table } size = 0 }
    END {
      printf "%d %d %.0f %d %d\n", created, views, longest, last ~ /^-- Dump completed/, oceanbase >found
      print longest_of >(found ".longest")
      print whole >(found ".whole")
      printf "" >(found ".definers")
      for (one in definers) print one >(found ".definers")
    }'
}

# inspected FILE DATABASE: leaves the facts in variables
inspected() {
  section "$1" "$2" 2>/dev/null | inspect
  read -r created views longest complete oceanbase <"$work/found"
}

without_rows() {
  sed '/^INSERT INTO \|^(/d'
}
`;
