import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import * as ts from "typescript";

/** The page that tells users of the plugin's resources; its tables come from the comments in `provider/resources`. */
export const pluginPageFile = join(__dirname, "..", "docs", "plugin.md");

const resources = join(__dirname, "..", "provider", "resources");

type Declaration = ts.InterfaceDeclaration | ts.ClassDeclaration;

/**
 * The page with its tables made anew. A table stands between `<!-- table NAME -->` and `<!-- end -->`: of an interface its
 * fields, of a class its outputs.
 * @throws Error when there is no such interface or class
 */
export async function pluginPage(page: string): Promise<string> {
  const known = declarations();
  const filled = page.replaceAll(
    /(<!-- table (\w+) -->\n)[^]*?(<!-- end -->)/g,
    (_all, start: string, name: string, end: string) => {
      const declaration = known.get(name);
      if (declaration === undefined) {
        throw new Error(`docs/plugin.md: provider/resources has no ${name}`);
      }
      return `${start}\n${table(declaration)}\n\n${end}`;
    },
  );
  // The examples are formatted with the rest of the repository; to leave them alone here is what makes this fast.
  const options = { ...(await resolveConfig(pluginPageFile)), embeddedLanguageFormatting: "off" as const };
  return format(filled, { ...options, parser: "markdown" });
}

function declarations(): Map<string, Declaration> {
  const found = new Map<string, Declaration>();
  for (const name of readdirSync(resources)) {
    const text = readFileSync(join(resources, name), "utf8");
    for (const statement of ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true).statements) {
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
  // Prose stays prose; a value is code.
  return text === "" || /^(none|with)\b/.test(text) ? text : `\`${text}\``;
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
