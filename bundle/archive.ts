import { basename } from "node:path";
import { buffer } from "node:stream/consumers";
import { entriesOf, type RawEntry } from "../provider/archives/entries";
import type { Architecture } from "./parts";

/**
 * Reads a .tar.gz once, from its beginning to its end.
 * @param visit called with each regular file in turn; reads its content, or leaves it alone
 * @throws Error where it is no whole .tar.gz
 */
export async function readArchive(file: string, visit: (entry: RawEntry) => Promise<void> | void): Promise<void> {
  try {
    for await (const entry of entriesOf(file)) if (entry.type === "file") await visit(entry);
  } catch (error) {
    const { message } = error as Error;
    throw new Error(`${file}: must be a whole .tar.gz, and it is not (${message}); fix: get it again`, {
      cause: error,
    });
  }
}

/** What ELF calls machines, at its byte 18. */
const MACHINES: Record<number, Architecture> = { 0x3e: "amd64", 0xb7: "arm64" };

/** The architecture of a Linux program; undefined where it is none of those known here. */
export function architectureOf(program: Buffer): Architecture | undefined {
  const isElf = program.subarray(0, 4).equals(Buffer.from("\x7fELF", "latin1"));
  return isElf && program.length > 20 ? MACHINES[program.readUInt16LE(18)] : undefined;
}

/**
 * Looks whether an archive has a program for an architecture. Returns the size of all its files, in bytes.
 * @throws Error with file, what was found, the rule and the fix
 */
export async function proveArchive(file: string, program: string, architecture: Architecture): Promise<number> {
  let bytes = 0;
  const programs: Buffer[] = [];
  await readArchive(file, async ({ name, size, content }) => {
    bytes += size;
    if (basename(name) === program) programs.push(await buffer(content));
  });
  const [found] = programs;
  const what = found && (architectureOf(found) ?? "no architecture that is known here");
  if (what !== architecture) {
    throw new Error(
      `${file}: must have the program ${program} for Linux on ${architecture}, and has ${what ? `one for ${what}` : "none"}; fix: get the right archive`,
    );
  }
  return bytes;
}
