import { createHash, type Hash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";

function listFiles(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .sort();
}

function addField(hash: Hash, text: string | Buffer): void {
  hash.update(`${Buffer.byteLength(text)}:`).update(text);
}

/**
 * Hash (12 hex digits) of everything that an image is made from: names, contents and executable bits of the files in
 * `directory`, and `parameters` (build arguments, the hash of the base). Equal definitions have equal hashes on every machine.
 */
export function definitionHash(directory: string | undefined, parameters: Readonly<Record<string, string>>): string {
  const hash = createHash("sha256");
  for (const file of directory === undefined ? [] : listFiles(directory)) {
    const path = join(directory ?? "", file);
    addField(hash, file);
    addField(hash, (statSync(path).mode & 0o100) === 0 ? "file" : "program");
    addField(hash, readFileSync(path));
  }
  for (const [name, value] of Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1))) {
    addField(hash, name);
    addField(hash, value);
  }
  return hash.digest("hex").slice(0, 12);
}
