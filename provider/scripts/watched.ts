import { docker } from "./docker";
import { script, sh } from "./script";

/**
 * Says how a container or unit is, and after an empty line what its supervisor said of endings in the last `seconds`, with
 * times where there are any. What systemd or Docker is too old to tell is missing.
 */
export const watchThing = script(
  "watch-thing",
  ["container", "unit", "seconds", "ended", "gave_up"],
  sh`
# endings: the lines of the input that tell of one, short and few
endings() {
  [ -n "$ended" ] || return 0
  grep -F -e "$ended" \${gave_up:+-e "$gave_up"} | tail -n 50 | cut -c 1-300
}
if [ -n "$unit" ]; then
  systemctl show -p ActiveState -p SubState -p NRestarts -p ExecMainStartTimestampMonotonic -- "$unit" 2>/dev/null | grep . || :
  echo
  journalctl --unit="$unit" --since="@$(($(date +%s) - seconds))" --no-pager --output=cat 2>/dev/null | endings || :
  exit 0
fi
` +
    docker +
    sh`
found=$(look_at container "$container" '{{.State.Status}} {{.RestartCount}} {{.State.StartedAt}}') || engine_silent
[ -n "$found" ] || exit 0
# Words are meant.
# shellcheck disable=SC2086
set -- $found
say status "$1"
say restarts "$2"
say started "$3"
echo
docker logs --timestamps --tail 500 --since "\${seconds}s" "$container" 2>&1 | endings || :
`,
);

/**
 * The ends of logs: of the container or unit (\`line0\`), and of those of the files \`$@\` that were written in the last
 * \`seconds\` (\`line1\`, \`line2\` …). Says the container's environment too, so that its secrets can be left out.
 */
export const readLogs = script(
  "read-logs",
  ["container", "unit", "seconds", "lines"],
  sh`
# tell NUMBER: the end of the input as lines of that number
tell() { tail -n "$lines" | cut -c 1-2000 | tr -d '\000' | sed "s/^/line$1=/"; }
now=$(date +%s)
if [ -n "$unit" ]; then
  journalctl --unit="$unit" --since="@$((now - seconds))" --no-pager --output=cat --lines="$lines" 2>/dev/null | tell 0 || :
elif ! docker inspect --type container --format '{{.Id}}' "$container" >/dev/null 2>&1; then
  say absent 1
else
  docker inspect --type container --format '{{range .Config.Env}}{{json .}}{{println}}{{end}}' "$container" 2>/dev/null | sed -n 's/^"/env="/p' || :
  docker logs --tail "$lines" --since "\${seconds}s" "$container" 2>&1 | tell 0 || :
fi
number=0
for file in "$@"; do
  number=$((number + 1))
  written=$(stat -c %Y -- "$file" 2>/dev/null) || continue
  [ -f "$file" ] || continue
  [ $((now - written)) -le "$seconds" ] || continue
  tail -n "$lines" -- "$file" | tell "$number" || :
done
`,
  { list: true },
);
