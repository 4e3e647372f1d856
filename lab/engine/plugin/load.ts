import { UserError } from "../errors";
import { findExecutable, foldersOf } from "../executable";
import { PluginProcess } from "./process";
import { PluginProvider } from "./provider";
import type { Project } from "../project/project";
import type { Provider } from "../provider";
import { standIns } from "../providers";

/** Starts the provider of a package: a stand-in within this process for what cannot be had without downloads, or a plugin. */
export async function loadProvider(project: Project, engineAddress: string, packageName: string): Promise<Provider> {
  const standIn = standIns[packageName];
  if (standIn) return standIn();
  const command = [locatePlugin(project, packageName, process.env), engineAddress];
  const options = { directory: project.root, environment: process.env };
  return new PluginProvider(packageName, await PluginProcess.start(packageName, command, options));
}

/**
 * The executable of a package's plugin: where Pulumi.yaml says under `plugins.providers`, else on PATH.
 * @throws UserError naming where it was looked for.
 */
export function locatePlugin(project: Project, packageName: string, environment: NodeJS.ProcessEnv): string {
  const executable = `pulumi-resource-${packageName}`;
  const directory = project.pluginPaths.get(packageName);
  const found = findExecutable(executable, directory === undefined ? foldersOf(environment.PATH) : [directory]);
  if (found !== undefined) return found;
  throw new UserError(
    directory === undefined
      ? `no plugin found for the package "${packageName}": Pulumi.yaml names none under plugins.providers, there is no ${executable} on PATH, and the fallback engine has no stand-in for it and does not download plugins`
      : `the plugin "${packageName}" has no executable ${executable} in ${directory}, which Pulumi.yaml names under plugins.providers; the fallback engine runs no other kind of plugin`,
  );
}
