import * as pulumi from "@pulumi/pulumi";
import type { Host } from "../host";
import { refusal } from "../validation";
import { haProblem } from "./ha";
import { omsMetaDb, type OmsMetaDbValues } from "./region-values";
import type { OmsSettings } from "./schema";
import type { Situation } from "./situation";
import { upgradeProblem } from "./versions";

/**
 * The MetaDB, where nothing speaks against the change of version that is due.
 * @param host from which the MetaDB is asked.
 * @throws pulumi.ResourceError with what does, in preview too
 */
export const upgradeAllowed = (
  name: string,
  settings: OmsSettings<Host>,
  { host, situation }: { host: Host; situation: Promise<Situation> },
  metaDb: pulumi.Output<OmsMetaDbValues>,
  parent: pulumi.Resource,
): pulumi.Output<OmsMetaDbValues> =>
  metaDb.apply(async (values) => {
    const { due, versions } = await situation;
    if (!due || settings.rollback) return values;
    const known = omsMetaDb(settings, values);
    const side = { name, host, directory: settings.backup.directory, metaDb: pulumi.output(known) };
    const found = [
      ...versions.map((version) => upgradeProblem(version, settings.version, settings.upgradeFrom)),
      settings.manageHa ? undefined : await haProblem(side, known, parent),
    ].filter((problem) => problem !== undefined);
    if (found.length > 0) throw refusal(`OmsMultiNode ${name}: it cannot be upgraded now`, found, parent);
    return values;
  });
