import type { Instance } from "./instance";
import type { RunnerShell } from "./runner";

/**
 * The shell command that tells whether a proxy serves in the current version, as JSON with that version and whether it has a cached RS
 * list. On failure it says what the watchdog said last.
 * @param needsCache whether it cannot serve without the list, as with a config server.
 */
export const renderProbe = (
  { check, lastWords, version }: RunnerShell,
  { rsList }: Instance,
  sqlPort: number,
  needsCache: boolean,
): string => `fail() {
  echo "$1" >&2
  ${lastWords} >&2
  exit 1
}
${check}
${greets(sqlPort)} || fail "port ${sqlPort} does not answer"
cached=false
[ ! -s ${rsList} ] || cached=true
${needsCache ? `[ $cached = true ] || fail "it has no RS list from the config server yet"\n` : ""}version=$(${version} 2>&1 | sed -n 's/.*OceanBase \\([0-9][0-9.]*\\).*/\\1/p;T;q')
printf '{"version":"%s","cachedRsList":"%s"}' "\${version:-unknown}" $cached
`;

/** The shell command that gets the first byte of a proxy's greeting: one that hangs has its port still, but says nothing. */
export const greets = (sqlPort: number): string =>
  `timeout 2 bash -c "exec 3<>/dev/tcp/127.0.0.1/${sqlPort} && read -r -n 1 -u 3 _" 2>/dev/null`;
