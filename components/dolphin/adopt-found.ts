import { processShell } from "../adopt/process-shell";
import { secretFieldPattern } from "../secret-fields";
import { shellWord } from "../shell-word";
import type { Instance } from "./instance";

/** A process of DolphinDB that runs on a host, outside containers. */
export interface FoundNode {
  pid: string;
  /** `controller`, `agent`, `datanode` or `computenode`; empty where its command line has none. */
  mode: string;
  /** Its program; ` (deleted)` at the end where that is not there any more. */
  program: string;
  /** Its working directory. */
  directory: string;
  user: string;
  /** Paths of its command line, absolute; empty where it has none. */
  home: string;
  config: string;
  nodesFile: string;
  clusterConfig: string;
  logFile: string;
  /** Further options of its command line, names alone. */
  more: string[];
  /** The systemd unit whose main process it is; empty without one. */
  unit: string;
}

/** What of a cluster that was made by hand there is on a host. */
export interface FoundOnHost {
  /** Whether the deployment is there already. */
  known: boolean;
  /** The directory of the arguments, links followed; empty where there is none. */
  directory: string;
  /** SHA-256 of the licence without its last line ends; empty where there is none. */
  license: string;
  /** Whether there is a directory of metadata in it, in which the vendor's page has it. */
  dfsMeta: boolean;
  /** Units of systemd that name the directory and run, or start at boot. */
  units: string[];
  nodes: FoundNode[];
  /** Texts of the nodes' own files; values of secrets are `[secret]`. */
  files: { controller: string; agent: string };
}

/** Paths of a command line, as {@link FoundNode} has them. */
const PATHS = ["home", "config", "nodesFile", "clusterConfig", "logFile"] as const;

/** Options that the vendor's scripts give. */
const KNOWN = ["console", "mode", "script", ...PATHS];

/** A command that says as JSON what of DolphinDB runs on a host, and how it is configured. @param units those that are wanted there */
export const looksForNodes = ({ work, config, byHand }: Instance, units: string[]): string => `
${processShell}known=1
for each in ${units.join(" ")}; do [ -e "/etc/systemd/system/$each.service" ] || known=; done
option() { words "$1" | awk -v name="-$2" 'found { print; exit } $0 == name { found = 1; next } index($0, name "=") == 1 { print substr($0, length(name) + 2); exit }'; }
at() {
  path=$(option "$1" "$2")
  case $path in
    '') ;;
    /*) readlink -m -- "$path" ;;
    *) readlink -m -- "$directory/$path" ;;
  esac
}
more() {
  words "$1" | awk 'NR == 1 { next } value { value = 0; next } /^-/ { name = $0; sub(/^-+/, "", name); value = !sub(/=.*/, "", name)
    if (name !~ /^(${KNOWN.join("|")})$/) printf "%s%s", (n++ ? " " : ""), name }'
}
nodes=
for each in /proc/[0-9]*; do
  program=$(readlink "$each/exe" 2>/dev/null) || continue
  case $program in */dolphindb | */dolphindb\\ \\(deleted\\)) ;; *) continue ;; esac
  pid=\${each#/proc/}
  is_here "$pid" || continue
  directory=$(readlink "$each/cwd")
  nodes="$nodes\${nodes:+,}{\\"pid\\":\\"$pid\\",\\"program\\":\\"$(quoted "$program")\\",\\"directory\\":\\"$(quoted "$directory")\\",\\"user\\":\\"$(stat -c %U "$each")\\",\\"mode\\":\\"$(quoted "$(option "$pid" mode)")\\",\\"more\\":\\"$(quoted "$(more "$pid")")\\",\\"unit\\":\\"$(unit_of "$pid")\\""
  for name in ${PATHS.join(" ")}; do nodes="$nodes,\\"$name\\":\\"$(quoted "$(at "$pid" "$name")")\\""; done
  nodes="$nodes}"
done
units=
for each in $(grep -ls -- ${shellWord(work)} /etc/systemd/system/*.service /usr/lib/systemd/system/*.service /lib/systemd/system/*.service); do
  unit=\${each##*/}
  case "$unit $units " in dbha-* | *" $unit "*) continue ;; esac
  if systemctl is-enabled --quiet -- "$unit" 2>/dev/null || systemctl is-active --quiet -- "$unit"; then units="$units $unit"; fi
done
file() {
  [ ! -r "$1" ] || awk -F= 'tolower($1) ~ /${secretFieldPattern}/ { print $1 "=[secret]"; next } { print }' "$1" | base64 | tr -d '\\n'
}
license=
[ ! -r ${shellWord(byHand?.license ?? "")} ] || license=$(printf %s "$(cat ${shellWord(byHand?.license ?? "")})" | sha256sum)
metadata=
[ ! -d ${shellWord(`${work}/dfsMeta`)} ] || metadata=1
printf '{"known":"%s","directory":"%s","license":"%s","dfsMeta":"%s","units":"%s","controller":"%s","agent":"%s","nodes":[%s]}' "$known" \\
  "$(quoted "$(readlink -e ${shellWord(work)})")" "\${license%% *}" "$metadata" "\${units# }" "$(file ${shellWord(`${config}/controller.cfg`)})" "$(file ${shellWord(`${config}/agent.cfg`)})" "$nodes"
`;

/** Where the command's answer has what. */
export const foundParts = Object.fromEntries(
  ["known", "directory", "license", "dfsMeta", "units", "controller", "agent", "nodes"].map((name) => [
    name,
    `/${name}`,
  ]),
);

/** What the command said. */
export function parseFound(said: Record<string, string>): FoundOnHost {
  const { known, directory = "", license = "", dfsMeta, units = "", controller = "", agent = "", nodes = "[]" } = said;
  const all = JSON.parse(nodes) as (Omit<FoundNode, "more"> & { more: string })[];
  const words = (text: string): string[] => text.split(" ").filter((word) => word !== "");
  const decoded = (text: string): string => Buffer.from(text, "base64").toString("utf8");
  return {
    known: known === "1",
    ...{ directory, license },
    dfsMeta: dfsMeta === "1",
    units: words(units),
    files: { controller: decoded(controller), agent: decoded(agent) },
    nodes: all.map((one) => ({ ...one, more: words(one.more) })),
  };
}

/** The controller or agent that is meant, where that is clear: the only one, or the only one in that directory. */
export function meant({ nodes, directory }: FoundOnHost, mode: "controller" | "agent"): FoundNode | undefined {
  const all = nodes.filter((one) => one.mode === mode);
  const there = all.length === 1 ? all : all.filter((one) => one.directory === directory);
  return there.length === 1 ? there[0] : undefined;
}
