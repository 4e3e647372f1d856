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
 * Connects by bash and passes input and output on, for hosts whose sshd forbids forwarding. Answers when the connection is there;
 * it ends with whichever side ends first.
 */
export const tunnel = script(
  "tunnel",
  ["address", "port"],
  sh`
command -v bash >/dev/null || fail "sshd forbids forwarding and bash is not installed" "allow AllowTcpForwarding local in sshd_config, or install bash"
# It is bash that fills in the address.
# shellcheck disable=SC2016
exec bash -c '
  exec 3<>"/dev/tcp/$0/$1" 4<&0 || exit 1
  printf "open=1\n\n"
  { cat <&4 >&3; kill $$; } >/dev/null 2>&1 &
  cat <&3
  kill $!
' "$address" "$port"
`,
);
