import type * as pulumi from "@pulumi/pulumi";
import { refusal, sentence } from "../validation";
import type { DolphinSettings } from "./schema";

/** Refuses what is described and checked, and not built yet. @throws pulumi.ResourceError that lists it */
export function refuseUnbuilt<H>(name: string, { upgrade }: DolphinSettings<H>, resource: pulumi.Resource): void {
  if (upgrade.mode === "offline") return;
  const found = [`upgrade.mode = "rolling": ${sentence("is not built yet", "leave it out")}`];
  throw refusal(`DolphinHaCluster ${name}: its arguments were refused`, found, resource);
}
