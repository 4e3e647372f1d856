/**
 * Functions of sh for a look at processes that were started by hand. `quoted TEXT` for JSON, `words PID` of its command line, `is_here PID`
 * tells whether it is outside containers, `group_of PID` its control group, `unit_of PID` the systemd unit whose main process it is.
 */
export const processShell = `quoted() { printf %s "$1" | sed 's/[\\\\"]/\\\\&/g'; }
words() { tr '\\0' '\\n' <"/proc/$1/cmdline" 2>/dev/null; }
here=$(readlink /proc/self/ns/pid)
is_here() { [ "$(readlink "/proc/$1/ns/pid" 2>/dev/null)" = "$here" ]; }
group_of() { sed -n 's/^[0-9]*:name=systemd://p;s/^0:://p' "/proc/$1/cgroup" 2>/dev/null | head -n 1; }
unit_of() {
  unit=$(group_of "$1")
  unit=\${unit##*/}
  case $unit in
    *.service) [ "$(systemctl show -p MainPID -- "$unit" 2>/dev/null)" != "MainPID=$1" ] || printf %s "$unit" ;;
  esac
}
`;

/** How a unit goes that would start once more what is taken over. */
export const letUnitGo = (unit: string): string =>
  `let that unit go without its process: with KillMode=none and no ExecStop in a drop-in, systemctl disable --now ${unit}`;
