import { SIGNATURE } from "../../provider/resources/protocol-marks";

const PART = /\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g;

/** The parts of a path as detailed differences have it: `files["/etc/app.conf"].content`, `triggers[0]`, `tarballs.amd64`. */
export const parsePath = (path: string): string[] =>
  [...path.matchAll(PART)].map(([, quoted, index, plain = ""]) => quoted?.replaceAll(/\\(.)/g, "$1") ?? index ?? plain);

/** The value at a path; of something secret on the way, that. */
export function valueAt(value: unknown, path: string[]): unknown {
  const [first, ...rest] = path;
  if (first === undefined || isSecret(value)) return value;
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, first)) return undefined;
  return valueAt((value as Record<string, unknown>)[first], rest);
}

/** How the CLI shows what is secret. */
const HIDDEN = "[secret]";

/** Whether a value is a secret: hidden, or in an envelope, encrypted or not. */
export const isSecret = (value: unknown): boolean =>
  value === HIDDEN || (typeof value === "object" && value !== null && SIGNATURE in value);
