import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument, YAMLMap, type Document } from "yaml";
import writeFileAtomic from "write-file-atomic";
import { EXIT, UserError } from "../errors";
import type { Properties } from "../property";
import { parsePropertyPath } from "../property-path";
import type { Project } from "./project";

/** The stack's own file, `Pulumi.STACK.yaml`: its encryption salt and its configuration. */
export class StackSettings {
  readonly path: string;
  private readonly document: Document;

  /** @throws UserError naming what is wrong with the file. */
  constructor(project: Project, stack: string) {
    this.path = join(project.root, `Pulumi.${stack}.yaml`);
    this.document = parseDocument(existsSync(this.path) ? readFileSync(this.path, "utf8") : "");
    const problem = this.document.errors[0];
    if (problem) throw new UserError(`${this.path} cannot be read: ${problem.message}`, EXIT.configuration);
  }

  get salt(): string | undefined {
    const salt = this.document.get("encryptionsalt");
    return typeof salt === "string" ? salt : undefined;
  }

  setSalt(salt: string): void {
    this.document.set("encryptionsalt", salt);
  }

  /** Raw values by full key; secrets are `{secure: CIPHERTEXT}`. */
  get config(): Properties {
    return (this.document.toJS() as { config?: Properties | null } | null)?.config ?? {};
  }

  /** Sets a value; with `path` the key names a place inside of an object or list. */
  set(key: string, value: unknown, options: { path: boolean }): void {
    const colon = key.indexOf(":") + 1;
    const [first = "", ...steps] = options.path ? parsePropertyPath(key.slice(colon)) : [key.slice(colon)];
    if (!this.document.get("config")) this.document.set("config", new YAMLMap());
    this.document.setIn(["config", key.slice(0, colon) + first.toString(), ...steps], this.document.createNode(value));
  }

  async save(): Promise<void> {
    await writeFileAtomic(this.path, this.document.toString({ lineWidth: 0 }));
  }
}

/** Gives a key the project's namespace where it has none of its own. */
export function fullKey(project: Project, key: string): string {
  return key.includes(":") ? key : `${project.name}:${key}`;
}
