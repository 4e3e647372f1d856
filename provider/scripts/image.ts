import { containersOf } from "./container";
import { docker } from "./docker";
import { records } from "./records";
import { script, sh } from "./script";

/**
 * A record for each image and user, a resource by its URN: the image, the user, and whether dbha brought it. What dbha brought
 * goes with its last user.
 */
const users = sh`
# use_image IMAGE BROUGHT [RUN]
use_image() { must_note "$1 $user" "$1" "$user" "$2" "\${3:-}"; }
# The record of another user of an image.
other_user() {
  for record in "$records"/*; do
    is "$record" 1 "$1" || continue
    is "$record" 2 "$user" || { printf '%s\n' "$record"; return; }
  done
}
`;

/** Says the host's architecture, and what the Engine knows of those of the listed images that are there. */
export const readImages = script(
  "read-images",
  [],
  docker +
    sh`
machine=$(uname -m)
case $machine in
  x86_64) say architecture amd64 ;;
  aarch64 | arm64) say architecture arm64 ;;
  *) say architecture "$machine" ;;
esac
for id in "$@"; do
  tell "$id" || engine_silent
done
`,
  { list: true },
);

/** Says what the Engine knows of the image with a tag; nothing when there is none. */
export const inspectImage = script(
  "inspect-image",
  ["reference"],
  docker +
    sh`
tell "$reference" || engine_silent
`,
);

/**
 * Says size and time of change (seconds since 1970) of an image file on the host; unless they are the known ones, also its
 * manifest and the configuration that this names, in base64, and why it is no whole tar. It is unpacked twice and to its end,
 * since the manifest comes last in it. Says whether there is a file.
 */
export const readImageFile = script(
  "read-image-file",
  ["path", "known", "limit"],
  sh`
if [ ! -e "$path" ]; then
  say kind missing
  exit 0
fi
{ [ -f "$path" ] && [ -r "$path" ]; } || fail "it is not a file that can be read" "correct the path, or set sudo: true"
say kind file
size=$(stat -L -c %s -- "$path")
modified=$(stat -L -c %Y -- "$path")
say size "$size"
say modified "$modified"
[ "$size $modified" != "$known" ] || exit 0

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM
trap '' PIPE
unpacked() {
  case $(head -c 2 <"$path" | od -An -tx1) in
    *1f*8b*) gzip -cd <"$path" ;;
    *) cat <"$path" ;;
  esac
}
# One file of the tar on the input, of which nothing is left unread.
entry() { tar -xOf - "$1" 2>/dev/null | head -c "$limit"; cat >/dev/null; }

mkfifo "$scratch/copy"
{ tail -c 512 | tr -d '\000' | wc -c >"$scratch/rest"; } <"$scratch/copy" &
end=$!
{ unpacked 2>"$scratch/said" || : >"$scratch/broken"; } | tee "$scratch/copy" | entry manifest.json >"$scratch/manifest"
wait "$end"
if [ -e "$scratch/broken" ]; then
  say broken "$(sed 's/^gzip: *\(stdin: \)\{0,1\}//' "$scratch/said" | tr '\n' ' ')"
elif [ "$(cat "$scratch/rest")" -ne 0 ] || [ "$size" = 0 ]; then
  say broken "it ends before the end of a tar file"
else
  config=$(sed -n 's/.*"Config" *: *"\([^"]*\)".*/\1/p' "$scratch/manifest" | head -n 1)
  say manifest "$(base64 <"$scratch/manifest" | tr -d '\n')"
  [ -z "$config" ] || say config "$(unpacked | entry "$config" | base64 | tr -d '\n')"
fi
`,
);

