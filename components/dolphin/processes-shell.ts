import type { Instance } from "./instance";

/**
 * A function of bash, `processes`, that says of each process of this deployment PID, mode and home, one a line: its program is one of
 * this deployment's, or the one of the cluster that was made by hand, and it is in no container, which may have the same paths. Homes are
 * absolute, links followed, as `home_of_all` is: that of controllers and agents, in which the others have theirs.
 */
export const renderProcesses = ({ package: programs, directory, byHand }: Instance): string => {
  const patterns = [`${programs}/*/dolphindb`, ...(byHand ? [`${byHand.server}/dolphindb`] : [])];
  const all = patterns.flatMap((pattern) => [pattern, `${pattern}\\ \\(deleted\\)`]).join(" | ");
  return `home_of_all=$(readlink -m ${directory})
here=$(readlink /proc/self/ns/pid)

processes() {
  local process program word next mode home
  for process in /proc/[0-9]*; do
    program=$(readlink "$process/exe") || continue
    case $program in ${all}) ;; *) continue ;; esac
    [ "$(readlink "$process/ns/pid")" = "$here" ] || continue
    next= mode= home=
    while IFS= read -r -d '' word; do
      case $next in mode) mode=$word ;; home) home=$word ;; esac
      case $next$word in -mode) next=mode ;; -home) next=home ;; *) next= ;; esac
    done < "$process/cmdline"
    [ -n "$home" ] || continue
    case $home in /*) ;; *) home=$(readlink "$process/cwd")/$home ;; esac
    echo "\${process#/proc/} \${mode:--} $(readlink -m "$home")"
  done 2>/dev/null
}
`;
};
