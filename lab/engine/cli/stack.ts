import { readFile, rm, writeFile } from "node:fs/promises";
import { messageOf, Unsupported, UserError } from "../errors";
import { isMap, rebuild, revealAll, SECRET_SIGNATURE, SIGNATURE } from "../property";
import type { Property } from "../property";
import { blind, showValue } from "../display";
import { selectedStack, selectStack } from "../project/workspace";
import { encodeDeployment } from "../state/deployment";
import type { DeploymentJson } from "../state/deployment";
import { STACK_TYPE } from "../urn";
import { decodeState, openCrypter, openNew, openStack, openState } from "./context";
import type { CommonOptions } from "./context";

const print = (line: string): boolean => process.stdout.write(`${line}\n`);

export async function initStack(reference: string): Promise<void> {
  const { project, stack, file, settings } = openNew(reference);
  if (file.exists) throw new UserError(`stack '${stack}' already exists`);
  await openCrypter(settings);
  await file.write(undefined);
  await selectStack(project, file.url, stack);
  print(`Created stack '${stack}'`);
}

export async function selectCommand(reference: string): Promise<void> {
  const { project, stack, file } = openStack({ stack: reference });
  await selectStack(project, file.url, stack);
}

export async function removeStack(
  reference: string,
  options: { force?: boolean; preserveConfig?: boolean },
): Promise<void> {
  const { project, stack, file, settings } = openStack({ stack: reference });
  const resources = (await file.read())?.resources ?? [];
  if (resources.length > 0 && !options.force) {
    throw new UserError(
      `'${stack}' still has resources; removal rejected. Possible actions: destroy them with \`pulumi destroy\`, or pass --force to forget them`,
    );
  }
  await file.remove();
  if (!options.preserveConfig) await rm(settings.path, { force: true });
  if (selectedStack(project, file.url) === stack) await selectStack(project, file.url, undefined);
  print(`Stack '${stack}' has been removed!`);
}

export async function exportStack(options: CommonOptions & { file?: string; showSecrets?: boolean }): Promise<void> {
  const { file, settings } = openStack(options);
  let deployment: unknown = await file.read();
  if (options.showSecrets && deployment !== undefined) {
    const crypter = await openCrypter(settings, deployment as DeploymentJson);
    deployment = showSecrets(deployment as Property, (text) => crypter.decrypt(text));
  }
  deployment ??= { manifest: { time: "0001-01-01T00:00:00Z", magic: "", version: "" }, metadata: {} };
  const json = JSON.stringify({ version: 3, deployment }, null, 4);
  if (options.file === undefined) print(json);
  else await writeFile(options.file, `${json}\n`, { mode: 0o600 });
}

/** Replaces every ciphertext by its plain text, as the CLI shows it; within a secret it is plain already. */
function showSecrets(json: Property, decrypt: (text: string) => string): Property {
  return rebuild(json, (part) => {
    if (!isMap(part) || part[SIGNATURE] !== SECRET_SIGNATURE || typeof part.ciphertext !== "string") return undefined;
    const plain = showSecrets(JSON.parse(decrypt(part.ciphertext)) as Property, (text) => text);
    return { [SIGNATURE]: SECRET_SIGNATURE, plaintext: JSON.stringify(plain) };
  });
}

export async function importStack(options: CommonOptions & { file: string }): Promise<void> {
  const { stack, file, settings } = openStack(options);
  const content = await readFile(options.file, "utf8");
  let json: { version?: number; deployment?: DeploymentJson };
  try {
    json = JSON.parse(content) as typeof json;
  } catch (error) {
    throw new UserError(`the deployment is not JSON: ${messageOf(error)}`);
  }
  if (json.version !== 3 || !json.deployment)
    throw new Unsupported(`deployments of version ${json.version ?? "none"} (only version 3)`);
  const crypter = await openCrypter(settings, json.deployment);
  const deployment = await decodeState(json.deployment, crypter);
  const foreign = deployment.resources.find(({ urn }) => !urn.startsWith(`urn:pulumi:${stack}::`));
  if (foreign) throw new UserError(`resource '${foreign.urn}' is from a different stack`);
  await file.write(encodeDeployment(deployment, crypter));
  print("Import complete.");
}

export async function showOutputs(
  name: string | undefined,
  options: CommonOptions & { json?: boolean; showSecrets?: boolean },
): Promise<void> {
  const context = openStack(options);
  const { state } = await openState(context, await context.file.read());
  const all = state.resources.find(({ type }) => type === STACK_TYPE)?.outputs ?? {};
  const shown = options.showSecrets ? revealAll(all) : all;
  if (name !== undefined) {
    const value = shown[name];
    if (value === undefined) throw new UserError(`current stack does not have output property '${name}'`);
    return void print(showValue(value));
  }
  if (options.json) return void print(JSON.stringify(blind(shown), null, 2));
  for (const output of Object.keys(shown).sort()) print(`${output}: ${showValue(shown[output] ?? null)}`);
}
