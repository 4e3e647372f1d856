import { sh } from "./script";

/** What scripts need that speak to the Docker Engine of a host. */
export const docker = sh`
command -v docker >/dev/null || fail "docker is not installed on the host" "install Docker Engine there"
engine_silent() { fail "the Docker Engine does not answer" "systemctl status docker on the host; check whether it needs sudo: true"; }
# look_at image|container NAME TEMPLATE: nothing when there is no such thing; an engine that does not answer is never taken for that.
look_at() {
  if out=$(docker "$1" inspect --format "$3" "$2" 2>&1); then
    printf '%s\n' "$out"
    return 0
  fi
  case $out in
    *"o such $1"*) ;;
    *)
      printf '%s\n' "$out" >&2
      return 1
      ;;
  esac
}
id_of() { look_at image "$1" '{{.Id}}'; }
# tell IMAGE [TEMPLATE]: its ID, tags, and what the template makes of it, as an answer.
tell() { look_at image "$1" "id={{.Id}}{{range .RepoTags}}{{println}}tag={{.}}{{end}}\${2:-}"; }
tags_of() { docker image inspect --format '{{range .RepoTags}}{{println .}}{{end}}' "$1" | sed '/^$/d'; }
`;
