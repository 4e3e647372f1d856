import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import * as ts from "typescript";

const root = join(__dirname, "..");

/** The TypeScript examples of a page, each in a file of its own that imports this checkout. */
export interface Examples {
  files: string[];
  remove(): void;
}

/**
 * Writes a page's examples where the compiler finds this project's packages.
 * @param given what an example takes for given, and what is put in its place.
 */
export function writeExamples(page: string, given: Record<string, string>): Examples {
  const cache = join(root, "node_modules", ".cache", "dbha");
  mkdirSync(cache, { recursive: true });
  const directory = mkdtempSync(join(cache, "page-"));
  const library = relative(directory, join(root, "components", "index"));
  const blocks = [...readFileSync(join(root, page), "utf8").matchAll(/^```ts\n([^]*?)^```/gm)];
  const files = blocks.map(([, block = ""], index) => {
    const file = join(directory, `example${index}.ts`);
    const code = Object.entries(given).reduce((text, [from, to]) => text.replace(from, to), block);
    writeFileSync(file, code.replace('"pulumi-dbha"', JSON.stringify(library)));
    return file;
  });
  return { files, remove: () => rmSync(directory, { recursive: true }) };
}

/** What the compiler has against the files, with this project's settings. */
export function typeProblems(files: string[]): string[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), (path) => ts.sys.readFile(path)) as {
    config: object;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram(files, { ...options, noEmit: true });
  const problems = files.flatMap((file) => ts.getPreEmitDiagnostics(program, program.getSourceFile(file)));
  return problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}
