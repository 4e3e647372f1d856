import { isDeepStrictEqual } from "node:util";
import type { Answer } from "../ssh/answer";
import { FilesInputs, FilesOutputs } from "./files-definition";
import { leaving } from "./files-removals";
import { padMode } from "./ownership";

type State = FilesInputs & FilesOutputs;

/** The state before the first step. */
export const nothingMade = ({ host }: FilesInputs): State => ({
  host,
  directories: {},
  files: {},
  createdPaths: [],
  due: [],
});

/**
 * The state that a step left which broke off: what is there by now, and of the rest what was there before. So the next run has the rest as
 * differences, and a program that was changed back as well. Undefined where nothing was changed.
 * @param paths of the files, in the order of the step
 */
export function reached(
  state: State,
  { user, directories, files }: FilesInputs,
  paths: string[],
  answer: Answer,
): Omit<State, "host"> | undefined {
  const [made, created, done, modes] = ["made", "created", "done", "mode"].map((key) => answer.all(key)) as [
    string[],
    string[],
    string[],
    string[],
  ];
  if (made.length + created.length + done.length + modes.length === 0) return undefined;
  const swapped = paths.slice(0, modes.length);
  const isThere = (path: string) => created.includes(path) || done.includes(path);
  const found = {
    // one that is to go is not gone yet
    user: state.user ?? user,
    directories: {
      ...state.directories,
      ...Object.fromEntries(Object.entries(directories).filter(([path]) => isThere(path))),
    },
    files: {
      ...Object.fromEntries(Object.entries(state.files).filter(([path]) => Object.hasOwn(files, path))),
      ...Object.fromEntries(
        swapped.map((path, i) => {
          const entry = files[path] as FilesInputs["files"][string];
          return [path, modes[i] ? { ...entry, mode: padMode({ mode: modes[i] }) } : entry];
        }),
      ),
    },
    createdPaths: [...new Set([...state.createdPaths, ...created])],
    due: [...swapped.filter((path) => !done.includes(path)), ...leaving(state, { files })],
  };
  const { user: had, directories: dirs, files: texts, createdPaths, due } = state;
  return isDeepStrictEqual(found, { user: had, directories: dirs, files: texts, createdPaths, due })
    ? undefined
    : found;
}
