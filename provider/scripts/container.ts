import { docker } from "./docker";
import { records } from "./records";
import { script, sh } from "./script";

/**
 * A record for each container that is about to be made: its name, the resource's URN, the time, the image. It goes when the
 * container is in the stack's state. Where it is still there later, a container made since is one that no state knows of: the
 * run was killed, or lost the host, before it learned of it.
 */
const claims = sh`
# state_of NAME: ID, time of creation, state and image of a container; nothing when there is none
state_of() { look_at container "$1" '{{.Id}} {{.Created}} {{.State.Status}} {{.Image}}'; }
# is_since TIME TIME: whether the second, of Docker, is not before the first
is_since() { [ "$(printf '%s\n%.19s\n' "$1" "$2" | sort | head -n 1)" = "$1" ]; }
`;

/**
 * For the script that removes an image: its containers that were made under a claim go with it, and so do the claims, and what was noted
 * of containers that were taken over and are gone.
 */
export const containersOf =
  claims +
  sh`
drop_note() {
  rm -f -- "$record"
  rmdir -- "$records" 2>/dev/null || :
}
drop_gone() {
  for record in "$records"/*; do
    adopted=$(sed -n '1s/^adopted [^ ]* \([^ ]*\).*/\1/p' "$record" 2>/dev/null) || adopted=
    [ -n "$adopted" ] || continue
    found=$(state_of "$adopted") || engine_silent
    [ -n "$found" ] || drop_note
  done
}
remove_claimed() {
  for record in "$records"/*; do
    is "$record" 4 "$1" || continue
    claim=$(sed -n 1p "$record")
    case $claim in
      adopted\ *)
        drop_note
        continue
        ;;
    esac
    since=$(sed -n 3p "$record")
    found=$(state_of "\${claim#container }") || engine_silent
    # Words are meant: ID, time of creation, and what follows.
    # shellcheck disable=SC2086
    set -- "$1" $found
    if [ $# -gt 1 ] && is_since "$since" "$3"; then
      docker rm --force --volumes "$2" >/dev/null || :
    fi
    forget "$claim"
  done
}
`;

/** Notes that a container is about to be made, and removes the one that an earlier run made without learning of it. */
export const claimContainer = script(
  "claim-container",
  ["name", "image", "user"],
  docker +
    records +
    claims +
    sh`
claim="container $name"
found=$(state_of "$name") || engine_silent
if [ -n "$found" ]; then
  # shellcheck disable=SC2086
  set -- $found
  since=$(noted "$claim" 3)
  if [ "$(noted "$claim" 2)" != "$user" ] || ! is_since "$since" "$2"; then
    fail "there is a container $name already ($3, made \${2%%.*}Z of image $4), and this stack did not make it" \
      "docker rm --force $name there, if nobody needs it, or choose another name"
  fi
  docker rm --force --volumes "$1" >/dev/null || fail "container $name cannot be removed" "docker rm --force $name there"
  say removed "$3"
fi
must_note "$claim" "$claim" "$user" "$(date -u +%Y-%m-%dT%H:%M:%S)" "$image"
`,
);

/** Forgets the note, since the stack's state knows the container, and what was noted of one that was there before it. */
export const settleContainer = script(
  "settle-container",
  ["name", "user"],
  records +
    sh`
[ "$(noted "container $name" 2)" != "$user" ] || forget "container $name"
[ "$(noted "adopted $name" 2)" != "$user" ] || forget "adopted $name"
`,
);

/**
 * Notes what a stack has of a container that it did not make: name and ID, and by a hash what it was to be when it was taken over.
 * The first line tells all of it, so that one look finds those of all containers; the note goes with the image's.
 */
export const noteAdoption = script(
  "note-adoption",
  ["name", "id", "wanted", "image", "user"],
  records +
    sh`
must_note "adopted $name" "adopted $name $id $wanted" "$user" "" "$image"
`,
);

/** Says what the Engine knows of a container and of its image, and, in base64, a text file as the container sees it. */
export const inspectContainer = script(
  "inspect-container",
  ["name", "file"],
  docker +
    sh`
found=$(engine "containers/$name/json") || found=$(look_at container "$name" '{{json .}}') || engine_silent
[ -n "$found" ] || exit 0
say container "$found"
image=$(look_at container "$name" '{{.Image}}') || engine_silent
tell "$image" || engine_silent
[ -n "$file" ] || exit 0
text=$(docker exec "$name" head -c 262144 -- "$file" 2>/dev/null | base64 | tr -d '\n') || text=
say file "$text"
`,
);
