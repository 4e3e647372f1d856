/** Pulumi's property paths: `root.nested["a.b"][0].*`. A number is a list index, `*` matches any one step. */
export type PropertyPath = (string | number)[];

const STEP = /\.?([^.[\]"]+)|\["((?:[^"\\]|\\.)*)"\]|\[(\d+|\*)\]/y;

/** @throws Error naming the path and the place where it cannot be read. */
export function parsePropertyPath(text: string): PropertyPath {
  const path: PropertyPath = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < text.length) {
    const start = STEP.lastIndex;
    const match = STEP.exec(text);
    if (!match) throw new Error(`"${text}" is not a property path: cannot read it from character ${start + 1} on`);
    const [, name, quoted, index] = match;
    if (name !== undefined) path.push(name);
    else if (quoted !== undefined) path.push(quoted.replace(/\\(.)/g, "$1"));
    else path.push(index === "*" ? "*" : Number(index));
  }
  return path;
}

/** True when `outer` is `inner` or an ancestor of it. */
export function pathContains(outer: PropertyPath, inner: PropertyPath): boolean {
  return outer.length <= inner.length && outer.every((step, index) => step === "*" || step === inner[index]);
}

type Container = Record<string | number, unknown>;

const isContainer = (value: unknown): value is Container => typeof value === "object" && value !== null;

/**
 * Puts the value that `from` has at the path into `into`, in place; where `from` has none, it is removed.
 * Returns false when the path cannot be followed in `into`.
 */
export function resetPath(path: PropertyPath, from: unknown, into: unknown): boolean {
  const [step, ...rest] = path;
  if (step === undefined) return false;
  if (!isContainer(into)) return !isContainer(from);
  const source = isContainer(from) ? from : {};
  if (step === "*") {
    const names = new Set([...Object.keys(source), ...Object.keys(into)]);
    return [...names].every((name) => resetPath([Array.isArray(into) ? Number(name) : name, ...rest], source, into));
  }
  if (rest.length > 0) return resetPath(rest, source[step], into[step]);
  if (Array.isArray(into)) {
    if (!(step in into) || !(step in source)) return step in into === step in source;
    into[step as number] = source[step];
  } else if (step in source) {
    into[step] = source[step];
  } else {
    Reflect.deleteProperty(into, step);
  }
  return true;
}
