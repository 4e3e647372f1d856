import { z } from "zod";
import { propertyPath } from "../check";
import { anyTouches, Change } from "../diff";
import { makeFiles, removeFiles } from "../scripts/files";
import { StepFailed } from "../ssh/remote";
import { newSuffix } from "./file-content";
import { filesRules, filesShape, FilesInputs, FilesOutputs, namesOf, sha256Of, withDefaults } from "./files-definition";
import { filesImport } from "./files-import";
import { asItIsSaid, lookAtFiles } from "./files-look";
import { modesSaid, nothingMade, reached } from "./files-reached";
import { leaving, pathOf, removals } from "./files-removals";
import { Context, Incomplete, Kind } from "./kind";

type State = FilesInputs & FilesOutputs;

/** How long the writes may take, in milliseconds: the commands before and after the swaps are part of it. */
const writeLimit = 300_000;

/** What a program has on a host, in one resource: its user, its directories, its configuration files. */
export const filesKind: Kind<FilesInputs, FilesOutputs> = {
  token: "dbha:index:Files",
  description:
    "Directories and files of one program on a host, with its system user: made, read and removed in one step.",
  inputs: filesShape,
  outputs: {
    createdPaths: z.array(z.string()).describe("The directories that did not exist before, parents first."),
    due: z.array(z.string()).describe("Files that are still to be removed, or whose onChange is still to be run."),
  },
  quiet: ["files"],
  replaceOn: ["host.name"],
  deleteBeforeReplace: true,

  rules: filesRules,

  complete(inputs, olds) {
    const before = (olds?.files ?? {}) as Partial<FilesInputs["files"]>;
    const { files, ...rest } = withDefaults(inputs);
    // not known yet
    if (typeof files !== "object") return { ...rest, files };
    const kept = Object.entries(files).map(([path, entry]) => {
      // what was written once is the program's: another text is no difference
      const content = entry.once === true ? before[path]?.content : undefined;
      return [path, content === undefined ? entry : { ...entry, content }] as const;
    });
    return { ...rest, files: Object.fromEntries(kept) };
  },

  drift: ({ due }, { files }) =>
    due.map((path) => ({
      path: propertyPath(["files", path]),
      kind: Object.hasOwn(files, path) ? "update" : "delete",
      input: false,
    })),

  import: filesImport,

  id: ({ host, directories, files }) =>
    `${host.name}:${[...Object.keys(directories), ...Object.keys(files)].sort()[0]}`,
  remains({ createdPaths, directories, files, due }) {
    const made = createdPaths.filter((path) => Object.hasOwn(directories, path));
    const texts = [...new Set([...Object.keys(files), ...due])].sort();
    const parts = [...named("directory", "directories", made), ...named("file", "files", texts)];
    return parts.length === 0 ? undefined : parts.join(" and ");
  },

  foresee: (news, state) =>
    state !== undefined && Object.keys(news.directories).every((path) => Object.hasOwn(state.directories, path))
      ? { createdPaths: state.createdPaths, due: [] }
      : { due: [] },

  async create(inputs, context) {
    const paths = Object.keys(inputs.files).sort();
    return { createdPaths: await write(nothingMade(inputs), inputs, paths, true, context), due: [] };
  },

  read: (state, context) => lookAtFiles(state, context),

  async update(state, news, changed, context) {
    const at = (kind: "directories" | "files", path: string) => propertyPath([kind, path]);
    const touched = (path: string) => changed.length === 0 || anyTouches(changed.filter(matters), at("files", path));
    const written = Object.keys(news.files).sort().filter(touched);
    const isAsked = changed.length === 0 || anyTouches(changed, "directories", "user") || written.length > 0;
    const createdPaths = isAsked ? await write(state, news, written, false, context) : state.createdPaths;
    return { createdPaths: await leave({ ...state, createdPaths }, news, context), due: [] };
  },

  async delete(state, context) {
    await remove(state, removals(state), state.user, context);
  },
};

/** Whether a file may be written together with others: nothing is checked before it, done after it, or left to who began with it. */
const hasNothingToRun = ({ validate, onChange, inPlace, once }: FilesInputs["files"][string]): boolean =>
  validate === undefined && onChange === undefined && inPlace !== true && once !== true;

/** Several paths with what they are; nothing where there is none. */
const named = (one: string, several: string, paths: string[]): string[] =>
  paths.length === 0 ? [] : [`${paths.length === 1 ? one : several} ${paths.join(", ")}`];

