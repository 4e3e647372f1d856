import { readFile, rm, writeFile } from "node:fs/promises";
import { UserError } from "../errors";
import { isMap, rebuild, revealAll, SECRET_SIGNATURE, SIGNATURE, type Property } from "../property";
import { blind, showValue } from "../display";
import { selectStack } from "../project/workspace";
import { checkFormat, formatOf, type DeploymentJson, type Format } from "../state/deployment";
import { STACK_TYPE } from "../urn";
import { decodeState, openCrypter, openNew, openStack, type CommonOptions } from "./context";

const print = (line: string): boolean => process.stdout.write(`${line}\n`);

export async function initStack(name: string): Promise<void> {
  const { project, stack, file, settings } = openNew(name);
  if (file.exists) throw new UserError(`stack '${stack}' already exists`);
  await openCrypter(settings);
  await file.write(undefined);
  await selectStack(project, stack);
  print(`Created stack '${stack}'`);
}

export async function selectCommand(name: string): Promise<void> {
  const { project, stack } = openStack({ stack: name });
  await selectStack(project, stack);
}

export async function removeStack(name: string, options: { force?: boolean; preserveConfig?: boolean }): Promise<void> {
  const { stack, file, settings } = openStack({ stack: name });
  const resources = (await file.read())?.resources ?? [];
  if (resources.length > 0 && !options.force) {
    throw new UserError(
      `'${stack}' still has resources; removal rejected. Possible actions: destroy them with \`pulumi destroy\`, or pass --force to forget them`,
    );
  }
  await file.remove();
  if (!options.preserveConfig) await rm(settings.path, { force: true });
  print(`Stack '${stack}' has been removed!`);
}

export async function exportStack(options: CommonOptions & { file?: string; showSecrets?: boolean }): Promise<void> {
  const { file, settings } = openStack(options);
  const state = await file.read();
  const crypter = options.showSecrets && (await openCrypter(settings, state));
  const deployment = rebuild((state ?? {}) as Property, (part) => {
    if (!crypter || !isMap(part) || part[SIGNATURE] !== SECRET_SIGNATURE) return undefined;
    return { [SIGNATURE]: SECRET_SIGNATURE, plaintext: crypter.decrypt(part.ciphertext as string) };
  });
  const json = JSON.stringify({ ...formatOf(state), deployment }, null, 4);
  if (options.file === undefined) print(json);
  else await writeFile(options.file, `${json}\n`, { mode: 0o600 });
}

/** What is wrong with the state is said by the command that reads it next. */
export async function importStack(options: CommonOptions & { file: string }): Promise<void> {
  const { file } = openStack(options);
  const imported = JSON.parse(await readFile(options.file, "utf8")) as Partial<Format> & {
    deployment?: DeploymentJson;
  };
  checkFormat(imported);
  await file.write(imported.deployment);
  print("Import complete.");
}

export async function showOutputs(
  name: string | undefined,
  options: CommonOptions & { json?: boolean; showSecrets?: boolean },
): Promise<void> {
  const { file, settings } = openStack(options);
  const json = await file.read();
  const { resources } = await decodeState(json, await openCrypter(settings, json));
  const all = resources.find(({ type }) => type === STACK_TYPE)?.outputs ?? {};
  const shown = options.showSecrets ? revealAll(all) : all;
  if (name !== undefined) {
    const value = shown[name];
    if (value === undefined) throw new UserError(`current stack does not have output property '${name}'`);
    return void print(showValue(value));
  }
  if (options.json) return void print(JSON.stringify(blind(shown), null, 2));
  for (const output of Object.keys(shown).sort()) print(`${output}: ${showValue(shown[output] ?? null)}`);
}
