import { prologue } from "../../provider/resources/shell";
import { renderProcedures } from "../procedures";
import { ShellLibrary } from "../shell-library";
import { ownContainers, ownVariables, type OwnContainers } from "./own-containers";

/** What the initialisation of one node needs to know. */
export interface OmsInit extends OwnContainers {
  /** Name of the host, for what is said. */
  host: string;
  /** Name of the container. */
  container: string;
  /** Where the host has the container's /home/admin/logs. */
  logs: string;
  /** Whether the image initialises itself at each start that finds it is not, as it does since 4.2.11. */
  byImage: boolean;
  /** Seconds that it may take. */
  timeout: number;
  /** URL of the region's CM: a node that was initialised with another one is initialised anew. */
  cmUrl: string;
  /** Hash of config.yaml: a node that was given another one gets its components' files made anew. */
  config: string;
  /** A backup of the former version, the way back while that one's container is still there; empty where there is none. */
  backup: string;
  /** What must not be shown, whatever OMS's scripts print. */
  secrets: string[];
}

/**
 * The initialisation of a node as one POSIX sh script for the input of `sh -s PROCEDURE`. `init` does what is due: all five steps
 * where the container has not been initialised, or for another CM, or is marked (.dbha-again); the components' files alone where config.yaml is another one;
 * else nothing. One that was made and initialised by hand is noted as it is. It says `OmsInitialised`. It may be killed at any time and run again: docker_init.sh goes on in the container
 * when nobody listens any more, and the next run waits for that one.
 *
 * @param init passwords, whose every occurrence is masked, may have any characters but line breaks.
 */
export function renderInitScript(node: OmsInit): string {
  const { host, container, logs, byImage, timeout, cmUrl, config, name, prefix, backup, secrets } = node;
  const values = {
    host,
    container,
    logs,
    by_image: byImage ? "1" : "",
    timeout: String(timeout),
    cm_url: cmUrl,
    config,
    ...ownVariables({ name, prefix }),
    backup,
    secrets: secrets.join("\n"),
  };
  return renderProcedures(values, initLibrary, ["init"]);
}

