import { shellWord } from "../shell-word";

/** What the watchdog of one instance depends on. */
export interface WatchdogSettings {
  /** Name of the instance, for its messages. */
  name: string;
  /** The package, with bin/obproxy; it may be a link. */
  home: string;
  /** Directory in which the proxy keeps etc/ and log/. */
  directory: string;
  /** SQL, Prometheus, RPC. */
  ports: [number, number, number];
  /** Flags of every start. */
  flags: string[];
  /** File with the parameters of the first start, `name=value,…`. */
  options: string;
  /** Seconds without an answer after which a proxy that served counts as hung. */
  hangTimeout: number;
  /** Seconds a proxy may take from its start to its first answer. */
  startTimeout: number;
}

/**
 * The watchdog, a bash script. systemd runs it as the proxy's user, so that it could not end another user's process if it tried; in a
 * container it sees the container's processes alone. Its own it knows by executable and working directory, both from /proc, and ends no
 * other. When it is killed under systemd the proxy goes on, and the next watchdog adopts it. bash makes the connections itself, since
 * there are several programs called nc.
 */
export const renderWatchdog = (settings: WatchdogSettings): string => `#!/bin/bash
# Runs OBProxy ${settings.name} and watches it; made by dbha, changes are drift. systemd or a container runs it.
set -u
export LC_ALL=C
home=${shellWord(settings.home)}
directory=$(readlink -f ${shellWord(settings.directory)})
here=$(readlink /proc/self/ns/pid)
ports=(${settings.ports.join(" ")})
flags=(${settings.flags.map(shellWord).join(" ")})
first_options=${shellWord(settings.options)}
# what runs from there is ours; a link leads to one of several versions
versions=$(readlink -f "$home")
[[ ! -L $home ]] || versions=\${versions%/*}
hang_timeout=${settings.hangTimeout}
start_timeout=${settings.startTimeout}
${body}`;

/** What the watchdog calls it when a proxy ended before it served: it pauses longer each time before the next start. */
export const endedEarly = "ended before it served";

