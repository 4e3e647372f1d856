import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import * as ts from "typescript";
import type { Changes } from "../components/changes/change";
import { virtualAddressChanges } from "../components/changes/building-blocks";
import { dolphinChanges } from "../components/dolphin/changes";
import { odcChanges } from "../components/odc/changes";
import { odpChanges } from "../components/odp/changes";
import { omsChanges } from "../components/oms/changes";
import { policies } from "../policy/policies";
import { policyTable } from "./policy-table";

const root = join(__dirname, "..");

/** Pages whose tables come from the comments in the source, with the folders that they tell of. */
export const pagesWithTables: Record<string, string[]> = {
  "docs/plugin.md": ["provider/resources"],
  "docs/odc-ha.md": ["components/odc", "components/certificate", "components/virtual-ip", "components"],
  "docs/metadb-backup.md": ["components/metadb"],
  "docs/policy.md": [],
  "docs/odp-watchdog.md": ["components/odp", "components/virtual-ip"],
  "docs/dolphin-ha.md": ["components/dolphin"],
  "docs/oms-multi-node.md": ["components/oms", "components/certificate", "components/virtual-ip", "components"],
};

/** What changes of an interface's fields do, by page, and where the interface stands among a component's arguments. */
const changesOf: Record<string, Record<string, { changes: Changes; at: string }>> = {
  "docs/odc-ha.md": {
    OdcHaDeploymentArgs: { changes: odcChanges, at: "" },
    OdcMetaDbArgs: { changes: odcChanges, at: "metaDb." },
    OdcProxyArgs: { changes: odcChanges, at: "proxy." },
    OdcHttpsArgs: { changes: odcChanges, at: "proxy.https." },
    CertificateSource: { changes: odcChanges, at: "proxy.https." },
    VirtualAddressArgs: { changes: virtualAddressChanges, at: "" },
    OdcJvmArgs: { changes: odcChanges, at: "jvm." },
    OdcMountArgs: { changes: odcChanges, at: "mounts." },
    OdcBackupArgs: { changes: odcChanges, at: "backup." },
  },
  "docs/odp-watchdog.md": {
    OdpWithWatchdogArgs: { changes: odpChanges, at: "" },
    OdpPackageArgs: { changes: odpChanges, at: "package." },
    OdpClusterArgs: { changes: odpChanges, at: "cluster." },
    OdpPortArgs: { changes: odpChanges, at: "ports." },
    OdpProxyArgs: { changes: odpChanges, at: "proxy." },
    VirtualAddressArgs: { changes: virtualAddressChanges, at: "" },
  },
  "docs/dolphin-ha.md": {
    DolphinHaClusterArgs: { changes: dolphinChanges, at: "" },
    DolphinParameterArgs: { changes: dolphinChanges, at: "parameters." },
    DolphinClusterDemoArgs: { changes: dolphinChanges, at: "clusterDemo." },
    DolphinBackupArgs: { changes: dolphinChanges, at: "backup." },
  },
  "docs/oms-multi-node.md": {
    OmsMultiNodeArgs: { changes: omsChanges, at: "" },
    OmsMetaDbArgs: { changes: omsChanges, at: "metaDb." },
    OmsRegionArgs: { changes: omsChanges, at: "regions." },
    OmsProxyArgs: { changes: omsChanges, at: "regions.proxy." },
    VirtualAddressArgs: { changes: omsChanges, at: "regions.virtualIp." },
    CertificateSource: { changes: omsChanges, at: "https." },
    OmsHttpsArgs: { changes: omsChanges, at: "https." },
    OmsBackupArgs: { changes: omsChanges, at: "backup." },
    OmsTsdbArgs: { changes: omsChanges, at: "tsdb." },
    OmsInfluxDbArgs: { changes: omsChanges, at: "tsdb.influxDb." },
  },
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
      if (name === "policies") return `${start}\n${policyTable(policies)}\n\n${end}`;
      const declaration = known.get(name);
      if (declaration === undefined) {
        throw new Error(`${page}: ${folders.join(", ")} have no ${name}`);
      }
      return `${start}\n${table(declaration, changesOf[page]?.[name])}\n\n${end}`;
    },
  );
  return format(filled, { ...(await resolveConfig(join(root, page))), parser: "markdown" });
}

/** The paths of all that an interface asks for, like `proxy.port`, through the interfaces of the same folders. */
export function argumentsOf(name: string, folders: string[]): string[] {
  const known = declarations(folders);
  const below = (name: string): string[] => {
    const declaration = known.get(name);
    if (declaration === undefined || !ts.isInterfaceDeclaration(declaration)) return [];
    const inherited = (declaration.heritageClauses ?? []).flatMap(({ types }) =>
      types.flatMap((type) => below(type.expression.getText())),
    );
    const own = declaration.members.filter(ts.isPropertySignature).flatMap((member) => {
      const inner = below(typeOf(member).replace(/\[\]$/, ""));
      return inner.length === 0 ? [member.name.getText()] : inner.map((path) => `${member.name.getText()}.${path}`);
    });
    return [...inherited, ...own];
  };
  return below(name);
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

function table(declaration: Declaration, told?: { changes: Changes; at: string }): string {
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
    return [[name, `\`${typeOf(member)}\``, ...fallback, about + required, ...changeOf(member.name.getText(), told)]];
  });
  const more = told === undefined ? [] : ["a change"];
  const heads = isClass ? ["output", "type", "meaning"] : ["argument", "type", "default", "meaning", ...more];
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}

/** What a change of a field does; of one with fields of its own these tell it. */
function changeOf(field: string, told: { changes: Changes; at: string } | undefined): string[] {
  if (told === undefined) return [];
  const change = told.changes[`${told.at}${field}`];
  return [change === undefined ? "see below" : `${change.effect}: ${change.about}`];
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
