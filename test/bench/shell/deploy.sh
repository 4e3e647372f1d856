#!/usr/bin/env bash
# Deploys the job with one ssh connection a host, all hosts side by side.
# usage: deploy.sh JOB_FOLDER
# shellcheck disable=SC2154 # variables come from settings.sh
set -euo pipefail
job=$1
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=/dev/null
source "$job/settings.sh"
signals=$(mktemp -d)
trap 'rm -rf "$signals"; kill $(jobs -p) 2>/dev/null || :' EXIT

# until_healthy HOST: its connection tells by a file that it got so far, or failed.
until_healthy() {
  until [ -e "$signals/$1.healthy" ]; do
    [ ! -e "$signals/$1.failed" ] || return 1
    sleep 0.02
  done
}

# serve HOST SCRIPT INPUT TARBALL [HOST_BEFORE...]: answers what the script on the host asks for.
serve() {
  local host=$1 script=$2 input=$3 tarball=$4 line before from to
  shift 4
  coproc ssh -F "$job/ssh_config" "$host" "set -eu; $(cat "$job/settings.sh" "$here/lib.sh" "$here/$script")"
  local pid=$COPROC_PID
  # bash closes its own copies as soon as ssh ends, read to the end or not
  exec {from}<&"${COPROC[0]}" {to}>&"${COPROC[1]}"
  { base64 -w 0 "$input" && echo; } >&"$to"
  while read -r line <&"$from"; do
    case $line in
      image-missing) cat "$tarball" >&"$to" ;;
      prepared)
        for before in "$@"; do
          until_healthy "$before"
        done
        echo go >&"$to"
        ;;
      healthy) touch "$signals/$host.healthy" ;;
    esac
  done
  wait "$pid"
}

# start HOST ...: the same in the background.
start() {
  (
    trap '[ $? -eq 0 ] || touch "$signals/$1.failed"' EXIT
    serve "$@"
  ) &
  pids+=($!)
}

pids=()
before=()
for node in $nodes; do
  start "$node" node.sh "$job/$node.env" "$odc_tarball" "${before[@]: -1}"
  before+=("$node")
done
start "$proxy" proxy.sh "$job/nginx.conf" "$nginx_tarball" "${before[@]}"
for pid in "${pids[@]}"; do
  wait "$pid"
done
echo "deployed on $nodes $proxy"
