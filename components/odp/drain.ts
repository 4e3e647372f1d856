import * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { prologue } from "../../provider/resources/shell";
import { whenLost, type Host } from "../host";
import { serverLine } from "./nginx";

/** A proxy as nginx knows it, and the nginx. */
export interface DrainSettings {
  containerName: string;
  server: { address: string; port: number };
  /** Seconds that connections get to end. */
  timeout: number;
}

const common = ({ containerName }: DrainSettings): string => `${prologue}set -e
conf=/etc/dbha/${containerName}/nginx.conf
[ -e "$conf" ] && [ "$(docker inspect -f '{{.State.Running}}' ${containerName} 2>/dev/null)" = true ] || exit 0
workers() { docker top ${containerName} -eo pid,args | awk '/nginx: worker process$/ { print $1 }'; }
put() {
  grep -qF "$1" "$conf" || return 0
  old=$(workers)
  sed -i "s/$(printf %s "$1" | sed 's/[.[]/\\\\&/g')/$2/" "$conf"
  docker exec ${containerName} nginx -s reload -c /etc/nginx/dbha/nginx.conf
  for _ in $(seq 100); do
    for pid in $old; do
      ! workers | grep -qx "$pid" || { sleep 0.1; continue 2; }
    done
    return 0
  done
  echo "nginx did not take over $conf within 10 s" >&2
  exit 1
}
`;

/** Takes a proxy out of nginx for new connections, and waits for those it has. Where nginx is not there yet nothing is to do. */
export const renderDrain = (
  settings: DrainSettings,
): string => `${common(settings)}put '${serverLine(settings.server)}' '${serverLine(settings.server, " down")}'
end=$(($(date +%s) + ${settings.timeout}))
while [ "$(date +%s)" -lt "$end" ] && ss -tn state established "dst ${settings.server.address} and dport = ${settings.server.port}" | sed 1d | grep -q .; do sleep 0.1; done
`;

/** Puts it back. */
export const renderReturn = (settings: DrainSettings): string =>
  `${common(settings)}put '${serverLine(settings.server, " down")}' '${serverLine(settings.server)}'
`;

/** A step on one nginx host that is done again when a trigger changes; nothing else is a reason. */
export function balancerStep(
  name: string,
  host: Host,
  script: string,
  triggers: pulumi.Input<string>[],
  opts: pulumi.CustomResourceOptions,
): command.remote.Command {
  return new command.remote.Command(
    name,
    {
      connection: host.connection,
      create: `${host.rootShell} -s`,
      update: "cat >/dev/null",
      stdin: script,
      triggers,
      addPreviousOutputInEnv: false,
    },
    { ...opts, ...whenLost(host) },
  );
}
