import * as pulumi from "@pulumi/pulumi";
import { getHealth, type FoundContainer, type Image } from "../../provider/resources";
import type { Adoption } from "../adopt/adoption";
import type { Difference, Told } from "../adopt/differences";
import { foundThere } from "../container";
import type { Host } from "../host";
import { settled } from "../output-value";
import { refusal, sentence } from "../validation";
import { initialisationDifferences, rowDifferences, servesByHand, versionDifferences } from "./adopt-proof";
import type { CmFound } from "./cm-plan";
import { cmUrlOf } from "./cm-url";
import { configDifferences } from "./config-differences";
import { renderOmsConfig } from "./config-yaml";
import { upgradesOf, type Live } from "./live";
import type { Member } from "./members";
import { nodeContainer } from "./node-container";
import { portsOf } from "./ports";
import { regionConfig, type KnownInputs } from "./region-config";
import { addressesOf, knownInputs } from "./region-values";
import type { OmsSettings } from "./schema";
import type { TsdbAccess } from "./tsdb";
import { containerNameOf } from "./versions";

/** What taking over needs beyond the settings of the deployment. */
export interface TakeOver {
  settings: OmsSettings<Host>;
  live: Live;
  images: Map<Host, Image>;
  tsdb: pulumi.Output<TsdbAccess> | undefined;
  /** What the MetaDB has as of the start of this run. */
  found: pulumi.Output<CmFound>;
}

/**
 * How the nodes take over containers that were made by hand, where they do. All of them are looked at before anything is changed.
 * @returns by host; what is refused rejects `found`
 */
export const takeOver = (
  name: string,
  members: Member[],
  needs: TakeOver,
  parent: pulumi.Resource,
): Map<Host, Adoption> => {
  const { settings, tsdb } = needs;
  // what a MetaDB that is not fit lacks is told besides
  const metaDb = pulumi.output(settings.metaDb);
  const inputs = settings.adopt === true ? knownInputs(settings, metaDb, tsdb, parent) : undefined;
  return new Map(members.map((member) => [member.host, adoptionOf(name, member, needs, inputs, parent)]));
};

/** Known when nothing speaks against any of them. */
export const allTaken = (adoptions: Map<Host, Adoption>): pulumi.Output<void> =>
  pulumi.output(
    Promise.all([...adoptions.values()].map(({ found }) => found ?? Promise.resolve())).then(() => undefined),
  );

function adoptionOf(
  name: string,
  member: Member,
  needs: TakeOver,
  inputs: pulumi.Output<KnownInputs> | undefined,
  parent: pulumi.Resource,
): Adoption {
  const { host, region } = member;
  const { settings, live, images } = needs;
  const adoption: Adoption = { adopt: settings.adopt, told: toldByArguments(region.nodeAddresses, host.hostName) };
  if (inputs === undefined || host.isLost) return adoption;
  const config = inputs.apply((known) => regionConfig(settings, region, addressesOf(region), known));
  const container = containerNameOf(settings);
  const args = nodeContainer({
    deployment: name,
    name: container,
    settings,
    address: addressOf(member),
    imageId: (images.get(host) as Image).imageId,
    upgrades: upgradesOf(live, host, container),
    https: settings.https !== undefined,
  });
  const how: Adoption = {
    ...adoption,
    file: {
      path: CONFIG,
      wanted: config.apply(renderOmsConfig),
      compare: (found, wanted) => configDifferences(found, wanted, settings.version),
    },
    also: (found) => proofOf(member, needs, found, parent),
  };
  const found = isNoOther(member, needs, parent).then(() => foundThere(host, args, how, parent));
  return { ...how, found };
}

const CONFIG = "/home/admin/conf/config.yaml";

const addressOf = ({ host, region }: Member): string => addressesOf(region)[region.nodes.indexOf(host)] as string;

/** Which arguments tell the settings of a node's container. @param host name of the node's host. */
export const toldByArguments = (nodeAddresses: Record<string, string>, host: string): Told => ({
  image: "image",
  network: { fix: "OMS works on its host's network alone: make it anew with --net host, as its document says" },
  mounts: {
    [CONFIG]: "configFile",
    "/home/admin/logs": "mounts.logs",
    "/home/ds/store": "mounts.store",
    "/home/ds/run": "mounts.run",
    "/etc/pki/nginx/oms_server.crt": { argument: "https", anywhere: true },
    "/etc/pki/nginx/oms_server.key": { argument: "https", anywhere: true },
  },
  environment: {
    OMS_HOST_IP: {
      argument: Object.hasOwn(nodeAddresses, host)
        ? `regions.nodeAddresses.${host}`
        : `regions.nodeAddresses with ${host}`,
    },
  },
});

/** In what a node is not what the arguments say, beyond its container. */
async function proofOf(
  member: Member,
  { settings, found: rows }: TakeOver,
  found: FoundContainer,
  parent: pulumi.Resource,
): Promise<Difference[]> {
  const { host, region } = member;
  const container = containerNameOf(settings);
  const command = servesByHand(container, CONFIG, settings.configFile);
  const extract = { idle: "/idle", initialised: "/initialised", otherFile: "/otherFile" };
  const asked = host.answered(getHealth({ host: host.data, command, extract }, { parent }));
  const [{ values }, known] = await Promise.all([asked, settled(rows).catch(() => undefined)]);
  const wanted = { location: region.location, cmUrl: cmUrlOf(settings, region), address: addressOf(member) };
  return [
    ...versionDifferences(found, settings.version),
    ...initialisationDifferences(values, container, settings.configFile),
    ...(known === undefined ? [] : rowDifferences(known, wanted, container)),
  ];
}

/** @throws pulumi.ResourceError where OMS runs in a container of another name, which is no former one of the deployment */
async function isNoOther({ host }: Member, { settings, live }: TakeOver, parent: pulumi.Resource): Promise<void> {
  const container = containerNameOf(settings);
  const [{ ports }, node] = await Promise.all([host.facts, live.nodes.get(host)]);
  const { cm, console } = portsOf(settings);
  const known = [container, ...(node?.containers ?? []).map((one) => one.name)];
  const others = ports.flatMap(({ port, container: one = container }) =>
    [cm, console].includes(port) && !known.includes(one) ? [one] : [],
  );
  const problems = [...new Set(others)].map((other) =>
    sentence(
      `it is not there, and OMS's ports are those of container ${other}`,
      `give version and containerPrefix as the name of what runs tells them, or rename it: docker rename ${other} ${container} there, which restarts nothing`,
    ),
  );
  if (problems.length > 0)
    throw refusal(`container ${container} on host ${host.hostName} cannot be taken over`, problems, parent);
}
