import { seriesOf } from "../../provider/resources/dolphin/upgrade-path";
import { atLeast } from "../../provider/resources/version";

/** Whether a text is a version of DolphinDB, as packages are called: `2.00.9.4`, `3.00.4.1_JIT`. */
export const isVersion = (text: string): boolean => /^\d+\.\d+(\.\d+){0,2}(_(JIT|ABI))*$/.test(text);

/** Compute groups came with 3.00.2. */
export const hasComputeGroups = (version: string): boolean => atLeast(version, "3.00.2");

/** Zones came with 3.00.2 and, in the older series, with 2.00.16.1. */
export const hasZones = (version: string): boolean =>
  atLeast(version, "3.00.2") || (seriesOf(version) === "2.00" && atLeast(version, "2.00.16.1"));

/** Whether a new host's agent is known to its nodes before the controllers restart. */
export const takesAgentsOnline = (version: string): boolean => atLeast(version, "3.00.3");

/** Whether nodes that were stopped stay so with a short datanodeRestartInterval. */
export const restartsShortly = (version: string): boolean => atLeast(version, "2.00.9.4");

/** Whether localExecutors does something. */
export const hasLocalExecutors = (version: string): boolean => !atLeast(version, "2.00.10");
