import { readFile } from "../scripts/file";
import { readFiles } from "../scripts/files";
import type { Remote } from "../ssh/remote";
import { saysTheSame } from "./file-format";
import { DirectoryEntry, FileEntry, FilesInputs, FilesOutputs, namesOf, sha256Of } from "./files-definition";
import type { Context } from "./kind";
import { Facts, ownerAsWanted, padMode } from "./ownership";

type State = FilesInputs & FilesOutputs;

/** How much of a changed file is read back to show what changed, in bytes. */
const readLimit = 1024 * 1024;

const kinds = ["directory", "file", "link", "missing", "other"] as const;

/** What is at a path: its kind, and where it is what it should be the rest. */
export interface Thing {
  path: string;
  kind: (typeof kinds)[number];
  /** Mode and owners. */
  facts?: Facts & { size: string };
  sha256?: string;
}

/** Looks at paths, directories first, in one step. */
export async function lookAt(
  remote: Remote,
  directories: string[],
  files: string[],
  user = "",
): Promise<{ directories: Thing[]; files: Thing[]; pending: string[]; hasUser: boolean }> {
  const step = `look at ${namesOf([...directories, ...files])}`;
  const answer = await remote.run({
    name: step,
    script: readFiles,
    values: { user },
    list: [...directories.map((path) => `d${path}`), ...files.map((path) => `f${path}`)],
  });
  const garbled = () =>
    remote.problem(step, "its answer is not understood", "see what the host said; then run it again");
  const [found, facts, sums] = [answer.all("kind"), answer.all("stat"), answer.all("sum")];
  const things = [...directories, ...files].map((path, i): Thing => {
    const kind = kinds.find((known) => known === found[i]);
    if (kind === undefined) throw garbled();
    if (kind !== "directory" && kind !== "file") return { path, kind };
    const parts = /^(?<mode>[0-7]{1,4}) (?<size>\d+) (?<uid>\d+) (?<gid>\d+) (?<owner>\S+) (?<group>\S+)$/.exec(
      facts.shift() ?? "",
    );
    if (parts === null) throw garbled();
    const thing = { path, kind, facts: parts.groups as unknown as Facts & { size: string } };
    if (kind === "directory") return thing;
    const sha256 = sums.shift();
    if (!/^[0-9a-f]{64}$/.test(sha256 ?? "")) throw garbled();
    return { ...thing, sha256: sha256 };
  });
  return {
    directories: things.slice(0, directories.length),
    files: things.slice(directories.length),
    pending: answer.all("pending"),
    hasUser: answer.get("user") === "there",
  };
}

/** The state as the host has it; undefined when nothing of it is left there. */
export async function lookAtFiles(state: State, context: Context): Promise<State | undefined> {
  const remote = context.remote(state.host);
  const once = Object.entries(state.files).filter(([, entry]) => entry.once === true);
  const watched = Object.keys(state.files).filter((path) => state.files[path]?.once !== true);
  // what was written once belongs to the program; until that has begun it is missed where nothing is
  const first = once.flatMap(([path, { unless }]) => (unless === undefined ? [] : [{ path, unless }]));
  const looked = [...watched, ...first.flatMap(({ path, unless }) => [path, unless])];
  const all = await lookAt(remote, Object.keys(state.directories), looked, state.user?.name);
  const seen = { ...all, files: all.files.slice(0, watched.length) };
  const isMissing = (path: string) => all.files.some((thing) => thing.path === path && thing.kind === "missing");
  const missed = first.filter(({ path, unless }) => isMissing(path) && isMissing(unless)).map(({ path }) => path);
  const there = (things: Thing[]) => things.filter(({ kind }) => kind !== "missing" && kind !== "other");
  const [directories, files] = [there(seen.directories), there(seen.files)];
  if (directories.length + files.length === 0 && seen.directories.length + seen.files.length > 0) return undefined;
  const foundFiles = await Promise.all(
    files.map(
      async (thing) => [thing.path, await fileFound(thing, state.files[thing.path] as FileEntry, remote)] as const,
    ),
  );
  const { user, ...rest } = state;
  const begun = once.filter(([path]) => !missed.includes(path));
  return {
    ...rest,
    ...(user !== undefined && seen.hasUser && { user }),
    directories: Object.fromEntries(directories.map((thing) => [thing.path, directoryFound(thing, state)])),
    files: Object.fromEntries([...begun, ...foundFiles]),
    due: [...new Set([...state.due, ...seen.pending])],
  };
}

function directoryFound({ path, facts }: Thing, state: State): DirectoryEntry {
  const entry = state.directories[path] as DirectoryEntry;
  return { ...entry, mode: padMode(facts as Facts), ...ownerAsWanted(facts as Facts, entry) };
}

async function fileFound({ path, facts, kind, sha256 }: Thing, entry: FileEntry, remote: Remote): Promise<FileEntry> {
  if (kind !== "file" || facts === undefined) return { ...entry, content: "" };
  const found = { ...entry, mode: padMode(facts), ...ownerAsWanted(facts, entry) };
  if (sha256 === sha256Of(entry.content)) return found;
  const text = await textAt(path, remote);
  return saysTheSame({ ...entry, sha256: "" }, text) ? found : { ...found, content: text.toString("utf8") };
}

/** The text to be written: that which is there, where it says the same by the file's format. */
export async function asItIsSaid(path: string, entry: FileEntry, remote: Remote): Promise<Buffer> {
  const wanted = Buffer.from(entry.content);
  if (entry.format === undefined) return wanted;
  const there = await textAt(path, remote);
  return saysTheSame({ ...entry, sha256: "" }, there) ? there : wanted;
}

/** What a file says; nothing where it is too long to be shown. */
export async function textAt(path: string, remote: Remote): Promise<Buffer> {
  const values = { path, salt: "", sha256: "", limit: readLimit };
  return (await remote.run({ name: `read ${path}`, script: readFile, values })).body;
}
