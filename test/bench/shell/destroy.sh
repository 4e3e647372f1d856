#!/usr/bin/env bash
# Removes what deploy.sh made, on all hosts side by side.
# usage: destroy.sh JOB_FOLDER
# shellcheck disable=SC2154 # variables come from settings.sh
set -euo pipefail
job=$1
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=/dev/null
source "$job/settings.sh"

remove_from() {
  ssh -n -F "$job/ssh_config" "$1" "set -eu; $(cat "$job/settings.sh" "$here/lib.sh" "$here/$2")"
}

pids=()
for node in $nodes; do
  remove_from "$node" node-remove.sh &
  pids+=($!)
done
remove_from "$proxy" proxy-remove.sh &
pids+=($!)
for pid in "${pids[@]}"; do
  wait "$pid"
done
