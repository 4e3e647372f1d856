import { renderProcesses } from "./processes-shell";
import { commandLine, type DolphinUnit } from "./unit";

/**
 * The script that a unit runs the controller or the agent by, in a cluster that was made by hand. One that runs already is watched until it
 * ends, and not started a second time; a TERM ends it, and it is killed when it is there after `stopTimeout` seconds. At the next
 * start the script becomes the node's own process.
 */
export const renderRun = ({ instance, stopTimeout }: DolphinUnit): string => `#!/bin/bash
# Runs the controller or the agent of DolphinDB ${instance.name}: $0 controller, $0 agent.
LC_ALL=C
mode=$1

${renderProcesses(instance)}
start() {
  export LD_LIBRARY_PATH=${instance.server}
  case $mode in
    controller) exec ${commandLine(instance, "controller")} ;;
    agent) exec ${commandLine(instance, "agent")} ;;
  esac
  echo "usage: $0 controller|agent" >&2
  exit 64
}

# the start of the process in the kernel's own time, which tells it from a later one with its PID; nothing when it has ended
born() {
  local line
  IFS= read -r line <"/proc/$pid/stat" || return 0
  set -- \${line##*) }
  [ "$1" = Z ] || echo "\${20}"
} 2>/dev/null

pid=
while read -r one its_mode its_home; do
  if [ "$its_mode" = "$mode" ] && [ "$its_home" = "$home_of_all" ]; then pid=$one; fi
done < <(processes)
[ -n "$pid" ] || start

began=$(born)
left=
trap 'kill -TERM "$pid" 2>/dev/null; left=\${left:-${stopTimeout}}' TERM
echo "the $mode runs already, as process $pid, and is watched until it ends"
while [ -n "$began" ] && [ "$(born)" = "$began" ]; do
  if [ -n "$left" ]; then
    if [ "$left" -le 0 ]; then
      echo "the $mode, process $pid, did not end, and is killed" >&2
      kill -KILL "$pid" 2>/dev/null
    fi
    left=$((left - 1))
  fi
  sleep 1 &
  wait $!
done
[ -n "$left" ] && exit 0
echo "the $mode, process $pid, has ended" >&2
exit 1
`;
