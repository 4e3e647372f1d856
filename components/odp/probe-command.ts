import type { Instance } from "./instance";

/**
 * The shell command that tells whether a proxy serves in the current version, as JSON with that version and whether it has a cached RS
 * list. On failure it says what the watchdog said last.
 * @param needsCache whether it cannot serve without the list, as with a config server.
 */
export const renderProbe = (
  { unit, user, rsList, home, runtime }: Instance,
  sqlPort: number,
  needsCache: boolean,
): string => `fail() {
  echo "$1" >&2
  journalctl --unit=${unit} --lines=3 --no-pager --output=cat >&2
  exit 1
}
${isCurrent(home, runtime)}
systemctl is-active --quiet ${unit} || fail "${unit}.service is not active"
is_current || fail "the obproxy of the current version does not run"
${greets(sqlPort)} || fail "port ${sqlPort} does not answer"
cached=false
[ ! -s ${rsList} ] || cached=true
${needsCache ? `[ $cached = true ] || fail "it has no RS list from the config server yet"\n` : ""}version=$(cd / && runuser -u ${user} -- ${home}/bin/obproxy -V 2>&1 | sed -n 's/.*OceanBase \\([0-9][0-9.]*\\).*/\\1/p;T;q')
printf '{"version":"%s","cachedRsList":"%s"}' "\${version:-unknown}" $cached
`;

/** The shell command that gets the first byte of a proxy's greeting: one that hangs has its port still, but says nothing. */
export const greets = (sqlPort: number): string =>
  `timeout 2 bash -c "exec 3<>/dev/tcp/127.0.0.1/${sqlPort} && read -r -n 1 -u 3 _" 2>/dev/null`;

/** Restarts a proxy whose program is not the one in the package any more, as after the repair of a package. */
export const renderRepair = ({ unit, home, runtime }: Instance): string =>
  `${isCurrent(home, runtime)}
is_current || systemctl restart ${unit}.service
`;

const isCurrent = (home: string, runtime: string): string =>
  `is_current() { [ "$(readlink "/proc/$(cat /run/${runtime}/obproxy.pid)/exe")" = "$(readlink -f ${home}/bin/obproxy)" ]; }`;
