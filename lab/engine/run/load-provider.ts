import { locatePlugin } from "../plugin/locate";
import { PluginProcess } from "../plugin/process";
import { PluginProvider } from "../plugin/provider";
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