/** Whether a change is one that a file is written for: others act at a write only. */
const matters = ({ path }: Change): boolean =>
  !/^files\[.*\]\.(validate|onChange|inPlace|format|once|unless|keep)$/.test(path);

/**
 * Makes user, directories and the given files.
 * @returns the directories that are the resource's
 */
async function write(
  state: State,
  news: FilesInputs,
  wanted: string[],
  create: boolean,
  context: Context,
): Promise<string[]> {
  const { host, user, directories, files } = news;
  const remote = context.remote(host);
  const isPlain = (path: string) => hasNothingToRun(files[path] as FilesInputs["files"][string]);
  const [plain, others] = [wanted.filter(isPlain), wanted.filter((path) => !isPlain(path))];
  const paths = [...plain, ...others];
  const step = `make ${namesOf([...Object.keys(directories), ...paths])}`;
  const entries = paths.map((path) => files[path] as FilesInputs["files"][string]);
  const texts = await Promise.all(entries.map((entry, i) => asItIsSaid(paths[i] as string, entry, remote)));
  const made = Object.entries(directories)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([path, { mode, owner, group }]) => ["directory", path, mode, owner, group]);
  const written = paths.flatMap((path, i) => {
    const { mode, owner, group, validate, onChange, ...how } = entries[i] as FilesInputs["files"][string];
    const inPlace = how.inPlace === true ? "1" : "";
    const begun = how.once === true ? (how.unless ?? path) : "";
    const content = texts[i] as Buffer;
    const text = [sha256Of(content), String(content.length)];
    return ["file", path, mode, owner, group, ...text, validate ?? "", onChange ?? "", inPlace, begun];
  });
  try {
    const answer = await remote.run({
      name: step,
      script: makeFiles,
      values: {
        user: user?.name ?? "",
        home: user?.home ?? "",
        comment: user?.comment ?? "",
        urn: context.urn,
        suffix: newSuffix(),
        plain: plain.length,
        create,
      },
      list: [...made, ...written],
      body: Buffer.concat(texts),
      limit: writeLimit,
    });
    const wrong = Object.entries(modesSaid(paths, answer)).find(([path, mode]) => mode !== files[path]?.mode);
    if (wrong !== undefined) {
      const [path, mode] = wrong;
      const problem = `the mode of ${path} is ${mode} after chmod ${files[path]?.mode}`;
      throw new StepFailed(remote.problem(step, problem, "check what its file system supports"), answer);
    }
    return [...new Set([...state.createdPaths, ...answer.all("created")])];
  } catch (error) {
    const found = error instanceof StepFailed ? reached(state, news, paths, error.answer) : undefined;
    throw found === undefined ? error : new Incomplete(found, (error as Error).message);
  }
}

/**
 * Removes what is wanted no more. A directory with something in it stays, whatever was said of its end: what takes its place is not proven
 * yet.
 * @returns the directories that are still the resource's
 */
async function leave(state: State, news: FilesInputs, context: Context): Promise<string[]> {
  const things = removals(state, news);
  const user = state.user?.name === news.user?.name ? undefined : state.user;
  try {
    if (things.length > 0 || user !== undefined) await remove(state, things, user, context);
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    const directories = { ...state.directories, ...news.directories };
    const { createdPaths } = state;
    throw new Incomplete(
      { user: user ?? news.user, directories, createdPaths, due: leaving(state, news) },
      error.message,
    );
  }
  const gone = things.map(pathOf);
  return state.createdPaths.filter((path) => !gone.includes(path));
}

async function remove(state: State, things: string[], user: FilesInputs["user"], context: Context): Promise<void> {
  const { host } = state;
  const answer = await context.remote(host).run({
    name: `remove ${namesOf(things.map(pathOf))}`,
    script: removeFiles,
    values: { user: user?.name ?? "", comment: user?.comment ?? "" },
    list: things,
    limit: writeLimit,
  });
  const files = things.filter((thing) => thing.startsWith("file "));
  answer.all("kind").forEach((kind, i) => {
    if (kind === "directory")
      context.warn(`${files[i]?.slice(5)} on host ${host.name} is a directory by now and was left as it is`);
  });
  for (const path of answer.all("left"))
    if (Object.hasOwn(state.directories, path)) context.warn(`${path} on host ${host.name} is not empty and was kept`);
}
