import type { HostName } from "../../lab/src/lab";
import { HOST_NAMES } from "../../lab/src/name";
import { on, snapshotIn } from "./hosts";

/**
 * What runs on a host and is set there, beside {@link snapshotIn}: processes, users, mounts, addresses, rules of the firewall, datagram
 * ports, and the files outside of the directories that it looks at. Left out is what the kernel and a log-in bring about.
 */
const LOOK = String.raw`
  ps -eo user:32=,args= | grep -vE ' \[|sd-pam|systemd --user|^[^ ]+ +(ps|sh|bash|grep|awk|sed|sort|find|sshd:)( |$)' | awk '{ $1 = $1; print "process", $0 }'
  awk '{ print "user", $0 }' /etc/passwd /etc/group
  findmnt -rno TARGET,FSTYPE | grep -vE '^/run/(user|docker/netns)' | sed 's/^/mount /'
  ip -o addr | awk '$3 ~ /^inet/ { print "address", $2, $4 }'
  for rules in iptables-save ip6tables-save; do $rules 2>/dev/null | grep -E '^(-A|:[^ ]+ -)' | sed -E "s/\[[0-9:]+\]//; s/^/$rules /"; done
  ss -Hlun | awk '{ print "receives", $4 }'
  find / -maxdepth 1 -printf 'root %y %m %p\n'
  for top in /data /home /backup; do [ ! -d $top ] || find $top -xdev -printf '%y %m %u:%g %p %l\n'; done`;

/** The copies that useradd and userdel make of what there was before. */
export const FORMER = / \/etc\/(passwd|group|g?shadow)-$/;

/** Everything of all hosts of a lab; each line begins with the host's name. */
export async function traces(lab: string): Promise<string[]> {
  const of = async (name: HostName): Promise<string[]> => {
    const files = await snapshotIn(lab, name);
    // one after the other, as each would see the other's processes
    const rest = await on(name, LOOK, lab);
    const lines = [...files.filter((line) => !FORMER.test(line)), ...rest.split("\n").map((line) => line.trim())];
    return [...new Set(lines.filter((line) => line !== ""))].map((line) => `${name} ${line}`);
  };
  return (await Promise.all(HOST_NAMES.map(of))).flat().sort();
}

/** The paths that `dbha destroy` says of that they stay, by host. */
export const told = (text: string): { host: string; paths: string[] }[] =>
  [...text.matchAll(/^- (p\d): (.*) \(/gm)].map(([, host = "", things = ""]) => ({
    host,
    paths: [...things.matchAll(/`([^`]+)`/g)].map(([, path = ""]) => path),
  }));

/** The path of a line about a file, a directory or a link. */
const FILE = /^p\d (?:[a-z] \d+ \S+|log|root [a-z] \d+|[0-9a-f]{64}) +(\/\S*?)\/?(?: \S*)?$/;

/** Whether a line is of a path that stays, of what is in it, or of a directory that it is in. */
export function isTold(line: string, stays: ReturnType<typeof told>): boolean {
  const [, own] = FILE.exec(line) ?? [];
  if (own === undefined) return false;
  const isNear = (path: string): boolean =>
    own === path || own.startsWith(`${path}/`) || (own !== "" && path.startsWith(`${own}/`));
  return stays.some(({ host, paths }) => line.startsWith(`${host} `) && paths.some(isNear));
}
