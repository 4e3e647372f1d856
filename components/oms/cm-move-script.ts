import { renderProcedures } from "../procedures";
import type { CmPlan } from "./cm-plan";
import { hostLibrary } from "./host-script";

/** What one node goes through before its region is initialised anew. */
export interface CmMoveStep {
  /** Name of the node's container. */
  container: string;
  /** Its address in the cluster. */
  address: string;
  plan: CmPlan;
  /** File on the host that tells the plan and whether it has ended; empty on all hosts but one. */
  record: string;
  /** Why the tables could not be backed up; empty where they were. */
  problem: string;
}

/**
 * The steps on one host as a POSIX sh script for the input of `sh -s PROCEDURE`; each may be killed and run again.
 * - `stop` notes the plan, stops the node's services where it says so, and has the node initialised anew
 * - `go` starts them again where no backup could be made, else does nothing
 * - `lead` does the same and then fails with the reason
 * - `forget` removes the record, where it is this step's
 * @param wanted those that may be called.
 */
export function renderCmMoveScript(step: CmMoveStep, wanted: string[]): string {
  const { container, address, plan, record, problem } = step;
  const values = {
    container,
    made: plan.made,
    stops: plan.stopped.includes(address) ? "1" : "",
    again: plan.again.includes(address) ? "1" : "",
    plan: JSON.stringify(plan),
    record,
    problem,
  };
  return renderProcedures(values, cmMoveLibrary, wanted);
}

export const cmMoveLibrary = hostLibrary(String.raw`
inside() { docker exec "$container" bash -c "cd /root && $1" </dev/null; }
runs() { [ "$(docker inspect --format '{{.State.Running}}' "$container" 2>/dev/null)" = true ]; }
running() { inside 'supervisorctl status' 2>/dev/null | awk '$2 == "RUNNING" || $2 == "STARTING" { printf " %s", $1 }'; }

# One that has come to its end is not begun a second time.
note_plan() {
  if [ -z "$record" ] || [ -z "$made" ] || [ "$(head -n 1 "$record" 2>/dev/null)" = "$plan" ]; then return; fi
  printf '%s\nopen\n' "$plan" >"$record.new"
  sync "$record.new" 2>/dev/null || true
  mv "$record.new" "$record"
}

# The container knows the last plan that it went through, and until it is initialised that it must be.
stop() {
  note_plan
  if [ -n "$stops$again" ] && runs && [ "$(inside 'cat .dbha-plan 2>/dev/null || true')" != "$made" ]; then
    inside ': >.dbha-again'
    if [ -n "$stops" ]; then stop_services; fi
    inside "printf %s '$made' >.dbha-plan"
  fi
  echo stopped
}

stop_services() {
  printf '%s\n' "stopping the services of $container, as the CM gets another address" >&2
  inside 'supervisorctl stop all' >&2 || true
  left=$(running)
  [ -z "$left" ] || fail "services of container $container do not stop:$left" \
    "see docker exec $container supervisorctl status on the host, then run this again"
}

go() {
  if [ -n "$problem" ] && [ -n "$stops" ] && runs; then
    printf '%s\n' "starting the services of $container again" >&2
    inside 'supervisorctl start all' >&2 || fail "services of container $container do not start again" \
      "start them: docker exec $container supervisorctl start all"
    inside 'rm -f .dbha-again'
  fi
  echo gone
}

lead() {
  go
  [ -z "$problem" ] || fail "the CM keeps its address, and the services run again, as the tables that have it were not backed up or not changed: $problem" \
    "mend that, then run pulumi up again"
}

forget() {
  # one that takes this one's place has written its own
  if [ -n "$record" ] && [ "$(head -n 1 "$record" 2>/dev/null)" = "$plan" ]; then rm -f "$record"; fi
}
`);
