import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { UserError } from "../errors";
import type { Project } from "../project/project";

/**
 * The command that starts the plugin of a package: from `plugins.providers` in Pulumi.yaml, else from PATH.
 * @throws UserError naming where it was looked for.
 */
export function locatePlugin(project: Project, packageName: string, environment: NodeJS.ProcessEnv): string[] {
  const executable = `pulumi-resource-${packageName}`;
  const directory = project.pluginPaths.get(packageName);
  if (directory !== undefined) {
    const path = join(directory, executable);
    if (isExecutable(path)) return [path];
    throw new UserError(
      `the plugin "${packageName}" has no executable ${executable} in ${directory}, which Pulumi.yaml names under plugins.providers; the fallback engine runs no other kind of plugin`,
    );
  }
  const found = (environment.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, executable))
    .find(isExecutable);
  if (found !== undefined) return [found];
  throw new UserError(
    `no plugin found for the package "${packageName}": Pulumi.yaml names none under plugins.providers, there is no ${executable} on PATH, and the fallback engine has no stand-in for it and does not download plugins`,
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
