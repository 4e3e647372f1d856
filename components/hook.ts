import { AsyncResource } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";

/**
 * A hook that runs as a part of the program that registers it. The engine's call comes from outside, where the SDK does not know
 * whose it is in a process that makes components for several programs.
 */
export const hook = (
  name: string,
  callback: (args: pulumi.ResourceHookArgs) => Promise<void>,
  options?: pulumi.ResourceHookOptions,
): pulumi.ResourceHook => new pulumi.ResourceHook(name, AsyncResource.bind(callback), options);

/** The SDK's mocks have no hooks: a program that registers one under them, in a unit test, would wait for ever. */
export const hooksAreKnown = (): boolean => "registerResourceHook" in (pulumi.runtime.getMonitor() ?? {});
