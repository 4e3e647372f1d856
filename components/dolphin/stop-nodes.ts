import type { DolphinUnit } from "./unit";

/**
 * The script that ends the data and compute nodes of a host: by PID, of processes whose program is this deployment's and whose home is
 * one within its directory. Controllers and agents have the directory itself. TERM lets them write what they have in memory; what is
 * left after `stopTimeout` seconds is killed, and redo logs mend it.
 */
export const renderStopNodes = ({ instance, stopTimeout }: DolphinUnit): string => {
  const { name, package: programs, directory } = instance;
  return `#!/bin/bash
# Ends the data and compute nodes of DolphinDB ${name} on this host.
LC_ALL=C
seconds=${stopTimeout}

# PIDs of the nodes, one a line
nodes() {
  local process program word next
  for process in /proc/[0-9]*; do
    program=$(readlink "$process/exe") || continue
    case $program in ${programs}/*/dolphindb | "${programs}/"*"/dolphindb (deleted)") ;; *) continue ;; esac
    next=
    while IFS= read -r -d '' word; do
      if [ "$next" = home ]; then
        case $word in ${directory}/?*) echo "\${process#/proc/}" ;; esac
        break
      fi
      if [ "$word" = -home ]; then next=home; fi
    done 2>/dev/null < "$process/cmdline"
  done 2>/dev/null
}

for pid in $(nodes); do kill -TERM "$pid" 2>/dev/null; done
until [ -z "$(nodes)" ]; do
  if [ "$seconds" -le 0 ]; then
    for pid in $(nodes); do
      echo "node $pid did not end, and is killed" >&2
      kill -KILL "$pid" 2>/dev/null
    done
    break
  fi
  sleep 1
  seconds=$((seconds - 1))
done
exit 0
`;
};
