/** A line of POSIX sh as a shell takes it, with the lines of the strings and here-documents that it has. */
export interface ShellLine {
  /** Without indentation and comment; what is in strings and here-documents is as it was. */
  text: string;
  /** Whether it was indented. */
  isIndented: boolean;
  /** What of it stands in no quotes, or in those of `trap`: names of commands are in it. */
  code: string;
}

/**
 * The lines of a text of our own in POSIX sh, without empty ones. It need not know all of the language: backquotes, and `case` within
 * `$(…)` or `${…}`, are refused. @throws Error where it ends in a string
 */
export function shellLines(text: string): ShellLine[] {
  const reader = new Reader(text);
  const lines: ShellLine[] = [];
  while (!reader.isAtEnd) {
    const line = reader.line();
    if (line.text !== "") lines.push(line);
  }
  return lines;
}

class Reader {
  private at = 0;
  private code = "";
  private endings: string[] = [];

  constructor(private readonly text: string) {}

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  line(): ShellLine {
    this.code = "";
    const start = this.at;
    const [indentation = ""] = this.match(/[ \t]*/y) ?? [];
    let from = this.at;
    let text = "";
    while (!this.isAtEnd && this.text[this.at] !== "\n") {
      const comment = this.comment();
      if (comment === undefined) {
        this.piece();
        // a line that goes on: of what indents the rest a blank is enough
        if (this.text[this.at] === "\n" && this.text[this.at - 1] === "\\") {
          this.at++;
          text += this.text.slice(from, this.at);
          if (this.match(/[ \t]+/y)) text += " ";
          from = this.at;
        }
        continue;
      }
      text += this.text.slice(from, comment);
      from = this.at;
    }
    text += this.text.slice(from, this.at);
    text = text.trimEnd();
    if (!this.isAtEnd) this.at++;
    const here = this.at;
    for (const ending of this.endings.splice(0)) this.hereDocument(ending);
    if (this.at > here) text += `\n${this.text.slice(here, this.at - 1)}`;
    if (/\btrap\s/.test(this.code)) this.code += text.replace(/['"]/g, " ");
    return { text, isIndented: indentation !== "" && this.at > start, code: this.code };
  }

  /** Takes a comment that begins here; says where. */
  private comment(): number | undefined {
    const start = this.at;
    if (this.text[start] !== "#" || !/[\s;]/.test(this.text[start - 1] ?? "\n")) return undefined;
    this.match(/[^\n]*/y);
    return start;
  }

  /** What stands between two places where a line may end. */
  private piece(): void {
    const char = this.text[this.at];
    const [plain] = this.match(/[^'"$`\\#<(){}\n]+/y) ?? [];
    this.code += plain ?? " ";
    if (plain !== undefined) return;
    if (char === "'") this.take(/'[^']*'/y);
    else if (char === '"') this.doubleQuoted();
    else if (char === "$") this.dollar();
    else if (char === "`") this.refuse("a backquote");
    else if (char === "\\") this.at += this.text[this.at + 1] === "\n" ? 1 : 2;
    else if (this.match(/<<-?(?!<)/y)) this.endings.push(this.take(/ *'?(\w+)'?/y)[1] as string);
    else this.at++;
  }

  private doubleQuoted(): void {
    this.at++;
    for (;;) {
      this.match(/[^"$`\\]+/y);
      if (this.isAtEnd) this.refuse("no end of a string");
      if (this.text[this.at] === '"') break;
      if (this.text[this.at] === "$") this.dollar();
      else if (this.text[this.at] === "`") this.refuse("a backquote");
      else this.at += this.text[this.at] === "\\" ? 2 : 1;
    }
    this.at++;
  }

  private dollar(): void {
    this.at++;
    if (this.match(/\(/y)) this.until(")");
    else if (this.match(/\{/y)) this.until("}");
    else this.match(/\w+|[#?@*$!-]/y);
  }

  /** What is in parentheses or braces, which may be nested. */
  private until(end: ")" | "}"): void {
    const begin = end === ")" ? "(" : "{";
    let depth = 1;
    // # is no comment after the name of a variable
    if (end === "}") this.match(/#?\w+[#%:]*/y);
    for (;;) {
      if (this.isAtEnd) this.refuse(`no ${end}`);
      if (this.text[this.at] === begin) depth++;
      if (this.text[this.at] === end && --depth === 0) break;
      const known = this.code.length;
      if (this.comment() === undefined) this.piece();
      if (/\bcase\s/.test(this.code.slice(known))) this.refuse(`case within ${begin}${end}`);
    }
    this.at++;
  }

  private hereDocument(ending: string): void {
    while (!this.isAtEnd) {
      const [line = ""] = this.match(/[^\n]*/y) ?? [];
      this.at++;
      if (line === ending) return;
    }
    this.refuse(`no ${ending}`);
  }

  private match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text) ?? undefined;
    if (found) this.at += found[0].length;
    return found;
  }

  private take(pattern: RegExp): RegExpExecArray {
    return this.match(pattern) ?? this.refuse("no end of a string");
  }

  private refuse(why: string): never {
    throw new Error(`${why} in the shell text at: ${this.text.slice(this.at, this.at + 60)}`);
  }
}