const body = `stop_timeout=10
longest_pause=10
pid_file=\${1:-/run}/obproxy.pid # the unit says where; where it is gone the proxy is found by what it runs

proxy=    # its process ID, empty while there is none
started=0 # when it was started, in seconds of this watchdog
answered=0
serving=  # whether it has answered since its start
looked=-1
failures=0 # starts in a row after which it never answered
next_start=0
reason=
stopping=

# syslog's level, which is for the journal alone, what happened, why
event() { printf '%s%s: %s\\n' "\${JOURNAL_STREAM:+<$1>}" "$2" "$3"; }

# A pause of 0.2 s without a process: nobody writes to this pipe.
exec 3<> <(:)
tick() { read -r -t 0.2 -u 3 || :; }

# another container may have the same paths
is_own() {
  [[ $(readlink "/proc/$1/exe") == "$versions"/*bin/obproxy* && $(readlink "/proc/$1/cwd") == "$directory" &&
    $(readlink "/proc/$1/ns/pid") == "$here" ]] 2>/dev/null
}

find_own() {
  local entry
  proxy=
  if [[ -s $pid_file ]] && read -r proxy <"$pid_file" && is_own "$proxy"; then return 0; fi
  for entry in /proc/[0-9]*; do
    proxy=\${entry#/proc/}
    if is_own "$proxy"; then
      echo "$proxy" >"$pid_file"
      return 0
    fi
  done
  proxy=
  return 1
}

adopt() {
  started=$SECONDS answered=$SECONDS serving=1 failures=0
  event 5 "adopted" "process $proxy was running before this watchdog"
}

# A connection that gets the first byte of the greeting: a stopped process still has its port, but says nothing.
answers() {
  timeout 1 bash -c "exec 3<>/dev/tcp/127.0.0.1/\${ports[0]} && read -r -n 1 -u 3 _" 2>/dev/null
}

# Prints which of the ports somebody listens on, and who.
taken() {
  local port hex address state owner
  for port in "\${ports[@]}"; do
    printf -v hex ':%04X' "$port"
    while read -r _ address _ state _ _ _ owner _; do
      if [[ $state == 0A && $address == *"$hex" ]]; then
        echo "port $port is taken by another process, of user ID $owner, which is left alone"
        return 0
      fi
    done < <(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null)
  done
  return 1
}

put_off() {
  local pause=$((failures < 4 ? 1 << failures : longest_pause))
  failures=$((failures + 1))
  next_start=$((SECONDS + pause))
  event 3 "$1" "$2; next attempt in $pause s"
}

start() {
  local options=() # bash before 4.4 takes an empty list for a variable that is not set
  if reason=$(taken); then
    # an earlier watchdog may have been killed while it started one
    if find_own; then adopt; else put_off "not started" "$reason"; fi
    return
  fi
  [[ -e $directory/etc/obproxy_config.bin ]] || options=(-o "$(<"$first_options")")
  (
    exec 3>&-
    cd "$directory" && echo "$BASHPID" >"$pid_file" &&
      exec "$home/bin/obproxy" --nodaemon "\${flags[@]}" \${options[@]+"\${options[@]}"}
  ) &
  proxy=$!
  started=$SECONDS answered=$SECONDS serving=
  event 5 "started" "process $proxy, $(readlink -f "$home")"
}

# The proxy is gone; says why, and when the next one starts.
ended() {
  rm -f "$pid_file"
  proxy=
  if [[ $serving ]]; then
    event 4 "ended" "$1; it is started again at once"
  else
    put_off "${endedEarly}" "$1"
  fi
}

# Sets reason: how the process ended.
find_reason() {
  local status
  wait "$proxy" 2>/dev/null
  status=$?
  if ((status == 127)); then
    reason="of an earlier watchdog, so nobody knows why"
  elif ((status > 128)); then
    reason="killed by signal $((status - 128)) ($(kill -l "$status"))"
  else
    reason="exit status $status"
  fi
}

# Ends the process, and comes back when it is gone: there are never two.
put_down() {
  local since=$SECONDS
  while kill -0 "$proxy" 2>/dev/null; do
    is_own "$proxy" || break
    kill "-$1" "$proxy" 2>/dev/null
    tick
    ((SECONDS - since < stop_timeout)) || set -- KILL
    ((SECONDS - since < 3 * stop_timeout)) || {
      event 2 "cannot be killed" "process $proxy is still there after $((3 * stop_timeout)) s"
      since=$SECONDS
    }
  done
  wait "$proxy" 2>/dev/null
}

look() {
  local silence limit=$hang_timeout
  if [[ $serving ]]; then
    ((SECONDS != looked)) || return 0
    looked=$SECONDS
  else
    limit=$start_timeout
  fi
  if answers; then
    [[ $serving ]] || event 5 "serving" "process $proxy, $((SECONDS - started)) s after its start"
    serving=1 failures=0 answered=$SECONDS
    return
  fi
  silence=$((SECONDS - answered))
  if ((silence >= limit)) && kill -0 "$proxy" 2>/dev/null; then
    event 3 "killed" "process $proxy has not answered on port \${ports[0]} for $silence s (limit $limit s)"
    put_down KILL
    ended "process $proxy: it hung"
  fi
}

trap 'stopping=1' TERM INT
ulimit -n "$(ulimit -H -n)"
if find_own; then adopt; fi
while [[ ! $stopping ]]; do
  if [[ ! $proxy ]]; then
    ((SECONDS < next_start)) || start
  elif kill -0 "$proxy" 2>/dev/null; then
    look
  else
    find_reason
    ended "process $proxy: $reason"
    continue
  fi
  tick
done
if [[ $proxy ]]; then
  event 5 "stopping" "process $proxy, told to stop"
  put_down TERM
  rm -f "$pid_file"
fi
`;
