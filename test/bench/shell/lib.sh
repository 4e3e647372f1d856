# shellcheck shell=sh
# shellcheck disable=SC2034 # its users are in other files
# Functions that run on the hosts. The local side listens on standard output and answers on standard input.

# ensure_image REFERENCE BYTES: asks for the tarball of that size unless the image is there.
ensure_image() {
  docker image inspect "$1" >/dev/null 2>&1 && return
  echo image-missing
  head -c "$2" | docker load -q >&2
}

# What makes up a container: settings on one line, whether it runs, then a line for each volume and variable, which Docker
# keeps in no certain order.
describe_container() {
  docker inspect -f '{{.Image}} {{.HostConfig.NetworkMode}} {{.HostConfig.IpcMode}} {{.HostConfig.RestartPolicy.Name}} {{.HostConfig.LogConfig.Type}} {{json .HostConfig.LogConfig.Config}} {{.HostConfig.CpuPeriod}} {{.HostConfig.CpuQuota}} {{.HostConfig.Memory}} {{.HostConfig.MemorySwap}} {{len .HostConfig.Binds}} {{json .Config.Cmd}} {{.Config.OpenStdin}}
{{.State.Running}}
{{range .HostConfig.Binds}}volume {{println .}}{{end}}{{range .Config.Env}}{{println .}}{{end}}' "$1" 2>/dev/null || :
}

# ensure_container NAME IMAGE SETTINGS VOLUMES ENVIRONMENT ARGUMENT...: SETTINGS follows the image in the description above,
# VOLUMES and ENVIRONMENT are lines of it, the arguments are those of docker run. Sets `replaced` when it made a new one.
ensure_container() {
  name=$1 wanted="$(docker image inspect -f '{{.Id}}' "$2") $3" volumes=$4 environment=$5
  shift 5
  found=$(describe_container "$name")
  replaced=
  if [ "$(printf '%s\n' "$found" | head -n 1)" = "$wanted" ] &&
    has_lines "$found" "$volumes" && has_lines "$found" "$environment"; then
    [ "$(printf '%s\n' "$found" | sed -n 2p)" = true ] || docker start "$name" >/dev/null
    return
  fi
  replaced=yes
  [ -z "$found" ] || docker rm -f "$name" >/dev/null
  # the environment has secrets, which may not be seen in the process list
  printf '%s\n' "$environment" |
    docker run -d --name "$name" --network host --ipc private --restart unless-stopped \
      --log-driver json-file --log-opt max-file=3 --log-opt max-size=50m --env-file /dev/stdin "$@" >/dev/null
}

# has_lines TEXT LINES: every line of LINES is in TEXT.
has_lines() {
  printf '%s\n' "$2" | while IFS= read -r line; do
    [ -z "$line" ] || printf '%s\n' "$1" | grep -qxF -e "$line" || exit 1
  done
}

# wait_for PORT PATH PATTERN SECONDS: until the answer has the pattern.
wait_for() {
  limit=$(($(date +%s) + $4))
  until curl -s -m 5 "http://127.0.0.1:$1$2" | grep -q "$3"; do
    if [ "$(date +%s)" -ge "$limit" ]; then
      echo "$2 on port $1 did not answer $3 within $4 s" >&2
      return 1
    fi
    sleep 1
  done
}

# remove CONTAINER IMAGE SECONDS
remove() {
  if docker inspect "$1" >/dev/null 2>&1; then
    docker stop -t "$3" "$1" >/dev/null
    docker rm "$1" >/dev/null
  fi
  if docker image inspect "$2" >/dev/null 2>&1 && [ -z "$(docker ps -aq --filter "ancestor=$2")" ]; then
    docker rmi "$2" >/dev/null
  fi
}
