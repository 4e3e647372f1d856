import type * as pulumi from "@pulumi/pulumi";
import { living, type Host } from "../host";
import { askNode, type LiveNode } from "./live-node";
import { hostsOf, type Member } from "./members";
import type { OmsSettings } from "./schema";
import { situationOf, type Situation } from "./situation";
import { upgradeRecord } from "./upgrade-record";
import { containerNameOf } from "./versions";

/** The deployment as the hosts have it. */
export interface Live {
  /** By the hosts that are not lost. */
  nodes: Map<Host, Promise<LiveNode>>;
  /** What is to be done about other versions. */
  situation: Promise<Situation>;
}

/** Asks all hosts at once. */
export function askLive(name: string, settings: OmsSettings<Host>, members: Member[], parent: pulumi.Resource): Live {
  const { configFile, containerPrefix: prefix, adopt } = settings;
  const container = containerNameOf(settings);
  const asked = { name, prefix, configFile, taken: adopt === true ? container : "" };
  const hosts = living(hostsOf(members));
  const nodes = new Map(hosts.map((host) => [host, askNode(host, container, asked, parent)]));
  const record = upgradeRecord(name, settings, hosts[0] as Host, parent);
  const situation = Promise.all([Promise.all(nodes.values()), record]).then(([known, { last, failed }]) =>
    situationOf(known, container, last, failed),
  );
  return { nodes, situation };
}

/** A container that is there keeps what it was told; a new one is told what is so now. */
export async function upgradesOf({ nodes, situation }: Live, host: Host, container: string): Promise<boolean> {
  const own = (await nodes.get(host))?.containers.find(({ name }) => name === container);
  return own?.isUpgrade ?? (await situation).upgrades;
}
