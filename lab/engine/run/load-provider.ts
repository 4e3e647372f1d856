import { locatePlugin } from "../plugin/locate";
import { PluginProcess } from "../plugin/process";
import { PluginProvider } from "../plugin/provider";
import type { Project } from "../project/project";
import type { Provider } from "../provider";

/** Packages whose real providers cannot be had without downloads; `providers/` has stand-ins for what the lab uses of them. */
const STAND_INS = ["command", "docker", "random", "tls"];

/** Starts the provider of a package: a stand-in within this process, or a plugin. */
export async function loadProvider(project: Project, engineAddress: string, packageName: string): Promise<Provider> {
  if (STAND_INS.includes(packageName)) {
    const { standIns } = await import("../providers/index.js");
    const make = standIns[packageName];
    if (make) return await make();
  }
  const command = locatePlugin(project, packageName, process.env);
  const options = { directory: project.directory, environment: process.env };
  return new PluginProvider(packageName, await PluginProcess.start(packageName, command, engineAddress, options));
}
