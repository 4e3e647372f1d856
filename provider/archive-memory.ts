import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";

const identitySchema = z.object({ size: z.number(), modified: z.number(), inode: z.number() });

/** What changes when a file is written anew: its size, time of change (ms since 1970) and inode. */
export type FileIdentity = z.output<typeof identitySchema>;

const memorySchema = z.record(z.string(), identitySchema.extend({ contents: z.unknown() }));
type Memory = z.output<typeof memorySchema>;

function memoryFile(): string {
  const base = process.env.XDG_CACHE_HOME;
  return join(base === undefined || base === "" ? join(homedir(), ".cache") : base, "dbha", "archives.json");
}

const inMemory = new Map<string, Promise<unknown>>();

/**
 * What a file holds: read once while it stays the same, by this process or an earlier one.
 * @param path absolute path of the file
 * @param schema of what is remembered; what does not fit it is read anew
 * @param variant tells apart different readings of one file
 */
export function readOnce<T>(
  path: string,
  identity: FileIdentity,
  schema: z.ZodType<T>,
  read: () => Promise<T>,
  variant = "",
): Promise<T> {
  const key = JSON.stringify([path, identity, variant]);
  const reading = (inMemory.get(key) as Promise<T> | undefined) ?? recallOrRead(path, identity, schema, read);
  inMemory.set(key, reading);
  return reading;
}

async function recallOrRead<T>(
  path: string,
  identity: FileIdentity,
  schema: z.ZodType<T>,
  read: () => Promise<T>,
): Promise<T> {
  const recalled = schema.safeParse(recall(path, identity));
  if (recalled.success) {
    return recalled.data;
  }
  const contents = await read();
  remember(path, identity, contents);
  return contents;
}

/**
 * What an earlier process found in a file that is still the same; undefined when nothing is known. To read an image file
 * means to decompress all of it, and preview and update are processes of their own.
 * @param path absolute path of the file
 */
export function recall(path: string, identity: FileIdentity): unknown {
  const known = load()[path];
  const { size, modified, inode } = identity;
  const same = known?.size === size && known.modified === modified && known.inode === inode;
  return same ? known.contents : undefined;
}

/**
 * Notes for later processes what a file holds, and forgets files that are gone. Where nothing can be written nothing is
 * remembered: that costs time only.
 */
export function remember(path: string, identity: FileIdentity, contents: unknown): void {
  const file = memoryFile();
  const kept = Object.entries(load()).filter(([known]) => existsSync(known));
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  } catch {
    return;
  }
  const temporary = `${file}.${process.pid}`;
  try {
    const text = JSON.stringify({ ...Object.fromEntries(kept), [path]: { ...identity, contents } });
    writeFileSync(temporary, text, { mode: 0o600 });
    renameSync(temporary, file);
  } catch {
    rmSync(temporary, { force: true });
  }
}

function load(): Memory {
  try {
    return memorySchema.parse(JSON.parse(readFileSync(memoryFile(), "utf8")));
  } catch {
    return {};
  }
}
