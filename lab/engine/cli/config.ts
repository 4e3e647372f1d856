import { text as readAll } from "node:stream/consumers";
import { Unsupported, UserError } from "../errors";
import { fullKey } from "../project/settings";
import { openCrypter, openStack, type CommonOptions } from "./context";

export async function setConfig(
  key: string,
  value: string | undefined,
  options: CommonOptions & { secret?: boolean; path?: boolean },
): Promise<void> {
  const { project, settings } = openStack(options);
  const plain = value ?? (await readAll(process.stdin)).replace(/\n$/, "");
  const stored = options.secret
    ? { secure: (await openCrypter(settings)).encrypt(plain) }
    : typed(plain, options.path === true);
  settings.set(fullKey(project, key), stored, { path: options.path === true });
  await settings.save();
}

/** Prints a value that is no secret. */
export function getConfig(key: string, options: CommonOptions): void {
  const { project, stack, settings } = openStack(options);
  const value = settings.config[fullKey(project, key)];
  if (value === undefined) throw new UserError(`configuration key '${key}' not found for stack '${stack}'`);
  if (typeof value === "object") throw new Unsupported("showing objects and secrets of the configuration");
  process.stdout.write(`${value}\n`);
}

/** Inside of objects and lists, what reads as a number or a truth value is one, as in the CLI. */
function typed(text: string, path: boolean): unknown {
  if (!path) return text;
  if (text === "true" || text === "false") return text === "true";
  return /^(0|-?[1-9]\d*)$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : text;
}
