import { renderProcedures } from "../procedures";
import { hostLibrary } from "./host-script";
import { ownContainers, ownVariables, type OwnContainers } from "./own-containers";
import { formerIn } from "./situation";
import { containerNameOf } from "./versions";

/** What stopping and starting a node's former containers needs to know. */
export interface OmsUpgradeStep extends OwnContainers {
  /** The container that is wanted: it is left alone. */
  container: string;
  /** File on the host that tells by what the last upgrade was begun; empty on all hosts but one. */
  record: string;
  /** What this one is begun by. */
  trigger: string;
  /** Why no backup could be made; empty where it was. */
  problem: string;
}

/**
 * The steps of an upgrade on one host as a POSIX sh script for the input of `sh -s PROCEDURE`; each may be killed and run again.
 * - `stop` stops the deployment's containers of other versions, which stay
 * - `go` starts those of the former version again where no backup could be made, else does nothing
 * - `lead` does the same and then fails with the reason
 * - `again` starts the wanted container, where an upgrade that is taken back has stopped it
 * - `forget` removes the record, where it is this step's
 * @param wanted those that may be called.
 */
export function renderUpgradeScript(step: OmsUpgradeStep, wanted: string[]): string {
  const { name, prefix, ...values } = step;
  const former = containerNameOf({ containerPrefix: prefix, version: formerIn(step.trigger) });
  const all = { ...values, ...ownVariables({ name, prefix }), former };
  return renderProcedures(all, upgradeLibrary, wanted);
}

export const upgradeLibrary = hostLibrary(
  ownContainers,
  String.raw`
# Names of the deployment's containers of other versions, by whether they run.
others() { own "$@" | grep -vxF "$container" || true; }

stop() {
  for one in $(others); do
    printf '%s\n' "stopping $one" >&2
    docker stop -t 120 "$one" >/dev/null || fail "container $one does not stop" "see docker logs $one on the host, then run this again"
  done
  if [ -n "$record" ]; then
    printf '%s\n' "$trigger" >"$record.new"
    mv "$record.new" "$record"
  fi
  echo stopped
}

go() {
  if [ -n "$problem" ]; then
    for one in $(others -a | grep -xF "$former"); do
      printf '%s\n' "starting $one again, as no backup could be made" >&2
      docker start "$one" >/dev/null || fail "container $one does not start again" "start it: docker start $one"
    done
  fi
  echo gone
}

lead() {
  go
  [ -z "$problem" ] || fail "the MetaDB could not be backed up, so nothing was upgraded and the former containers run again: $problem" \
    "mend that, then run pulumi up again"
}

again() {
  if [ "$(docker inspect --format '{{.State.Running}}' "$container" 2>/dev/null)" = false ]; then
    printf '%s\n' "starting $container again" >&2
    docker start "$container" >/dev/null || fail "container $container does not start again" "see docker logs $container on the host, then run this again"
  fi
  echo started
}

forget() {
  # one that takes this one's place has written its own
  if [ "$(cat "$record" 2>/dev/null)" = "$trigger" ]; then rm -f "$record"; fi
}
`,
);
