import type { FilesInputs, FilesOutputs } from "./files-definition";

const isBelow = (path: string, above: string): boolean => path.startsWith(`${above}/`);

/** The path of a thing that is to be removed. */
export const pathOf = (thing: string): string => thing.slice(thing.indexOf(" ") + 1);

/**
 * What is to be removed, in the words of the script: files, but for those that belong to the program; then the directories that were
 * made, deepest first.
 * @param news what stays, in an update: then no directory goes with what it holds.
 */
export function removals(
  { files, directories, createdPaths }: FilesInputs & FilesOutputs,
  news?: Pick<FilesInputs, "files" | "directories">,
): string[] {
  const stays = Object.keys({ ...news?.directories });
  const leaving = (path: string) => !stays.some((one) => one === path || isBelow(one, path));
  const texts = Object.entries(files)
    .filter(([path, { once }]) => once !== true && !Object.hasOwn(news?.files ?? {}, path))
    .map(([path]) => `file ${path}`);
  const kept = Object.keys(directories).filter((path) => directories[path]?.onDelete === "keep");
  const isKept = (path: string) => kept.some((one) => one === path || isBelow(one, path));
  const made = createdPaths.filter(leaving).sort((a, b) => b.length - a.length);
  const purged =
    news === undefined
      ? made.filter((path) => directories[path]?.onDelete === "purge").map((path) => `purge ${path}`)
      : [];
  return [...texts, ...purged, ...made.map((path) => `${isKept(path) ? "keep" : "remove"} ${path}`)];
}
