import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** The folders of a PATH, in its order. */
export const foldersOf = (path = ""): string[] => path.split(delimiter);

/** Path of the first program of that name in the folders that may be run. */
export function findExecutable(name: string, folders: string[]): string | undefined {
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
