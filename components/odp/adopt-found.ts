import { processShell } from "../adopt/process-shell";
import { shellWord } from "../shell-word";
import type { Instance } from "./instance";

/** An OBProxy that runs on a host, outside containers. */
export interface FoundProxy {
  pid: string;
  /** Its program; ` (deleted)` at the end where that is not there any more. */
  program: string;
  /** Its working directory. */
  directory: string;
  user: string;
  /** TCP ports that it listens on. */
  ports: string[];
  /** The port of SQL among its flags; empty where it has none. */
  sql: string;
  /** The systemd unit whose main process it is; empty without one. */
  unit: string;
  /** Its control group. */
  group: string;
}

/** What runs on a host. */
export interface FoundOnHost {
  /** Whether the deployment is there already. */
  known: boolean;
  /** The program and the directory of the arguments, links followed; empty where there is none. */
  program: string;
  directory: string;
  proxies: FoundProxy[];
  /** Processes of the vendor's own watchdog. */
  watchdogs: string[];
}

/**
 * A command that says as JSON what of OBProxy runs on a host. Flags may hold passwords: none but the port is told.
 */
export const looksForProxies = ({ unit, home, directory }: Pick<Instance, "unit" | "home" | "directory">): string => `
known=
[ ! -e ${shellWord(`/etc/systemd/system/${unit}.service`)} ] || known=1
${processShell}watchdogs=
for each in $(grep -la 'obproxyd\\.sh' /proc/[0-9]*/cmdline 2>/dev/null); do
  pid=\${each#/proc/}
  pid=\${pid%/cmdline}
  is_here "$pid" || continue
  ! words "$pid" | head -n 2 | grep -q '\\(^\\|/\\)obproxyd\\.sh$' || watchdogs="$watchdogs\${watchdogs:+ }$pid"
done
proxies=
for each in /proc/[0-9]*; do
  program=$(readlink "$each/exe" 2>/dev/null) || continue
  case $program in */obproxy | */obproxy\\ \\(deleted\\)) ;; *) continue ;; esac
  pid=\${each#/proc/}
  is_here "$pid" || continue
  ports=$(ss -ltnp 2>/dev/null | awk -v own="pid=$pid," 'index($0, own) { n = split($4, part, ":"); print part[n] }' | sort -nu | tr '\\n' ' ')
  sql=$(words "$pid" | sed -n '/^\\(-p\\|--listen_port\\)$/{n;p;};s/^-p\\([0-9]\\)/\\1/p;s/^--listen_port=//p' | head -n 1)
  proxies="$proxies\${proxies:+,}{\\"pid\\":\\"$pid\\",\\"program\\":\\"$(quoted "$program")\\",\\"directory\\":\\"$(quoted "$(readlink "$each/cwd")")\\",\\"user\\":\\"$(stat -c %U "$each")\\",\\"ports\\":\\"\${ports% }\\",\\"sql\\":\\"$sql\\",\\"unit\\":\\"$(unit_of "$pid")\\",\\"group\\":\\"$(quoted "$(group_of "$pid")")\\"}"
done
printf '{"known":"%s","program":"%s","directory":"%s","watchdogs":"%s","proxies":[%s]}' "$known" \
  "$(quoted "$(readlink -e ${shellWord(`${home}/bin/obproxy`)})")" "$(quoted "$(readlink -e ${shellWord(directory)})")" "$watchdogs" "$proxies"
`;

/** Where the command's answer has what. */
export const foundParts = {
  known: "/known",
  program: "/program",
  directory: "/directory",
  watchdogs: "/watchdogs",
  proxies: "/proxies",
};

/** What the command said. */
export function parseFound(said: Record<string, string>): FoundOnHost {
  const { known, program = "", directory = "", watchdogs = "", proxies = "[]" } = said;
  const all = JSON.parse(proxies) as (Omit<FoundProxy, "ports"> & { ports: string })[];
  const words = (text: string): string[] => text.split(" ").filter((word) => word !== "");
  return {
    known: known === "1",
    program,
    directory,
    watchdogs: words(watchdogs),
    proxies: all.map((one) => ({ ...one, ports: words(one.ports) })),
  };
}

/** The one that is meant, where that is clear: the only one, or the only one in that directory. */
export function meant(proxies: FoundProxy[], directory: string): FoundProxy | undefined {
  const there = proxies.length === 1 ? proxies : proxies.filter((one) => one.directory === directory);
  return there.length === 1 ? there[0] : undefined;
}

/** Where it is asked by SQL: at the port of its flags, else at the one of the arguments; undefined where it listens on neither. */
export const askedAt = ({ sql, ports }: FoundProxy, port: number): number | undefined =>
  [sql, String(port)].filter((one) => ports.includes(one)).map(Number)[0];
