import { createHash } from "node:crypto";
import { z } from "zod";
import type { Failure } from "../check";
import { propertyPath } from "../check";
import { hasUnknown, Properties } from "../wire";
import { absolutePath, account, Host, host, mode } from "./fields";
import { fileDefaults, FileFields, fileFields } from "./file-fields";
import { formatRules } from "./file-format";

/** How much text one file may have: it goes through the state at every run. */
export const textLimit = 256 * 1024;

export type User = { name: string; home: string; comment: string };
export type DirectoryEntry = {
  mode: string;
  owner: string;
  group: string;
  onDelete: "removeIfEmpty" | "keep" | "purge";
};
export type FileEntry = FileFields & { content: string; once?: boolean; unless?: string; keep?: boolean };
export type FilesInputs = {
  host: Host;
  user?: User;
  directories: Record<string, DirectoryEntry>;
  files: Record<string, FileEntry>;
};
export type FilesOutputs = { createdPaths: string[]; due: string[] };

const flag = (name: string) => z.boolean(`${name} is true or false`).optional();

const commentRule = "must be letters, digits, ., _ and -; fix: write it like dolphin-main";

const user = z
  .strictObject(
    {
      name: account().describe("Name of the user and of its group."),
      home: absolutePath().describe("Its home in /etc/passwd; not made by this."),
      comment: z
        .string(commentRule)
        .regex(/^[\w.-]+$/, commentRule)
        .describe("What /etc/passwd says of it, by which it is known as made by dbha."),
    },
    "must be an object; fix: give name, home and comment",
  )
  .meta({ id: "FilesUser", description: "A system user, made where it is missing." });

const directoryDefaults = { mode: "0755", owner: "root", group: "root", onDelete: "removeIfEmpty" } as const;

const directory = z
  .strictObject(
    {
      mode: mode().default(directoryDefaults.mode).describe("Permission bits, octal."),
      owner: account().default(directoryDefaults.owner).describe("User that owns the directory."),
      group: account().default(directoryDefaults.group).describe("Group of the directory."),
      onDelete: z
        .enum(["removeIfEmpty", "keep", "purge"], 'must be "removeIfEmpty", "keep" or "purge"; fix: give one of them')
        .default(directoryDefaults.onDelete)
        .describe("What becomes of it on delete, if it was made by the resource."),
    },
    "must be an object; fix: give mode, owner, group and onDelete, or {}",
  )
  .meta({ id: "FilesDirectory", description: "A directory of a program." });

const file = z
  .strictObject(
    {
      content: z
        .string("content is a text")
        .refine(
          (given) => Buffer.byteLength(given) <= textLimit && !given.includes("\0"),
          "it is a text of at most 256 KiB without NUL; declare a larger file as dbha:index:File",
        )
        .describe("The whole text."),
      ...fileFields,
      once: flag("once").describe("True writes it only where nothing is; from then on it belongs to the program."),
      unless: absolutePath()
        .optional()
        .describe("With once, a path at which something is when the program has begun, in place of the file itself."),
      keep: flag("keep").describe("True leaves it there on delete, and when it is wanted no more."),
    },
    "must be an object; fix: give content, and where needed mode, owner, group, inPlace, format, validate, onChange, once, unless and keep",
  )
  .meta({ id: "FilesFile", description: "A configuration file of a program." });

/** A path that is none says so itself. */
const byPath = {
  error: (issue: z.core.$ZodRawIssue) =>
    issue.code === "invalid_key"
      ? issue.issues[0]?.message
      : 'must be an object by path; fix: write it like {"/etc/app": {}}',
};

/** Paths in words: the first of them, and how many more. */
export const namesOf = ([first, ...more]: string[]): string =>
  more.length === 0 ? (first ?? "nothing") : `${first} and ${more.length} more`;

/** By what a file is compared. */
export const sha256Of = (content: string | Buffer): string => createHash("sha256").update(content).digest("hex");

/** What a program has on a host. */
export const filesShape = {
  host: host(),
  user: user.optional().describe("The program's system user."),
  directories: z.record(absolutePath(), directory, byPath).default({}).describe("Its directories, by path."),
  files: z.record(absolutePath(), file, byPath).default({}).describe("Its files, by path."),
};

/** Where something within is not known yet the schema has filled in nothing. */
export const withDefaults = (inputs: FilesInputs): FilesInputs => ({
  ...inputs,
  directories: eachWith(directoryDefaults, inputs.directories),
  files: eachWith(fileDefaults, inputs.files),
});

/** Entries and all of them together may be unknown. */
function eachWith<E extends object>(defaults: Partial<E>, entries: Record<string, E>): Record<string, E> {
  if (typeof entries !== "object") return entries;
  const whole = (entry: E): E => (typeof entry === "object" ? { ...defaults, ...entry } : entry);
  return Object.fromEntries(Object.entries(entries).map(([path, entry]) => [path, whole(entry)]));
}

/** Rules that concern several inputs. */
export function filesRules({ directories, files }: Properties): Failure[] {
  const known = (given: unknown): Record<string, Properties> =>
    typeof given === "object" && given !== null ? (given as Record<string, Properties>) : {};
  const [dirs, texts] = [known(directories), known(files)];
  if (hasUnknown(directories) || hasUnknown(files)) return [];
  const failures = Object.keys(texts)
    .filter((path) => Object.hasOwn(dirs, path))
    .map((path) => fail(["files", path], "is a directory of the same resource too; correct one of the paths"));
  if (Object.keys(dirs).length + Object.keys(texts).length === 0)
    failures.push(fail(["files"], "neither a file nor a directory is given; give one"));
  const purged = Object.keys(dirs).filter((path) => dirs[path]?.onDelete === "purge");
  for (const path of Object.keys(dirs).filter((one) => dirs[one]?.onDelete === "keep")) {
    const above = purged.find((one) => path.startsWith(`${one}/`));
    if (above !== undefined)
      failures.push(
        fail(
          ["directories", path, "onDelete"],
          `"keep": ${above} above it is removed with all it holds; keep that too, or give another onDelete`,
        ),
      );
  }
  for (const [path, entry] of Object.entries(texts)) {
    for (const { reason } of formatRules(entry)) failures.push(fail(["files", path, "format"], reason));
    if (entry.unless !== undefined && entry.once !== true)
      failures.push(
        fail(["files", path, "unless"], "is for a file that is written once; set once: true, or leave it out"),
      );
  }
  return failures;
}

function fail(path: PropertyKey[], reason: string): Failure {
  const property = propertyPath(path);
  return { property, reason: `${property}: ${reason}` };
}