export const initLibrary = new ShellLibrary(
  String.raw`
${prologue}
set -eu
work=

fail() {
  printf 'host %s: %s; fix: %s%s\n' "$host" "$1" "$2" "$(way_back)" >&2
  exit 1
}

# An upgrade that is under way can be given up: the former container goes last.
way_back() {
  [ -n "$backup" ] || return 0
  former=$(own -a | grep -vxF "$container" || true)
  [ -z "$former" ] || printf '; or go back: give the former version and image, and rollback.backup: %s' "$backup"
}

workspace() {
  for old in /run/dbha-oms.*.*; do
    if [ -d "$old" ] && ! kill -0 "$(printf %s "$old" | cut -d . -f 2)" 2>/dev/null; then rm -rf "$old"; fi
  done
  work=$(mktemp -u "/run/dbha-oms.$$.XXXXXX")
  trap 'close_logs; rm -rf "$work"' EXIT
  trap 'exit 1' HUP INT TERM
  trap '' PIPE
  mkdir "$work"
  printf '%s\n' "$secrets" >"$work/secrets"
  : >"$work/output"
}

inside() { docker exec "$container" bash -c "cd /root && $1" </dev/null; }

# Of what OMS's scripts print no password is shown: neither one of ours, nor what follows a name that tells of one.
masked() {
  awk '
    FILENAME == ARGV[1] { if ($0 != "") secrets[++count] = $0; next }
    {
      line = $0
      for (i = 1; i <= count; i++)
        while (at = index(line, secrets[i]))
          line = substr(line, 1, at - 1) "\001" substr(line, at + length(secrets[i]))
      gsub("\001", "[secret]", line)
      if (match(tolower(line), /(passw(or)?d|secret)[a-z_]*["'\'' ]*[=:]/))
        line = substr(line, 1, RSTART + RLENGTH - 1) " [secret]"
      print line
    }' "$work/secrets" -
}

# tail_of FILE: its last lines, fit to be shown
tail_of() { grep -v '^[[:space:]-]*$' "$1" | tail -n 12 | masked | cut -c 1-300 | sed 's/^/  /'; }

# It has the password, and OMS lets everybody on the host read it.
close_logs() { find "$logs" -maxdepth 1 -name 'docker_init.log.*' -perm /077 -exec chmod go= {} + 2>/dev/null || true; }

# The newest log of docker_init.sh.
log() { find "$logs" -maxdepth 1 -name 'docker_init.log.*' 2>/dev/null | sort | tail -n 1; }

# Headings of the five steps, Chinese or English, as "1 of 5: …".
steps() {
  sed -n -e 's/^# 【步骤一】/1 of 5: /p' -e 's/^# 【步骤二】/2 of 5: /p' -e 's/^# 【步骤三】/3 of 5: /p' -e 's/^# 【步骤四】/4 of 5: /p' \
    -e 's/^# 【步骤五】/5 of 5: /p' -e 's/^# \[Step \([1-5]\)\] /\1 of 5: /p' "$1" | masked
}

# What docker_init.sh says: to us, or to its log where somebody else has begun it; nothing while it is not at work.
heard=
spoken() {
  case $heard in
    output) printf '%s\n' "$work/output" ;;
    log) log ;;
  esac
}

# Says the steps that have begun since the last time.
told=0
tell() {
  [ -f "$(spoken)" ] || return 0
  steps "$(spoken)" >"$work/steps"
  count=$(wc -l <"$work/steps")
  if [ "$count" -gt "$told" ]; then sed -n "$((told + 1)),$count"'p' "$work/steps" >&2; fi
  told=$count
}

runs() {
  case $(docker inspect --format '{{.State.Running}} {{.RestartCount}}' "$container" 2>/dev/null) in
    "true 0" | "true 1" | "true 2") ;;
    *) return 1 ;;
  esac
}
marked() { inside '[ -s init_flag.txt ]'; }
# Whether it was made by hand: nothing but a label that it has not tells that.
by_hand() { [ -z "$(docker ps -aq --filter "name=^/$container\$" --filter "$label")" ]; }
# Whether docker_init.sh is at work, by whomever.
at_work() { docker top "$container" -eo pid,args 2>/dev/null | grep -q 'bash .*docker_init\.sh'; }
noted() { inside "cat .dbha-$1 2>/dev/null || true"; }
note() { printf '%s' "$2" | docker exec -i "$container" bash -c "cat >/root/.dbha-$1"; }

stopped() {
  docker logs --tail 30 "$container" >"$work/output" 2>&1 || true
  fail "container $container does not run, so OMS cannot be initialised; its log ends with:
$(tail_of "$work/output")" "correct what the log says, then run pulumi up --refresh"
}

late() {
  last=
  if [ -f "$(spoken)" ]; then
    last="; it said last:
$(tail_of "$(spoken)")"
  fi
  fail "OMS in container $container is not initialised after $timeout s$last" "see $logs on the host; raise initTimeout if it only needs more time, then run this again, which waits for it"
}

# wait_for CONDITION
began=$(date +%s)
seconds() { echo "$(($(date +%s) - began))"; }
wait_for() {
  until $1; do
    close_logs
    tell
    runs || stopped
    [ "$(seconds)" -lt "$timeout" ] || late
    sleep 1
  done
  tell
}

at_rest() { runs && ! at_work; }
started() { docker inspect --format '{{.State.StartedAt}}' "$container"; }
# Whether the image has begun since then, or will not any more.
has_begun() {
  if [ -n "$(find "$logs" -maxdepth 1 -name 'docker_init.log.*' -newermt "$1" 2>/dev/null)" ]; then
    heard=log
    return
  fi
  [ "$(($(date +%s) - $(date -d "$1" +%s)))" -ge 60 ]
}
# Whether the image does nothing any more. It begins anew where somebody restarts the container: one that goes down is not at rest.
image_is_done() {
  if marked; then return; fi
  since=$(started) && has_begun "$since" && at_rest || return 1
  sleep 2
  runs && [ "$(started)" = "$since" ]
}
supervised() { inside 'supervisorctl pid >/dev/null 2>&1'; }
child_ended() { ! kill -0 "$child" 2>/dev/null; }

# Runs docker_init.sh, which says in $work/output what it does.
by_script() {
  docker exec "$container" bash -c 'cd /root && rm -f init_flag.txt && exec bash /root/docker_init.sh' >"$work/output" 2>&1 </dev/null &
  child=$!
  heard=output
  wait_for child_ended
  status=0
  wait "$child" || status=$?
}

# What its output must be. OceanBase's error 1235 is one that the document tells to ignore.
judge() {
  step=$(steps "$1" | tail -n 1)
  [ -n "$step" ] || step="none of 5"
  where="docker_init.sh in container $container"
  cure="correct what it says (docs/oms-multi-node.md has causes), then run pulumi up again, which begins it anew"
  error=$(grep -a 'ERROR [0-9][0-9]* ' "$1" | grep -v 'ERROR 1235 ' | masked | head -n 1 | cut -c 1-300 || true)
  said="it said last (more in $logs on the host):
$(tail_of "$1")"
  [ "$2" -lt 128 ] || fail "$where was killed (status $2) in step $step; $said" \
    "run pulumi up --refresh, which starts the container where it does not run, and begins the initialisation anew"
  [ "$2" = 0 ] || fail "$where ended with status $2 in step $step; $said" "$cure"
  [ -z "$error" ] || fail "$where met an error: $error; $said" "$cure"
  grep -aqE '^# (【结束】|\[Completed\])' "$1" || fail "$where ended in step $step without its closing line; $said" "$cure"
  marked || fail "$where ended without its marker /root/init_flag.txt; $said" "$cure"
}

# Whether what has been done is known to be done well; who listened to docker_init.sh may not have lived to judge it, and what the
# image did nobody has judged yet.
well() {
  marked || return 1
  begins=$(inside '[ ! -e .dbha-begun ] || echo begun')
  if [ -z "$begins" ] && { [ -n "$(noted cm-url)" ] || by_hand; }; then return 0; fi
  (judge "$(log)" 0) 2>/dev/null
}

# All five steps, by the image or by us, and never by both at the same time.
initialise() {
  if [ -n "$by_image" ] && ! marked; then
    printf '%s\n' "waiting for the image to initialise OMS" >&2
    wait_for image_is_done
  fi
  if at_work; then
    printf '%s\n' "docker_init.sh is at work in $container" >&2
    heard=log
    wait_for at_rest
  fi
  if [ -z "$again" ] && well; then return; fi
  if [ -n "$by_image" ] && [ -z "$again$begun" ] && [ "$heard" = log ]; then
    # what the image met is told before anybody does it again
    note begun "$cm_url"
    judge "$(log)" 0
  fi
  # the script restarts the services, by a supervisord that may only be starting
  wait_for supervised
  # nobody who comes later does it a second time, but for another CM
  inside "rm -f init_flag.txt && printf %s '$cm_url' >.dbha-begun && rm -f .dbha-again"
  by_script
  judge "$work/output" "$status"
}

# The components' files anew, and those services again that read them at their start.
reconfigure() {
  printf '%s\n' "making the components' files anew from config.yaml" >&2
  for step in 'python -m omsflow.scripts.units.oms_init_manager --init-config-file' \
    'supervisorctl restart oms_console oms_drc_supervisor'; do
    inside "$step" >"$work/output" 2>&1 || fail "$step in container $container failed: $(tail_of "$work/output")" "correct config.yaml, then run pulumi up again"
  done
}

init() {
  workspace
  runs || stopped
  did=nothing
  again=
  begun=$(noted begun)
  known=$begun
  [ -n "$known" ] || known=$(noted cm-url)
  if [ -n "$known" ] && [ "$known" != "$cm_url" ]; then again=1; fi
  if [ -n "$(inside '[ ! -e .dbha-again ] || echo again')" ]; then again=1; fi
  if [ -z "$known$again" ] && by_hand && ! marked; then
    fail "container $container was made by hand and is not initialised: it has no marker /root/init_flag.txt" \
      "run docker exec $container bash /root/docker_init.sh there, then run this again"
  fi
  if [ -n "$again" ] || ! well; then
    initialise
    did=initialised
  elif [ -n "$(noted config)" ] && [ "$(noted config)" != "$config" ]; then
    reconfigure
    did=configured
  fi
  note cm-url "$cm_url"
  note config "$config"
  inside 'rm -f .dbha-begun'
  printf '{"did":"%s","marker":"%s"}\n' "$did" "$(inside 'head -n 1 init_flag.txt' | tr -d '"\134' | cut -c 1-60)"
}
`,
  ownContainers,
);
