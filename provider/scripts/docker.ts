import { sh } from "./script";

/** Asks the Engine by its socket. */
export const engineSocket = sh`
# engine PATH...: what the Engine answers, in a third of the time that Docker's client takes; fails where curl cannot ask it:
# before 7.40 it has no --unix-socket. Without a version in the path the Engine takes its own; none is known to all of them, as 1.13
# ends at 1.25 and 29 begins at 1.44.
engine() {
  [ -z "\${DOCKER_HOST:-}" ] && [ -S /var/run/docker.sock ] && command -v curl >/dev/null || return 1
  for path in "$@"; do
    shift
    set -- "$@" "http://docker/$path"
  done
  timeout 5 curl -qfs --noproxy '*' --unix-socket /var/run/docker.sock "$@" 2>/dev/null
}
`;

/** What scripts need that speak to the Docker Engine of a host. */
export const docker =
  engineSocket +
  sh`
command -v docker >/dev/null || fail "docker is not installed on the host" "install Docker Engine there, with its client: Debian 13 has that in docker-cli"
engine_silent() { fail "the Docker Engine does not answer" "systemctl status docker on the host; check whether it needs sudo: true"; }
# look_at image|container NAME TEMPLATE: nothing when there is no such thing; an engine that does not answer is never taken for that.
look_at() {
  # Its warnings are no answer: what it says on stderr counts where it fails alone.
  { why=$(docker "$1" inspect --format "$3" "$2" 2>&1 >&3); } 3>&1 && return 0
  case $why in
    *"o such $1"*) ;;
    *)
      printf '%s\n' "$why" >&2
      return 1
      ;;
  esac
}
id_of() { look_at image "$1" '{{.Id}}'; }
# tell IMAGE: what the Engine knows of it, as an answer.
tell() {
  known=$(engine "images/$1/json") || known=$(look_at image "$1" '{{json .}}') || return 1
  [ -z "$known" ] || say image "$known"
}
tags_of() { docker image inspect --format '{{range .RepoTags}}{{println .}}{{end}}' "$1" | sed '/^$/d'; }
`;
