import { readFile, rm, writeFile } from "node:fs/promises";
import { EXIT, messageOf, Unsupported, UserError } from "../errors";
import { revealAll } from "../property";
import { blind, showValue } from "../display";
import { StackSettings } from "../project/settings";
import { selectedStack, selectStack, stackName } from "../project/workspace";
import { decodeDeployment, encodeDeployment } from "../state/deployment";
import type { DeploymentJson } from "../state/deployment";
import { STACK_TYPE } from "../urn";
import { decodeState, openCrypter, openProject, openStack } from "./context";
import type { CommonOptions } from "./context";

const print = (line: string): boolean => process.stdout.write(`${line}\n`);

export async function initStack(reference: string): Promise<void> {
  const { project, backend } = openProject();
  const stack = stackName(project, reference);
  if (await backend.exists(project.name, stack)) throw new UserError(`stack '${stack}' already exists`);
  await openCrypter(StackSettings.load(project, stack));
  await backend.write(project.name, stack, undefined);
  await selectStack(project, backend, stack);
  print(`Created stack '${stack}'`);
}

export async function selectCommand(reference: string): Promise<void> {
  const { project, backend } = openProject();
  const stack = stackName(project, reference);
  if (!(await backend.exists(project.name, stack)))
    throw new UserError(`no stack named '${stack}' found`, EXIT.stackNotFound);
  await selectStack(project, backend, stack);
}

export async function removeStack(
  reference: string,
  options: { force?: boolean; preserveConfig?: boolean },
): Promise<void> {
  const { project, backend, stack, settings } = await openStack({ stack: reference });
  const resources = (await backend.read(project.name, stack))?.resources ?? [];
  if (resources.length > 0 && !options.force) {
    throw new UserError(
      `'${stack}' still has resources; removal rejected. Possible actions: destroy them with \`pulumi destroy\`, or pass --force to forget them`,
    );
  }
  await backend.remove(project.name, stack);
  if (!options.preserveConfig) await rm(settings.path, { force: true });
  if (selectedStack(project, backend) === stack) await selectStack(project, backend, undefined);
  print(`Stack '${stack}' has been removed!`);
}

export async function exportStack(options: CommonOptions & { file?: string; showSecrets?: boolean }): Promise<void> {
  const { project, backend, stack, settings } = await openStack(options);
  let deployment = await backend.read(project.name, stack);
  if (options.showSecrets && deployment) {
    const crypter = await openCrypter(settings, deployment);
    deployment = showSecrets(deployment, (text) => crypter.decrypt(text)) as DeploymentJson;
  }
  const json = JSON.stringify(
    {
      version: 3,
      deployment: deployment ?? { manifest: { time: "0001-01-01T00:00:00Z", magic: "", version: "" }, metadata: {} },
    },
    null,
    4,
  );
  if (options.file === undefined) print(json);
  else await writeFile(options.file, `${json}\n`, { mode: 0o600 });
}

/** Replaces every ciphertext by its plain text, as the CLI shows it; within a secret it is plain already. */
function showSecrets(json: unknown, decrypt: (text: string) => string): unknown {
  if (Array.isArray(json)) return json.map((item) => showSecrets(item, decrypt));
  if (typeof json !== "object" || json === null) return json;
  const entries = Object.entries(json).map(([name, value]: [string, unknown]) =>
    name === "ciphertext" && typeof value === "string"
      ? ["plaintext", JSON.stringify(showSecrets(JSON.parse(decrypt(value)), (text) => text))]
      : [name, showSecrets(value, decrypt)],
  );
  return Object.fromEntries(entries);
}

export async function importStack(options: CommonOptions & { file: string }): Promise<void> {
  const { project, backend, stack, settings } = await openStack(options);
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
  await backend.write(project.name, stack, encodeDeployment(deployment, crypter));
  print("Import complete.");
}

export async function showOutputs(
  name: string | undefined,
  options: CommonOptions & { json?: boolean; showSecrets?: boolean },
): Promise<void> {
  const { project, backend, stack, settings } = await openStack(options);
  const state = await backend.read(project.name, stack);
  const root = state?.resources?.find(({ type }) => type === STACK_TYPE);
  const needsKey = JSON.stringify(root?.outputs ?? {}).includes('"ciphertext"');
  const only = { manifest: { time: "", magic: "", version: "" }, resources: root ? [root] : [] };
  const decoded = needsKey
    ? await decodeState({ ...state, ...only }, await openCrypter(settings, state))
    : decodeDeployment(only, undefined);
  const all = decoded.resources[0]?.outputs ?? {};
  const shown = options.showSecrets ? revealAll(all) : all;
  if (name !== undefined) {
    const value = shown[name];
    if (value === undefined) throw new UserError(`current stack does not have output property '${name}'`);
    return void print(showValue(value));
  }
  if (options.json) return void print(JSON.stringify(blind(shown), null, 2));
  for (const output of Object.keys(shown).sort()) print(`${output}: ${showValue(shown[output] ?? null)}`);
}
