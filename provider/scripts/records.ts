import { sh } from "./script";

/**
 * Records of what dbha brings to a host, for scripts that make things: written before the change, so that a run which is
 * killed between change and answer does not make the next one forget whose it is. One small file each, named by the hash of
 * a key: what it is about, whose it is, and what else its writer wants to know. Nothing is left when the last one goes.
 */
export const records = sh`
records=/var/lib/dbha
[ "$(id -u)" = 0 ] || records=$HOME/.dbha
record_of() { printf '%s/%s' "$records" "$(printf %s "$1" | sha256sum | cut -c 1-64)"; }
# note KEY LINE...
note() {
  record=$(record_of "$1")
  shift
  tries=0
  # Whoever removes the last record removes the directory too, perhaps just now.
  until { mkdir -p -- "$records" && printf '%s\n' "$@" >"$record"; } 2>/dev/null; do
    tries=$((tries + 1))
    [ "$tries" -lt 20 ] || return 1
  done
  sync "$record" 2>/dev/null || sync
}
must_note() { note "$@" || fail "what is to be done cannot be noted in $records" "free space there, and check that it is not mounted read-only"; }
# noted KEY N: line N of a record; nothing when there is none
noted() { [ ! -d "$records" ] || sed -n "$2p" "$(record_of "$1")" 2>/dev/null || :; }
# is RECORD N TEXT: whether that is line N of the record in a file
is() { [ "$(sed -n "$2p" "$1" 2>/dev/null)" = "$3" ]; }
forget() {
  [ -d "$records" ] || return 0
  rm -f -- "$(record_of "$1")"
  rmdir -- "$records" 2>/dev/null || :
}
`;
