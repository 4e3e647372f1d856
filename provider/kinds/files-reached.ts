import { isDeepStrictEqual } from "node:util";
import type { Answer } from "../ssh/answer";
import { FilesInputs, FilesOutputs } from "./files-definition";
import { leaving } from "./files-removals";
import { padMode } from "./ownership";

type State = FilesInputs & FilesOutputs;

/** Modes that the files of a step have after it, by path, as inputs have them. Nothing of one that is kept, nor where the step broke off. */
export function modesSaid(paths: string[], answer: Answer): Record<string, string> {
  const kept = answer.all("kept");
  const written = paths.filter((path) => !kept.includes(path));
  return Object.fromEntries(answer.all("mode").map((mode, i) => [written[i] as string, padMode({ mode })]));
}

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
  const [made, created, done] = ["made", "created", "done"].map((key) => answer.all(key)) as [
    string[],
    string[],
    string[],
  ];
  const swapped = paths.slice(0, answer.all("swapped").length + answer.all("kept").length);
  if (made.length + created.length + done.length + swapped.length === 0) return undefined;
  const modes = modesSaid(paths, answer);
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
        swapped.map((path) => {
          const entry = files[path] as FilesInputs["files"][string];
          return [path, { ...entry, mode: modes[path] ?? entry.mode }];
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
