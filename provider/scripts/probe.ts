import { script, sh } from "./script";

/** Runs a command; says its status, and after an empty line what it printed. */
export const probeCommand = script(
  "probe-command",
  ["command"],
  sh`
status=0
out=$( (
  set +eu
  eval "$command"
) </dev/null) || status=$?
say status "$status"
printf '\n%s' "$out"
`,
);

/**
 * Asks by curl, for hosts whose sshd forbids forwarding; the whole request is curl configuration, so that nothing of it
 * stands in an argument list. Says curl's status, and after an empty line the body with the HTTP status as its last line.
 */
export const probeCurl = script(
  "probe-curl",
  ["config"],
  sh`
command -v curl >/dev/null || fail "sshd forbids forwarding and curl is not installed" "allow AllowTcpForwarding local in sshd_config, or install curl"
status=0
out=$(printf '%s\n' "$config" | curl --disable --config -) || status=$?
say status "$status"
printf '\n%s' "$out"
`,
);

/** Connects by bash, for hosts whose sshd forbids forwarding. */
export const probeTcp = script(
  "probe-tcp",
  ["address", "port", "seconds"],
  sh`
command -v bash >/dev/null || fail "sshd forbids forwarding and bash is not installed" "allow AllowTcpForwarding local in sshd_config, or install bash"
status=0
# It is bash that fills in the address.
# shellcheck disable=SC2016
timeout "$seconds" bash -c ': <>"/dev/tcp/$0/$1"' "$address" "$port" || status=$?
say status "$status"
`,
);
