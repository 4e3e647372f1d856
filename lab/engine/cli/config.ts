import { text as readAll } from "node:stream/consumers";
import { toText } from "../project/config";
import { decryptConfig, fullKey } from "../project/settings";
import { openCrypter, openStack } from "./context";
import type { CommonOptions } from "./context";

const print = (line: string): boolean => process.stdout.write(`${line}\n`);

export async function setConfig(
  key: string,
  value: string | undefined,
  options: CommonOptions & { secret?: boolean; path?: boolean },
): Promise<void> {
  const { project, settings } = await openStack(options);
  const plain = value ?? (await readAll(process.stdin)).replace(/\n$/, "");
  const stored = options.secret
    ? { secure: (await openCrypter(settings)).encrypt(plain) }
    : typed(plain, options.path === true);
  settings.set(fullKey(project, key), stored, { path: options.path === true });
  await settings.save();
}

/** Inside of objects and lists, what reads as a number or a truth value is one, as in the CLI. */
function typed(text: string, path: boolean): unknown {
  if (!path) return text;
  if (text === "true" || text === "false") return text === "true";
  return /^(0|-?[1-9]\d*)$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : text;
}

export async function listConfig(options: CommonOptions & { json?: boolean; showSecrets?: boolean }): Promise<void> {
  const context = await openStack(options);
  const crypter = options.showSecrets ? await openCrypter(context.settings) : undefined;
  const rows = Object.entries(context.settings.config).map(([key, value]) => {
    const secret = JSON.stringify(value).includes('"secure":');
    const plain = secret ? (crypter ? decryptConfig(value, crypter).plain : "[secret]") : value;
    return {
      key,
      secret,
      text: toText(plain),
    };
  });
  if (options.json) {
    const entries = rows.map(({ key, secret, text }) => [
      key,
      secret && !crypter ? { secret } : { value: text, secret },
    ]);
    return void print(JSON.stringify(Object.fromEntries(entries), null, 2));
  }
  const names = rows.map(({ key }) => key.replace(`${context.project.name}:`, ""));
  const width = Math.max(3, ...names.map((name) => name.length));
  print(`${"KEY".padEnd(width)}  VALUE`);
  rows.forEach(({ text }, index) => print(`${(names[index] ?? "").padEnd(width)}  ${text}`));
}
