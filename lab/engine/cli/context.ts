import { EXIT, UserError } from "../errors";
import { passphraseFromEnvironment, PassphraseCrypter } from "../passphrase";
import { loadProject, type Project } from "../project/project";
import { StackSettings } from "../project/settings";
import { selectedStack } from "../project/workspace";
import { StackFile } from "../state/backend";
import { decodeDeployment, type Deployment, type DeploymentJson } from "../state/deployment";

/** Options that most commands take. */
export interface CommonOptions {
  stack?: string;
}

/** A stack with what belongs to it. */
export interface StackContext {
  project: Project;
  stack: string;
  file: StackFile;
  settings: StackSettings;
}

/** A stack that need not be there yet. */
export function openNew(stack: string, project = loadProject(process.cwd())): StackContext {
  if (!/^[A-Za-z0-9_.-]{1,100}$/.test(stack)) {
    const rule = "must be 1 to 100 letters, digits, hyphens, underscores and periods";
    throw new UserError(`the stack name "${stack}" ${rule}`, EXIT.configuration);
  }
  const file = new StackFile(project.name, stack, process.env);
  return { project, stack, file, settings: new StackSettings(project, stack) };
}

/** The stack named on the command line, else the selected one. @throws UserError when there is none, or no such stack. */
export function openStack(options: CommonOptions): StackContext {
  const project = loadProject(process.cwd());
  const stack = options.stack ?? selectedStack(project);
  if (stack === undefined) {
    throw new UserError("no stack selected; use `pulumi stack select` or --stack", EXIT.stackNotFound);
  }
  const context = openNew(stack, project);
  if (!context.file.exists) throw new UserError(`no stack named '${stack}' found`, EXIT.stackNotFound);
  return context;
}

/** Opens the stack's secrets; a stack that has no salt yet gets one, kept in its settings file. */
export async function openCrypter(settings: StackSettings, state?: DeploymentJson): Promise<PassphraseCrypter> {
  const passphrase = passphraseFromEnvironment(process.env);
  const salt = settings.salt ?? state?.secrets_providers?.state?.salt;
  if (salt !== undefined) return PassphraseCrypter.open(passphrase, salt);
  const crypter = await PassphraseCrypter.create(passphrase);
  settings.setSalt(crypter.salt);
  await settings.save();
  return crypter;
}

/** Decodes a state, which was sealed with another salt than the settings have where it comes from another stack. */
export async function decodeState(state: DeploymentJson | undefined, crypter: PassphraseCrypter): Promise<Deployment> {
  const salt = state?.secrets_providers?.state?.salt;
  if (salt === undefined || salt === crypter.salt) return decodeDeployment(state, crypter);
  return decodeDeployment(state, await PassphraseCrypter.open(passphraseFromEnvironment(process.env), salt));
}
