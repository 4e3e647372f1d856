import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { parse } from "yaml";
import { Unsupported, UserError } from "../errors";
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
    if (existsSync(join(directory, "PulumiPlugin.yaml"))) return nodePlugin(directory);
    throw new UserError(
      `the plugin "${packageName}" has neither an executable ${executable} nor a PulumiPlugin.yaml in ${directory}, which Pulumi.yaml names under plugins.providers`,
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

function nodePlugin(directory: string): string[] {
  const { runtime } = parse(readFileSync(join(directory, "PulumiPlugin.yaml"), "utf8")) as {
    runtime?: string | { name: string };
  };
  const name = typeof runtime === "object" ? runtime.name : runtime;
  if (name !== "nodejs") throw new Unsupported(`plugins of the runtime "${name ?? ""}" (${directory})`);
  return [
    process.execPath,
    createRequire(join(directory, "PulumiPlugin.yaml")).resolve("@pulumi/pulumi/cmd/run-plugin"),
    directory,
  ];
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
