import { shellLines, type ShellLine } from "./shell-lines";

interface ShellFunction {
  lines: string[];
  /** What it may call is in it. */
  code: string;
}

interface Parts {
  functions: Map<string, ShellFunction>;
  /** What stands outside of them. */
  rest: ShellFunction;
}

/**
 * Functions of POSIX sh, of which a script gets those that it can call, without comments and indentation: scripts travel to hosts, and
 * into the state, with every command. Of functions with one name the last one counts, as in a shell. A function begins with `name() {`
 * at the start of a line, and ends there or with `}` at the start of another.
 */
export class ShellLibrary {
  /** As it was written. */
  readonly source: string;
  private readonly sources: (string | ShellLibrary)[];
  private parsed?: Parts;
  private readonly chosen = new Map<string, string>();

  constructor(...sources: (string | ShellLibrary)[]) {
    this.sources = sources;
    this.source = sources.map((one) => (typeof one === "string" ? one : one.source)).join("\n");
  }

  /** Names of all functions. */
  get names(): string[] {
    return [...this.parts.functions.keys()];
  }

  /**
   * What stands outside of functions, and the functions that these call, directly or not.
   * @throws Error where there is no such function
   */
  only(names: string[]): string {
    const key = names.join(" ");
    let text = this.chosen.get(key);
    if (text === undefined) {
      text = this.choose(names);
      this.chosen.set(key, text);
    }
    return text;
  }

  private choose(names: string[]): string {
    const { functions, rest } = this.parts;
    const missing = names.filter((name) => !functions.has(name));
    if (missing.length > 0) throw new Error(`no procedure ${missing.join(", ")} in the script`);
    const wanted = new Set<string>();
    const want = (code: string): void => {
      for (const [word] of code.matchAll(WORD)) {
        const called = functions.get(word);
        if (called === undefined || wanted.has(word)) continue;
        wanted.add(word);
        want(called.code);
      }
    };
    want(`${names.join(" ")}\n${rest.code}`);
    const lines = [...functions].filter(([name]) => wanted.has(name)).flatMap(([, one]) => one.lines);
    return [...rest.lines, ...lines].map((line) => `${line}\n`).join("");
  }

  private get parts(): Parts {
    this.parsed ??= together(
      this.sources.map((one) => (typeof one === "string" ? partsOf(shellLines(one)) : one.parts)),
    );
    return this.parsed;
  }
}

/** Words that may be names of commands: alone, or as the value of a variable. */
const WORD = /(?<=^|[\s;|&<>(){}=])[A-Za-z_]\w*(?=$|[\s;|&<>(){}])/gm;

const together = (all: Parts[]): Parts => ({
  functions: new Map(all.flatMap(({ functions }) => [...functions])),
  rest: {
    lines: all.flatMap(({ rest }) => rest.lines),
    code: all.map(({ rest }) => rest.code).join(""),
  },
});

function partsOf(lines: ShellLine[]): Parts {
  const functions = new Map<string, ShellFunction>();
  const rest: ShellFunction = { lines: [], code: "" };
  let open: ShellFunction | undefined;
  for (const line of lines) {
    const [, name] = (!line.isIndented && /^(\w+)\(\) [{(]/.exec(line.text)) || [];
    const part: ShellFunction = name === undefined ? (open ?? rest) : { lines: [], code: "" };
    part.lines.push(line.text);
    part.code += `${line.code}\n`;
    if (name !== undefined) functions.set(name, part);
    if (name !== undefined && !/[})]$/.test(line.text)) open = part;
    else if (!line.isIndented && /^[})]/.test(line.text)) open = undefined;
  }
  return { functions, rest };
}
