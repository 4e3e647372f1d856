import * as pulumi from "@pulumi/pulumi";
import { Probe } from "../../provider/resources";
import type { Host } from "../host";
import type { MetaDbSide } from "./ha";
import { renderOmsMetaDbScript } from "./metadb";
import { addressesOf } from "./region-values";
import type { OmsSettings } from "./schema";

/** What the MetaDB says of one node. */
export interface OmsNodeRows {
  server: string;
  heartBeats: string;
}

const NOTHING_KNOWN: OmsNodeRows = { server: "", heartBeats: "" };

/**
 * The probe of what the MetaDB has of all regions and nodes, from the host of the backups: healthy when addresses and nodes are those of
 * the arguments, all servers are ONLINE and all supervisors have heart beats.
 * @param triggers whose changes are a reason to wait for that again.
 * @param after what must serve before.
 */
export function rowsProbe(
  settings: OmsSettings<Host>,
  { name, host, directory, metaDb }: MetaDbSide,
  triggers: pulumi.Input<string>[],
  after: pulumi.Resource[],
  parent: pulumi.Resource,
): Probe {
  const script = metaDb.apply((known) => renderOmsMetaDbScript({ ...known, directory, name }, ["verify"]));
  const values = settings.regions.flatMap((region, r) =>
    addressesOf(region).flatMap((address, n) =>
      Object.keys(NOTHING_KNOWN).map((field) => [`${address} ${field}`, `/regions/${r}/nodes/${n}/${field}`]),
    ),
  );
  return new Probe(
    `${name}-rows`,
    {
      host: host.data,
      command: pulumi.secret(pulumi.interpolate`set -- verify\n${script}`),
      about: "what OMS's MetaDB has of regions and nodes",
      timeout: settings.startTimeout,
      triggers,
      extract: Object.fromEntries(values) as Record<string, string>,
    },
    { parent, dependsOn: after },
  );
}

/** What the probe found of one node; nothing while something is wrong in the MetaDB. */
export const rowsOf = (probe: Probe, address: string): pulumi.Output<OmsNodeRows> =>
  pulumi
    .all([probe.healthy, pulumi.unsecret(probe.values)])
    .apply(([healthy, values]) =>
      healthy
        ? { server: values[`${address} server`] ?? "", heartBeats: values[`${address} heartBeats`] ?? "" }
        : NOTHING_KNOWN,
    );
