import type { FilesInputs, FilesOutputs } from "./files-definition";

const isBelow = (path: string, above: string): boolean => path.startsWith(`${above}/`);

/** The path of a thing that is to be removed. */
export const pathOf = (thing: string): string => thing.slice(thing.indexOf(" ") + 1);

/** Files that are wanted no more, but for those that are kept or belong to the program; without news all. */
export const leaving = ({ files, due }: FilesInputs & FilesOutputs, news?: Pick<FilesInputs, "files">): string[] =>
  [...new Set([...Object.keys(files), ...due])].filter(
    (path) => files[path]?.once !== true && files[path]?.keep !== true && !Object.hasOwn(news?.files ?? {}, path),
  );

/**
 * What is to be removed, in the words of the script: files, but for those that are kept or belong to the program; then the directories that
 * were made, deepest first.
 * @param news what stays, in an update: then no directory goes with what it holds.
 */
export function removals(
  state: FilesInputs & FilesOutputs,
  news?: Pick<FilesInputs, "files" | "directories">,
): string[] {
  const { directories, createdPaths } = state;
  const stays = Object.keys({ ...news?.directories });
  const goes = (path: string) => !stays.some((one) => one === path || isBelow(one, path));
  const texts = leaving(state, news).map((path) => `file ${path}`);
  const kept = Object.keys(directories).filter((path) => directories[path]?.onDelete === "keep");
  const isKept = (path: string) => kept.some((one) => one === path || isBelow(one, path));
  const made = createdPaths.filter(goes).sort((a, b) => b.length - a.length);
  const purged =
    news === undefined
      ? made.filter((path) => directories[path]?.onDelete === "purge").map((path) => `purge ${path}`)
      : [];
  return [...texts, ...purged, ...made.map((path) => `${isKept(path) ? "keep" : "remove"} ${path}`)];
}
