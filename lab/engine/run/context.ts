import type { Config } from "../project/config";
import type { Project } from "../project/project";
import type { Snapshot } from "../state/snapshot";
import type { Report } from "./events";
import type { Hooks } from "./hooks";
import type { ProviderRegistry } from "./provider-registry";

/** What all parts of a run share. */
export interface RunContext {
  stack: string;
  project: Project;
  config: Config;
  preview: boolean;
  /** How many operations may run at once. */
  parallel: number;
  snapshot: Snapshot;
  registry: ProviderRegistry;
  hooks: Hooks;
  report: Report;
}
