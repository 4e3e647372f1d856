import { diffArrays } from "diff";
import { words, type Difference } from "./differences";

/** Where the image of nginx has its configuration. */
export const ownConfigFile = "/etc/nginx/nginx.conf";

/** Lines that are shown of the differences of two configurations. */
const LINES = 60;

/**
 * In what a hand-written nginx.conf is not the one of the stack: it must pass requests to the same servers and listen on the same ports;
 * any other line may differ until nginx is replaced.
 */
export function nginxDifferences(found: string, wanted: string): Difference[] {
  const [has, shall] = [lines(found), lines(wanted)];
  const parts: [what: string, part: (conf: string[]) => string[], fix: string][] = [
    ["servers", servers, "name in both the same hosts and ports: edit its file and reload it, or change the arguments"],
    ["ports", ports, "let both listen on the same ports: edit its file and reload it, or change the arguments"],
  ];
  const wrong = parts.flatMap(([what, part, fix]) => {
    const [ours, theirs] = [words(part(shall)), words(part(has))];
    return ours === theirs ? [] : [{ what: `${what} of nginx.conf`, found: theirs, wanted: ours, fix }];
  });
  if (wrong.length > 0) return wrong;
  const changed = diffArrays(has, shall).flatMap(({ added, removed, value }) =>
    added || removed ? value.map((line) => `${removed ? "-" : "+"} ${line}`) : [],
  );
  if (changed.length === 0) return [];
  const shown = changed.slice(0, LINES);
  const more = changed.length > LINES ? [`and ${changed.length - LINES} more`] : [];
  return [{ what: "nginx.conf", found: "lines (-)", wanted: "others (+)", lines: [...shown, ...more] }];
}

/** The lines of a configuration that say something, in one form. */
const lines = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.replace(/(^|\s)#.*$/, "").trim())
    .filter((line) => line !== "")
    .map((line) => line.replace(/\s+/g, " ").replace(/ ?([;{}])/g, "$1"));

const matches = (conf: string[], form: RegExp): string[] => [
  ...new Set([...conf.join("\n").matchAll(form)].map(([, value = ""]) => value)),
];

/** Those that requests are passed to, and not the blocks of the same name. */
const servers = (conf: string[]): string[] => matches(conf, /(?:^|[\s;{])server ([^\s;{]+)[^;{]*;/g);

const ports = (conf: string[]): string[] => [
  ...new Set(matches(conf, /(?:^|[\s;{])listen ([^\s;]+)[^;]*;/g).map((at) => at.replace(/^.*:/, ""))),
];
