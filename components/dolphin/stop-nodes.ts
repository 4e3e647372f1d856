import { renderProcesses } from "./processes-shell";
import type { DolphinUnit } from "./unit";

/**
 * The script that ends the data and compute nodes of a host: by PID, of processes whose program is this deployment's and whose home is
 * one within its directory. Controllers and agents have the directory itself. TERM lets them write what they have in memory; what is
 * left after `stopTimeout` seconds is killed, and redo logs mend it.
 */
export const renderStopNodes = ({ instance, stopTimeout }: DolphinUnit): string => `#!/bin/bash
# Ends the data and compute nodes of DolphinDB ${instance.name} on this host.
LC_ALL=C
seconds=${stopTimeout}

${renderProcesses(instance)}
# PIDs of the nodes, one a line
nodes() {
  processes | while read -r pid _ home; do
    case $home in "$home_of_all"/?*) echo "$pid" ;; esac
  done
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
