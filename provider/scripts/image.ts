import { script, sh } from "./script";

const docker = sh`
command -v docker >/dev/null || fail "docker is not installed on the host" "install Docker Engine there"
engine_silent() { fail "the Docker Engine does not answer" "systemctl status docker on the host; check whether it needs sudo: true"; }
# Prints the ID of an image, or nothing when there is none; an engine that does not answer is never taken for that.
id_of() {
  if out=$(docker image inspect --format '{{.Id}}' "$1" 2>&1); then
    printf '%s\n' "$out"
    return 0
  fi
  case $out in
    *"o such image"*) ;;
    *)
      printf '%s\n' "$out" >&2
      return 1
      ;;
  esac
}
tags_of() { docker image inspect --format '{{range .RepoTags}}{{println .}}{{end}}' "$1" | sed '/^$/d'; }
`;

/** Says the host's architecture, which of the listed images are there, and what their tags are. */
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
  found=$(id_of "$id") || engine_silent
  if [ -n "$found" ]; then
    say id "$found"
    tags_of "$id" | sed "s/^/tag=/"
  fi
done
`,
  { list: true },
);

/** Says ID, tags and architecture of the image with a tag; nothing when there is none. */
export const inspectImage = script(
  "inspect-image",
  ["reference"],
  docker +
    sh`
found=$(id_of "$reference") || engine_silent
[ -n "$found" ] || exit 0
say id "$found"
tags_of "$found" | sed "s/^/tag=/"
docker image inspect --format 'architecture={{.Architecture}}' "$found"
`,
);

/** Loads the image file on its input, and gives it the tag. Says which ID the engine knows it by. */
export const loadImage = script(
  "load-image",
  ["id", "reference"],
  docker +
    sh`
out=$(docker load) || fail "docker load failed" "check the free space of the Docker root directory, and run it again"
found=$(id_of "$id") || engine_silent
if [ -z "$found" ]; then
  # The containerd image store names images by their manifest, not by their configuration.
  case $(docker info --format '{{.DriverStatus}}') in
    *io.containerd.snapshotter*) found=$(id_of "$(printf '%s\n' "$out" | sed -n 's/^Loaded image\( ID\)\{0,1\}: //p' | head -n 1)") ;;
  esac
fi
[ -n "$found" ] || fail "after docker load the image $id is not there" "write the file anew with docker save"
say id "$found"
[ -z "$reference" ] || docker tag "$found" "$reference" || fail "the image cannot be tagged $reference" "correct the reference"
`,
);

/** Gives an image that is there a tag. */
export const tagImage = script(
  "tag-image",
  ["id", "reference"],
  docker +
    sh`
docker tag "$id" "$reference" || fail "the image cannot be tagged $reference" "check the reference and the Docker Engine"
`,
);

/** Pulls an image from its registry. Says its ID and whether it was there before. */
export const pullImage = script(
  "pull-image",
  ["reference"],
  docker +
    sh`
before=$(id_of "$reference") || engine_silent
docker pull --quiet "$reference" >/dev/null ||
  fail "the image cannot be pulled" "check the reference and the host's way to the registry; where it has none, give tarballs"
found=$(id_of "$reference") || engine_silent
say id "$found"
[ "$found" = "$before" ] || say pulled 1
docker image inspect --format 'architecture={{.Architecture}}' "$found"
`,
);

/** Removes the listed images, all their tags included, but for those that a container or another image needs. */
export const removeImages = script(
  "remove-images",
  [],
  docker +
    sh`
for id in "$@"; do
  found=$(id_of "$id") || engine_silent
  [ -n "$found" ] || continue
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
`,
  { list: true },
);
