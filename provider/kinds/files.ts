import { z } from "zod";
import { propertyPath } from "../check";
import { anyTouches, Change } from "../diff";
import { makeFiles, removeFiles } from "../scripts/files";
import { StepFailed } from "../ssh/remote";
import { filesRules, filesShape, FilesInputs, FilesOutputs, namesOf, sha256Of } from "./files-definition";
import { filesImport } from "./files-import";
import { lookAtFiles } from "./files-look";
import { pathOf, removals } from "./files-removals";
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
    due: z.array(z.string()).describe("Files that are still to be written, or whose onChange is still to be run."),
  },
  quiet: ["files"],
  replaceOn: ["host.name"],
  deleteBeforeReplace: true,

  rules: filesRules,

  complete(inputs, olds) {
    const before = (olds?.files ?? {}) as Record<string, FilesInputs["files"][string]>;
    const kept = Object.entries(inputs.files).map(([path, entry]) => {
      // what was written once is the program's: another text is no difference
      const content = entry.once === true ? before[path]?.content : undefined;
      return [path, content === undefined ? entry : { ...entry, content }] as const;
    });
    return { ...inputs, files: Object.fromEntries(kept) };
  },

  drift: ({ due }) => due.map((path) => ({ path: propertyPath(["files", path]), kind: "update", input: false })),

  import: filesImport,

  id: ({ host, directories, files }) =>
    `${host.name}:${[...Object.keys(directories), ...Object.keys(files)].sort()[0]}`,
  remains: ({ createdPaths, files }) => {
    const paths = [...createdPaths, ...Object.keys(files)];
    return paths.length === 0 ? undefined : `files and directories ${paths.join(", ")}`;
  },

  foresee: (news, state) =>
    state !== undefined && Object.keys(news.directories).every((path) => Object.hasOwn(state.directories, path))
      ? { createdPaths: state.createdPaths, due: [] }
      : { due: [] },

  create: (inputs, context) => write(inputs, Object.keys(inputs.files).sort(), true, context),

  read: (state, context) => lookAtFiles(state, context),

  async update(state, news, changed, context) {
    const at = (kind: "directories" | "files", path: string) => propertyPath([kind, path]);
    const touched = (path: string) => changed.length === 0 || anyTouches(changed.filter(matters), at("files", path));
    const written = Object.keys(news.files).sort().filter(touched);
    const isAsked = changed.length === 0 || anyTouches(changed, "directories", "user") || written.length > 0;
    const { createdPaths } = isAsked ? await write(news, written, false, context) : { createdPaths: [] };
    const created = [...new Set([...state.createdPaths, ...createdPaths])];
    return { createdPaths: await leave({ ...state, createdPaths: created }, news, context), due: [] };
  },

  async delete(state, context) {
    await remove(state, removals(state), state.user, context);
  },
};

/** Whether a change is one that a file is written for: others act at a write only. */
const matters = ({ path }: Change): boolean => !/^files\[.*\]\.(validate|onChange|inPlace|format|once)$/.test(path);

async function write(
  { host, user, directories, files }: FilesInputs,
  paths: string[],
  create: boolean,
  context: Context,
): Promise<FilesOutputs> {
  const remote = context.remote(host);
  const step = `make ${namesOf([...Object.keys(directories), ...paths])}`;
  const made = Object.entries(directories)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([path, { mode, owner, group }]) => ["directory", path, mode, owner, group]);
  const written = paths.flatMap((path) => {
    const { content, mode, owner, group, validate, onChange, inPlace, once } = files[
      path
    ] as FilesInputs["files"][string];
    const flags = [inPlace, once].map((given) => (given === true ? "1" : ""));
    return ["file", path, mode, owner, group, sha256Of(content), content, validate ?? "", onChange ?? "", ...flags];
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
        create,
      },
      list: [...made, ...written],
      limit: writeLimit,
    });
    const modes = answer.all("mode");
    const wrong = paths.find((path, i) => modes[i] !== undefined && modes[i].padStart(4, "0") !== files[path]?.mode);
    if (wrong !== undefined) {
      const found = modes[paths.indexOf(wrong)];
      throw remote.problem(
        step,
        `the mode of ${wrong} is ${found} after chmod ${files[wrong]?.mode}`,
        "check what its file system supports",
      );
    }
    return { createdPaths: answer.all("created"), due: [] };
  } catch (error) {
    const created = error instanceof StepFailed ? error.answer.all("created") : [];
    const done = error instanceof StepFailed ? error.answer.all("done") : [];
    // what is in place by now Pulumi must know of, and what is not be repeated
    if (create && error instanceof StepFailed && created.length + done.length + error.answer.all("swapped").length > 0)
      throw new Incomplete({ createdPaths: created, due: paths.filter((path) => !done.includes(path)) }, error.message);
    throw error;
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
  if (things.length > 0 || user !== undefined) await remove(state, things, user, context);
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
