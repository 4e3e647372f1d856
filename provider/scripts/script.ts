import { prologue } from "../resources/shell";
import { quote } from "../ssh/quote";

/** A POSIX sh script with the names of the variables it is given; `name` shows in the tests that check every script. */
export interface Script<P extends string = string> {
  name: string;
  /** Variables set before it runs. */
  parameters: readonly P[];
  /** Whether it is given a list of words as `$@`. */
  list: boolean;
  text: string;
}

/** Values for the variables of a script. Numbers and booleans become text; booleans `1` or nothing. */
export type Values<P extends string> = Record<P, string | number | boolean>;

/**
 * What every script has. Answers are `key=value` lines on stdout, then, where a script says so, an empty line and raw bytes.
 * `fail PROBLEM FIX` ends a script with a problem in words; a script of several things puts before it which one, as `$subject`.
 */
const prelude = `set -eu
subject=
say() { printf '%s=%s\\n' "$1" "$2"; }
fail() { say problem "$subject$1"; say fix "$2"; exit 3; }
`;

/** Keeps a script's text as written; `\\\${` stands for the shell's own `\${`. */
export function sh(strings: TemplateStringsArray): string {
  return strings.raw.join("").replaceAll("\\${", "${").trimStart();
}

/** Declares a script. */
export function script<P extends string>(
  name: string,
  parameters: readonly P[],
  text: string,
  options: { list?: boolean } = {},
): Script<P> {
  return { name, parameters, list: options.list ?? false, text };
}

/** The whole text that the shell evaluates: variables, prelude, script. */
export function assemble<P extends string>(part: Script<P>, values: Values<P>, list: readonly string[] = []): string {
  const variables = part.parameters.map((name) => `${name}=${quote(asText(values[name]))}\n`);
  const words = part.list ? [`set -- ${list.map(quote).join(" ")}\n`] : [];
  return [...variables, ...words, prelude, part.text].join("");
}

function asText(value: string | number | boolean): string {
  if (typeof value === "boolean") {
    return value ? "1" : "";
  }
  return String(value);
}

/**
 * The command that receives a script: it takes one line from its input and evaluates it. `read` takes no byte more than the
 * line, so what follows on the input is the script's own, and fails on a line cut short, which is then not evaluated.
 * Neither text nor secrets stand in any argument list, and any login shell understands the command; the login's own limit of
 * time for `read` is gone before the first.
 */
export const receiver = `sh -c 'unset TMOUT; IFS= read -r script && eval "$(printf %b "$script")"'`;

/** What tells a step's own output from that of the login before it and of whatever comes after. */
export const beginning = (mark: string): string => `${mark} begins\n`;

/**
 * A script for a receiver of its own. A mark goes out on both streams before it and after it, in the end with its status on
 * stdout: what a login shell or sudo says is no part of the answer, nor is its status that of the script.
 */
export const wrapped = (mark: string, text: string): string => `${prologue}printf '%s begins\\n' ${mark}
printf '%s begins\\n' ${mark} >&2
(
${text}
)
status=$?
printf '\\n%s %s\\n' ${mark} $status
printf '%s\\n' ${mark} >&2
exit $status
`;

/** A script for a receiver of its own, whose output is a stream when it has answered: nothing comes after it. */
export const opened = (mark: string, text: string): string => `${prologue}printf '%s begins\\n' ${mark}
printf '%s begins\\n' ${mark} >&2
${text}`;

/**
 * A script for a receiver that is kept: it takes one script after the other, so that a step costs one round trip: a mark, a
 * script and its input, a line each. A script runs in a subshell, between marks as above. Meanwhile nothing comes on the
 * input but its end, when the plugin or the connection is gone: that ends the script with all it started, which no signal
 * from outside could where sudo is between. What watches for it ends by SIGKILL: a login may have it ignore SIGTERM, and mksh
 * loses one that comes just before it reads.
 */
export const keeper = `${prologue}exec 3<&0
while IFS= read -r mark && IFS= read -r script && IFS= read -r body; do
  { read -r _ <&3 || kill 0; } >/dev/null 2>&1 &
  watch=$!
  printf '%s begins\\n' "$mark"
  printf '%s begins\\n' "$mark" >&2
  printf %b "$body" | (
    exec 3<&-
    eval "$(printf %b "$script")"
  )
  status=$?
  { kill -9 $watch; wait $watch; } 2>/dev/null
  printf '\\n%s %s\\n' "$mark" $status
  printf '%s\\n' "$mark" >&2
done
`;

/** A step for such a receiver. */
export const next = (mark: string, text: string, body: Buffer): string => `${mark}\n${asLine(text)}${asLine(body)}`;

/** A script as the one line that `receiver` takes: ASCII, escaped for `printf %b`. Bytes too. */
export function asLine(text: string | Buffer): string {
  let line = "";
  for (const byte of typeof text === "string" ? Buffer.from(text, "utf8") : text) {
    if (byte === 0x5c) {
      line += "\\\\";
    } else if (byte >= 0x20 && byte < 0x7f) {
      line += String.fromCharCode(byte);
    } else {
      line += `\\0${byte.toString(8).padStart(3, "0")}`;
    }
  }
  return `${line}\n`;
}