/** Loads the image file on its input, or the one at the path, and gives it the tag. Says which ID the engine knows it by. */
export const loadImage = script(
  "load-image",
  ["id", "reference", "user", "path"],
  docker +
    records +
    users +
    sh`
if [ -n "$path" ]; then
  [ -e "$path" ] || fail "there is no such file on the host" "put it there, or correct the path"
  exec <"$path"
fi
run="$$ $(date +%s%N)"
# Unless another run has noted it since: this one may have been given up with its connection, and end long after.
take_back() { [ "$(noted "$id $user" 4)" != "$run" ] || forget "$id $user"; }
use_image "$id" 1 "$run"
out=$(docker load) || {
  take_back
  fail "docker load failed" "check the free space of the Docker root directory, and run it again"
}
found=$(id_of "$id") || engine_silent
if [ -z "$found" ]; then
  # The containerd image store names images by their manifest, not by their configuration.
  case $(docker info --format '{{.DriverStatus}}') in
    *io.containerd.snapshotter*) found=$(id_of "$(printf '%s\n' "$out" | sed -n 's/^Loaded image\( ID\)\{0,1\}: //p' | head -n 1)") ;;
  esac
fi
if [ "$found" != "$id" ]; then
  take_back
  [ -n "$found" ] || fail "after docker load the image $id is not there" "write the file anew with docker save"
  use_image "$found" 1
fi
say id "$found"
[ -z "$reference" ] || docker tag "$found" "$reference" || fail "the image cannot be tagged $reference" "correct the reference"
`,
);

/** Notes the use of an image that is there, and gives it the tag. Says whether this resource brought it in a run that was killed. */
export const useImage = script(
  "use-image",
  ["id", "reference", "user"],
  docker +
    records +
    users +
    sh`
brought=$(noted "$id $user" 3)
use_image "$id" "$brought"
[ -z "$brought" ] || say brought 1
[ -z "$reference" ] || tags_of "$id" | grep -qxF -- "$reference" || docker tag "$id" "$reference" ||
  fail "the image cannot be tagged $reference" "check the reference and the Docker Engine"
`,
);

/** Pulls an image from its registry. Says its ID and whether this resource brought it, now or in a run that was killed. */
export const pullImage = script(
  "pull-image",
  ["reference", "user"],
  docker +
    records +
    users +
    sh`
pull="pull $reference $user"
before=$(id_of "$reference") || engine_silent
begun=$(noted "$pull" 1)
if [ -n "$begun" ]; then
  before=$(noted "$pull" 2)
else
  must_note "$pull" "$pull" "$before"
fi
docker pull "$reference" >/dev/null || {
  [ -n "$begun" ] || forget "$pull"
  fail "the image cannot be pulled" "check the reference and the host's way to the registry; where it has none, give tarballs"
}
found=$(id_of "$reference") || engine_silent
say id "$found"
brought=$(noted "$found $user" 3)
[ "$found" = "$before" ] || brought=1
use_image "$found" "$brought"
forget "$pull"
[ -z "$brought" ] || say brought 1
docker image inspect --format 'architecture={{.Architecture}}' "$found"
`,
);

/**
 * Removes the listed images, and all that the user used, with all their tags; but not those that dbha did not bring, and those
 * that another resource, a container or another image needs. `owned` are the listed ones that the user is known to have brought.
 */
export const removeImages = script(
  "remove-images",
  ["owned", "user"],
  docker +
    records +
    users +
    containersOf +
    sh`
for record in "$records"/*; do
  is "$record" 2 "$user" || continue
  id=$(sed -n 1p "$record")
  case " $* " in *" $id "*) ;; *) set -- "$@" "$id" ;; esac
done
for id in "$@"; do
  brought=$(noted "$id $user" 3)
  case " $owned " in *" $id "*) brought=1 ;; esac
  forget "$id $user"
  other=$(other_user "$id")
  [ -n "$other" ] || remove_claimed "$id"
  [ -n "$brought" ] || continue
  found=$(id_of "$id") || engine_silent
  [ -n "$found" ] || continue
  if [ -n "$other" ]; then
    other_name=$(sed -n 2p "$other")
    note "$id $other_name" "$id" "$other_name" 1
    say used "$id $other_name"
    continue
  fi
  if [ -n "$(docker ps --all --quiet --filter "ancestor=$id")" ]; then
    say kept "$id"
    continue
  fi
  tags=$(tags_of "$id")
  # One word per tag is meant; an image without tags goes by its ID.
  # shellcheck disable=SC2086
  why=$(docker image rm \${tags:-"$id"} 2>&1) && continue
  case $why in
    *"o such image"*) ;;
    *"in use"* | *"being used"* | *"dependent child"*) say kept "$id" ;;
    *) fail "the image $id cannot be removed: $why" "see docker image ls and docker ps --all on the host" ;;
  esac
done
drop_gone
`,
  { list: true },
);
