import type { Change } from "../changes";
import type { State } from "../preview";
import { valueAt } from "../property-path";
import { own } from "./notice";

/** What becomes of directories when their resource goes. */
export interface DataLeft {
  purged: string[];
  kept: string[];
}

/** The directories of a resource that is removed: those that go with all in them, and those that stay. */
export function dataLeft({ op, type, step }: Change): DataLeft {
  const inputs = step.oldState?.inputs;
  const made = step.oldState?.outputs?.createdPaths;
  if (op !== "delete" || step.oldState?.retainOnDelete === true) return { purged: [], kept: [] };
  const directories = directoriesOf(type, inputs);
  const by = (fate: string): string[] =>
    Object.entries(directories).flatMap(([path, one]) => (valueAt(one, ["onDelete"]) === fate ? [path] : []));
  // what was there before is never removed
  const ours = (path: string): boolean => !Array.isArray(made) || made.includes(path);
  const [purged, kept] = [by("purge").filter(ours), by("keep")];
  return { purged: outermost(purged), kept: outermost(kept) };
}

/** Directories by path, each with what becomes of it when its resource goes. */
function directoriesOf(type: string, inputs: State["inputs"]): object {
  if (type === own("Directory")) return { [String(inputs?.path)]: inputs };
  if (type === own("DolphinServer") && typeof inputs?.backups === "string")
    return { [inputs.backups]: { onDelete: inputs.keepBackups === false ? "purge" : "keep" } };
  return inputs?.directories ?? {};
}

const outermost = (paths: string[]): string[] =>
  paths.filter((path) => !paths.some((one) => path.startsWith(`${one}/`)));
