import * as pulumi from "@pulumi/pulumi";
import type { Host } from "../host";
import { checkedOutput } from "../validation";
import { cmUrlOf } from "./cm-url";
import type { Region } from "./members";
import type { OmsMetaDb } from "./metadb";
import type { KnownInputs } from "./region-config";
import { heartbeatDatabase, isDefaultRegion, nodeAddresses } from "./regions";
import { secretFields, type OmsSettings } from "./schema";
import type { TsdbAccess } from "./tsdb";

/** The MetaDB, its values checked. */
export type OmsMetaDbValues = KnownInputs["metaDb"];

/** The addresses of a region's nodes, in the order of `nodes`. */
export const addressesOf = (region: Region): string[] =>
  nodeAddresses(
    region,
    (host) => host.hostName,
    (host) => host.address,
  ) as string[];

/** The heartbeat databases of all regions. */
export const heartbeatDatabases = (settings: OmsSettings<Host>): string[] =>
  settings.regions.map((region) => heartbeatDatabase(settings, region) as string);

/** The MetaDB with what all regions have in it. */
export const omsMetaDb = (settings: OmsSettings<Host>, values: OmsMetaDbValues): OmsMetaDb => {
  const { rmDatabase: rm, cmDatabase: cm, ...metaDb } = values;
  return {
    metaDb,
    databases: { rm, cm },
    regions: settings.regions.map((region) => ({
      location: region.location,
      heartbeatDatabase: heartbeatDatabase(settings, region) as string,
      cmUrl: cmUrlOf(settings, region),
      isDefault: isDefaultRegion(settings, region),
      nodes: addressesOf(region),
      lost: addressesOf(region).filter((_, i) => region.nodes[i]?.isLost),
    })),
  };
};

/** The MetaDB with passwords and keys, each checked when it is known. */
export function knownInputs(
  { drc, slsAudit }: OmsSettings<Host>,
  metaDb: pulumi.Output<OmsMetaDbValues>,
  tsdb: pulumi.Output<TsdbAccess> | undefined,
  parent: pulumi.Resource,
): pulumi.Output<KnownInputs> {
  const checked = (value: pulumi.Input<string> | undefined, field: keyof typeof secretFields, argument: string) =>
    value === undefined ? undefined : pulumi.secret(checkedOutput(value, secretFields[field], argument, parent));
  return pulumi.output({
    metaDb,
    drcPassword: checked(drc?.password, "drcPassword", "drc.password"),
    tsdb,
    accessKey: checked(slsAudit?.accessKey, "accessKey", "slsAudit.accessKey"),
    accessSecret: checked(slsAudit?.accessSecret, "accessSecret", "slsAudit.accessSecret"),
  });
}
