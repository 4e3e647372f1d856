import type * as pulumi from "@pulumi/pulumi";
import { refusal, sentence } from "../validation";
import type { DolphinSettings } from "./schema";

const UNBUILT = ["rollback"] as const;

/** Refuses what is described and checked, and not built yet. @throws pulumi.ResourceError that lists it */
export function refuseUnbuilt<H>(name: string, settings: DolphinSettings<H>, resource: pulumi.Resource): void {
  const found = UNBUILT.filter((key) => settings[key] !== undefined).map(
    (key) => `${key}: ${sentence("is not built yet", "leave it out")}`,
  );
  if (found.length > 0) throw refusal(`DolphinHaCluster ${name}: its arguments were refused`, found, resource);
}
