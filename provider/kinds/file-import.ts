import { isUtf8 } from "node:buffer";
import { readFile } from "../scripts/file";
import { Host, isCleanPath } from "./fields";
import { inlineLimit } from "./file-content";
import type { Context, Found, Import } from "./kind";
import { factsIn, ownerFound, padMode } from "./ownership";

/** A file by its path; its content comes into the state. */
export const fileImport: Import = {
  form: "PATH with an absolute path",
  example: "p1:/etc/nginx/nginx.conf",
  look: (rest) => (isCleanPath(rest) ? (host, context) => find(host, rest, context) : undefined),
};

const inTheWay: Record<string, [problem: string, fix: string]> = {
  missing: ["there is nothing at this path", "correct it, or declare the file without import, and up makes it"],
  link: ["a symbolic link is there", "import the file it points to"],
  other: ["what is there is not a regular file", "correct the path; a directory is imported as dbha:index:Directory"],
};

async function find(host: Host, path: string, context: Context): Promise<Found> {
  const remote = context.remote(host);
  const step = `import ${path}`;
  const values = { path, salt: "", sha256: "", limit: inlineLimit };
  const answer = await remote.run({ name: step, script: readFile, values });
  const trouble = inTheWay[answer.must("kind", ["file", "link", "missing", "other"])];
  if (trouble !== undefined) {
    throw remote.problem(step, ...trouble);
  }
  const size = Number(answer.must("size", /^\d+$/));
  if (size > inlineLimit) {
    const fix = "declare the file with source and without import: up leaves an equal one as it is";
    throw remote.problem(step, `it has ${size} bytes, and at most ${inlineLimit} are imported`, fix);
  }
  const { body } = answer;
  const isText = isUtf8(body) && !body.includes(0);
  const content = isText ? { content: body.toString("utf8") } : { contentBase64: body.toString("base64") };
  const facts = factsIn(answer);
  const mode = padMode(facts);
  return {
    inputs: { path, ...content, mode, ...ownerFound(facts) },
    outputs: { size },
    // What not everybody may read there shall not stand in the state for everybody to read.
    secret: (Number.parseInt(mode, 8) & 0o004) === 0 ? [...Object.keys(content), "sha256"] : [],
  };
}
