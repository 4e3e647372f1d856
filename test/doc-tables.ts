import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import * as ts from "typescript";

const root = join(__dirname, "..");

/** Pages whose tables come from the comments in the source, with the folders that they tell of. */
export const pagesWithTables: Record<string, string[]> = {
  "docs/plugin.md": ["provider/resources"],
  "docs/odc-ha.md": ["components/odc", "components/certificate", "components/virtual-ip", "components"],
  "docs/metadb-backup.md": ["components/metadb"],
  "docs/odp-watchdog.md": ["components/odp", "components/virtual-ip"],
};

type Declaration = ts.InterfaceDeclaration | ts.ClassDeclaration;

/**
 * The text of a page with its tables made anew. A table stands between `<!-- table NAME -->` and `<!-- end -->`: of an
 * interface its fields, of a class its outputs.
 * @param page one of {@link pagesWithTables}
 * @throws Error when there is no such interface or class
 */
export async function withTables(page: string): Promise<string> {
  const folders = pagesWithTables[page] ?? [];
  const known = declarations(folders);
  const filled = readFileSync(join(root, page), "utf8").replaceAll(
    /(<!-- table (\w+) -->\n)[^]*?(<!-- end -->)/g,
    (_all, start: string, name: string, end: string) => {
      const declaration = known.get(name);
      if (declaration === undefined) {
        throw new Error(`${page}: ${folders.join(", ")} have no ${name}`);
      }
      return `${start}\n${table(declaration)}\n\n${end}`;
    },
  );
  return format(filled, { ...(await resolveConfig(join(root, page))), parser: "markdown" });
}

function declarations(folders: string[]): Map<string, Declaration> {
  const found = new Map<string, Declaration>();
  const files = folders.flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(root, folder, name)));
  for (const file of files.filter((path) => path.endsWith(".ts"))) {
    const text = readFileSync(file, "utf8");
    for (const statement of ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true).statements) {
      if ((ts.isInterfaceDeclaration(statement) || ts.isClassDeclaration(statement)) && statement.name !== undefined) {
        found.set(statement.name.text, statement);
      }
    }
  }
  return found;
}

function table(declaration: Declaration): string {
  const isClass = ts.isClassDeclaration(declaration);
  const rows = [...declaration.members].flatMap((member) => {
    const isField = ts.isPropertySignature(member) || ts.isPropertyDeclaration(member);
    const about = isField ? wordsOf(member) : "";
    if (!isField || (isClass && about === "")) {
      return [];
    }
    const name = `\`${member.name.getText()}\``;
    const required = isClass || member.questionToken !== undefined ? "" : " (required)";
    const fallback = isClass ? [] : [tag(member, "default")];
    return [[name, `\`${typeOf(member)}\``, ...fallback, about + required]];
  });
  const heads = isClass ? ["output", "type", "meaning"] : ["argument", "type", "default", "meaning"];
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}

/** The comment of a member on one line, with its example. */
function wordsOf(member: ts.Node): string {
  const docs = ts.getJSDocCommentsAndTags(member).filter(ts.isJSDoc);
  const words = docs.map((doc) => ts.getTextOfJSDocComment(doc.comment) ?? "").join(" ");
  const example = tag(member, "example");
  return oneLine(`${words}${example === "" ? "" : ` Example: ${example}`}`);
}

function tag(member: ts.Node, name: string): string {
  const found = ts.getJSDocTags(member).find(({ tagName }) => tagName.text === name);
  const text = oneLine(ts.getTextOfJSDocComment(found?.comment) ?? "");
  const value = valueAt(text);
  // Prose stays prose, after a value too; what an example begins with otherwise is an expression.
  if (value === "") return name === "example" && text !== "" ? `\`${text}\`` : text;
  return /^\s*(\/\/|$)/.test(text.slice(value.length)) ? `\`${text}\`` : `\`${value}\`${text.slice(value.length)}`;
}

/** The literal, list or object that a text begins with; "" when it is none. */
function valueAt(text: string): string {
  const { Unknown, EndOfFileToken, OpenBracketToken, OpenBraceToken, CloseBracketToken, CloseBraceToken } =
    ts.SyntaxKind;
  if (!/^(["'[{-]|\d|true\b|false\b)/.test(text)) return "";
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, true, ts.LanguageVariant.Standard, text);
  let depth = 0;
  for (;;) {
    const token = scanner.scan();
    if (token === EndOfFileToken || token === Unknown) return text;
    if (token === OpenBracketToken || token === OpenBraceToken) depth += 1;
    if (token === CloseBracketToken || token === CloseBraceToken) depth -= 1;
    if (depth === 0 && token !== ts.SyntaxKind.MinusToken) return text.slice(0, scanner.getTokenEnd());
  }
}

/** The type as a program writes it, without Pulumi's wrappers. */
function typeOf(member: ts.PropertySignature | ts.PropertyDeclaration): string {
  let text = oneLine(member.type?.getText() ?? "");
  for (let before = ""; before !== text;) {
    before = text;
    text = text.replace(/pulumi\.(?:Input|Output)<((?:[^<>]|<[^<>]*>)*)>/, "$1");
  }
  return text;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
