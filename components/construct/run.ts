import * as pulumi from "@pulumi/pulumi";
import { setAllConfig } from "@pulumi/pulumi/runtime/config";
import * as settings from "@pulumi/pulumi/runtime/settings";
import * as state from "@pulumi/pulumi/runtime/state";
import type { ComponentRun } from "../../provider/resources/component-order";

/** The SDK's own store of one run, which it does not declare: its server of components keeps one for each, too. */
interface Store {
  settings: { monitor?: object };
}
const { withLocalStorage, getStore } = state as unknown as {
  withLocalStorage: <T>(work: () => Promise<T>) => Promise<T>;
  getStore: () => Store;
};
const { awaitFeatureSupport, waitForRPCs } = settings as unknown as Record<
  "awaitFeatureSupport" | "waitForRPCs",
  () => Promise<void>
>;

/** The connections to the engines' monitors, by address: what is made in one run by several orders is of one program. */
const monitors = new Map<string, object>();

/** Does work as a program of this run, and waits until the engine has all that it registers. */
export function inRun<T>(run: ComponentRun, work: () => Promise<T>): Promise<T> {
  return withLocalStorage(async () => {
    const { project, stack, parallel, engine, monitor, dryRun, organization } = run;
    settings.resetOptions(project, stack, parallel, engine, monitor, dryRun, organization);
    const known = monitors.get(monitor);
    if (known !== undefined) getStore().settings.monitor = known;
    const connection = pulumi.runtime.getMonitor();
    if (connection !== undefined) monitors.set(monitor, connection);
    await awaitFeatureSupport();
    setAllConfig(run.config, run.configSecretKeys);
    const made = await work();
    await waitForRPCs();
    return made;
  });
}
