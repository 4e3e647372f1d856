/** What OMS's procedures share: its regions, and rows as JSON. */
export const omsBase = String.raw`
# region LOCATION FIELD: 2 its heartbeat database, 3 its URL, 4 whether it is the default, 5 its nodes, 6 those that are lost
region() {
  printf '%s\n' "$regions" | awk -v location="$1" -v field="$2" '$1 == location { print $field }'
}

locations() {
  printf '%s\n' "$regions" | cut -d ' ' -f 1
}

# in_sql TEXT
in_sql() {
  printf "'%s'" "$(printf %s "$1" | sed "s/[\\\\']/\\\\&/g")"
}

# rows_in_json NAME...: of the lines on the input an object each, by the names of their columns; what looks like a number is one
rows_in_json() {
  awk -F '\t' -v names="$*" '
    BEGIN { count = split(names, name, " "); printf "[" }
    {
      printf "%s{", (NR > 1 ? "," : "")
      for (i = 1; i <= count; i++) {
        gsub(/[\\"]/, "\\\\&", $i)
        printf "%s\"%s\":%s", (i > 1 ? "," : ""), name[i], ($i ~ /^-?(0|[1-9][0-9]*)$/ ? $i : "\"" $i "\"")
      }
      printf "}"
    }
    END { printf "]" }'
}

# Of what is not done again there is nothing to say: what a log-in says is no answer.
not_again() { printf '{}\n'; }

table() { printf '%s' "$tick$1$tick.$tick$2$tick"; }

clusters() {
  printf "SELECT 'cluster', code, cm_url, is_default_cm FROM %s;\n" "$(table "$rm_database" cluster_info)"
}

hosts() {
  printf "SELECT 'host', g.name, h.ip, h.host_status FROM %s h JOIN %s g ON g.id = h.resource_group_id;\n" \
    "$(table "$cm_database" host)" "$(table "$cm_database" resource_group)"
}

schema_version() {
  begin_asking
  found=unknown
  if there "$version_database"; then found=$(version); fi
  printf '{"version":"%s"}\n' "$found"
}
`;
