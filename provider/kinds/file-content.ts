import { createHash, randomBytes } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import type { Failure } from "../check";
import { UNKNOWN } from "../resources/protocol-marks";
import { hasUnknown, Properties } from "../wire";

/**
 * How many bytes may be given inline. Pulumi's own limit is 400 MiB a message; but an inline content goes through the
 * program, the engine and the state, whole, at every run.
 */
export const inlineLimit = 4 * 1024 * 1024;

/** Where a file's bytes come from: exactly one of the first three. */
export type FileContent = {
  content?: string;
  contentBase64?: string;
  source?: string;
  /** Missing is true. */
  contentInState?: boolean;
  /** Hex digits hashed before the content; only where the content is kept out of the state. */
  salt?: string;
  /** SHA-256 in hex of salt and content. */
  sha256: string;
};

const origins = ["content", "contentBase64", "source"] as const;

/** Contents that are kept out of the state, by salted digest: the engine checks before each create and update, in the same process. */
const keptHere = new Map<string, Buffer>();

/** What the name of a text that is being written ends with, until it takes the file's: nobody else has the same, and the next run finds it. */
export const newSuffix = (): string => randomBytes(3).toString("hex");

/** What is wrong with where the content comes from. */
export function contentRules(inputs: Properties): Failure[] {
  const given = origins.filter((name) => inputs[name] !== undefined);
  if (given.length !== 1) {
    const found = given.length === 0 ? "no content is given" : `${given.join(" and ")} are given together`;
    const property = given[1] ?? "content";
    return [{ property, reason: `${property}: ${found}; give exactly one of content, contentBase64 and source` }];
  }
  const { source } = inputs;
  if (typeof source !== "string" || hasUnknown(source)) {
    return [];
  }
  const what = statSync(source, { throwIfNoEntry: false });
  if (what?.isFile()) {
    return [];
  }
  const found = what === undefined ? "there is no such file on this machine" : "it is not a regular file";
  const fix = "correct the path; relative ones start at the project";
  return [{ property: "source", reason: `source: ${JSON.stringify(source)}: ${found}; ${fix}` }];
}

/**
 * Adds the digest. A content that is to be kept out of the state is taken out of the inputs and kept in memory, and its
 * digest is salted: with the old salt where there is one, so that equal contents stay equal.
 */
export async function withDigest<I extends FileContent>(inputs: I, olds: Properties | undefined): Promise<I> {
  const inState = inputs.contentInState ?? true;
  const salt = inState ? undefined : oldSalt(olds);
  const shown = inState ? inputs : { ...inputs, content: undefined, contentBase64: undefined };
  if (origins.some((name) => hasUnknown(inputs[name]))) {
    return { ...shown, salt, sha256: UNKNOWN };
  }
  const hash = createHash("sha256").update(salt ?? "");
  const bytes = inlineBytes(inputs);
  if (bytes === undefined) {
    for await (const chunk of sourceStream(inputs)) {
      hash.update(chunk as Buffer);
    }
  } else {
    hash.update(bytes);
  }
  const sha256 = hash.digest("hex");
  if (!inState && bytes !== undefined) {
    keptHere.set(sha256, bytes);
  }
  return { ...shown, salt, sha256 };
}

function oldSalt(olds: Properties | undefined): string {
  return typeof olds?.salt === "string" ? olds.salt : randomBytes(16).toString("hex");
}

/** The bytes to write; those of a local file as a stream, made anew for every attempt. */
export function bytesOf(inputs: FileContent): Buffer | (() => Readable) {
  if (inputs.source !== undefined) {
    return () => sourceStream(inputs);
  }
  const bytes = inlineBytes(inputs) ?? keptHere.get(inputs.sha256);
  if (bytes === undefined) {
    throw new Error("the content is neither in the state nor in this process; run up again, which hands it over anew");
  }
  return bytes;
}

/** Length in bytes; undefined while it is not known. */
export async function sizeOf(inputs: FileContent): Promise<number | undefined> {
  if (hasUnknown(inputs.sha256)) {
    return undefined;
  }
  return inputs.source === undefined
    ? (inlineBytes(inputs) ?? keptHere.get(inputs.sha256))?.length
    : (await stat(inputs.source)).size;
}

/** The content as it was found on the host, in the form in which the state has it; not at all where it has none. */
export function contentFound(state: FileContent, same: boolean, body: Buffer): Partial<FileContent> {
  if (same) {
    return {};
  }
  if (state.content !== undefined) {
    return { content: textOf(body) };
  }
  return state.contentBase64 === undefined ? {} : { contentBase64: body.toString("base64") };
}

/** Whether the state has the content itself, so that a changed one may be fetched. */
export function holdsContent(state: FileContent): boolean {
  return state.content !== undefined || state.contentBase64 !== undefined;
}

function inlineBytes({ content, contentBase64 }: FileContent): Buffer | undefined {
  if (content !== undefined) {
    return Buffer.from(content);
  }
  return contentBase64 === undefined ? undefined : Buffer.from(contentBase64, "base64");
}

function sourceStream({ source = "" }: FileContent): Readable {
  return createReadStream(source, { highWaterMark: 256 * 1024 });
}

/** The text as it was read; empty when it is not UTF-8 or was too long to be sent. */
function textOf(body: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return "";
  }
}
