import { readFileSync } from "node:fs";
import { join } from "node:path";
import { run, type LabIdentity, type MemberName } from "../../lab/src/lab";
import { base, coreutils, docker, find, ip, type Options } from "./options";

/** Where the old tools are on a host of the lab. Nothing else there is changed by them. */
export const oldTools = "/opt/old-tools";

/** Where they note what they refused, `TOOL OPTION`, a line each. */
export const refusals = "/run/old-tools-refused";

/** How the tools tell that they were called wrongly, where not by 1. */
const statuses: Record<string, number> = {
  ...{ curl: 2, docker: 125, flock: 64, grep: 2, ip: 255, ls: 2, sort: 2, tar: 64, timeout: 125 },
  ...{ awk: 2, bash: 2, cmp: 2, useradd: 2, userdel: 2 },
  // it says what it does not know, and ends as if all were well
  keepalived: 0,
};

const settings = ({ short, long, stops }: Options): string =>
  `short='${short}' long='${long}' stops=${stops ? "1" : ""}`;

/** What an old tool does otherwise than the new one, beside refusing. */
const quirks: Record<string, string> = {
  docker: `subcommand() {
  case $1 in image | container) command="$1 $2" && shift 2 ;; *) command=$1 && shift ;; esac
  case $command in
${Object.entries(docker)
  .map(([command, options]) => `    '${command}') ${settings(options)} ;;`)
  .join("\n")}
    *) refuse "$command" ;;
  esac
  examine "$@"
}
case \${1-} in -* | "") ;; *) subcommand "$@" ;; esac`,
  find: `inside=
for word in "$@"; do
  case $word in
    -exec | -ok) inside=1 ;;
    ';' | +) inside= ;;
    -* | '!') [ "$inside" ] || case ' ${find} ' in *" $word "*) ;; *) refuse "$word" ;; esac ;;
  esac
done`,
  ip: `for word in "$@"; do
  case $word in -*) case ' ${ip} ' in *" $word "*) ;; *) refuse "$word" ;; esac ;; *) break ;; esac
done`,
  keepalived: `case \${1-} in
  -v | --version) echo 'Keepalived v1.3.5 (03/19,2017), git commit v1.3.5-6-g6fa32f2' >&2 && exit ;;
  -h | --help)
    echo "Usage: $0 [OPTION...]" >&2
    for word in $long; do echo "      --$word" >&2; done
    exit
    ;;
esac`,
  // all is written out, with a warning; here the named files alone, to spare the machine
  sync: '[ $# = 0 ] || echo "sync: ignoring all arguments" >&2',
  // In its lists a sign stands before each name, or a space; --plain is for trees alone. Restarts are counted from 235 on.
  systemctl: `case " $* " in
  *" list-units "*)
    for word in "$@"; do
      shift
      [ "$word" = --plain ] || set -- "$@" "$word"
    done
    ;;
  *" show "*)
    told=$("$real" "$@")
    status=$?
    printf '%s\\n' "$told" | sed '/^NRestarts=/d'
    exit $status
    ;;
esac`,
};

const tools: Record<string, Options> = {
  ...coreutils,
  ...base,
  docker: docker[""] as Options,
  find: { short: "", long: "" },
  ip: { short: "", long: "" },
};

const shim = (name: string, options: Options): string =>
  [
    "#!/bin/sh",
    `tool=${name} real=@REAL@ notes=${refusals} status=${statuses[name] ?? 1}`,
    settings(options),
    `. ${oldTools}/.shim`,
    ...(["find", "ip"].includes(name) ? [] : ['examine "$@"']),
    ...(quirks[name] === undefined ? [] : [quirks[name]]),
    'exec "$real" "$@"',
  ].join("\n");

/** Notes that a script calls a tool of which it is not known what CentOS 7 has. */
const unknown = `#!/bin/sh
echo "\${0##*/} (there is no table of its options)" >>${refusals}
exit 127`;

/**
 * Puts the old tools on a host. `sh` is bash there, and whatever else the host has is one that nobody knows; what is not installed
 * is not there.
 */
export async function installOldTools(lab: LabIdentity, host: MemberName): Promise<void> {
  const put = Object.entries(tools).map(([name, options]) => `put ${name} <<'END'\n${shim(name, options)}\nEND\n`);
  const script = `set -eu
rm -rf ${oldTools}
mkdir -p ${oldTools}
cd ${oldTools}
put() {
  real=$(command -v "$1") || return 0
  sed "s|@REAL@|$real|" >"$1"
  chmod 755 "$1"
}
${put.join("")}cat >.shim <<'END'
${readFileSync(join(__dirname, "shim.sh"), "utf8")}END
cat >.unknown <<'END'
${unknown}
END
chmod 755 .unknown
ln -s /bin/bash sh
perl -e 'for (map { glob "$_/*" } qw(/usr/sbin /usr/bin /sbin /bin)) { s|.*/||; symlink ".unknown", $_ unless -e $_ || /^(mysql|mysqldump|test|\\[|printf|echo|expr)$/ }'
`;
  await run(lab, host, "sh -s", { stdin: script });
}

/** Takes them away. */
export const removeOldTools = (lab: LabIdentity, host: MemberName): Promise<string> =>
  run(lab, host, `rm -rf ${oldTools} ${refusals}`);
