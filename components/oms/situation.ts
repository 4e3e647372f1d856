import { compareVersions } from "../../provider/resources/version";
import type { LiveNode } from "./live-node";

/** What a run meets of other versions. */
export interface Situation {
  /** Whether all nodes have to be stopped, and the MetaDB backed up, before containers of the wanted version are made. */
  due: boolean;
  /** Whether containers of another version are there, so that new ones take over what those left. */
  upgrades: boolean;
  /** What tells this upgrade from others; that of the last one where none is due. */
  trigger: string;
  /** The other versions, each once, the latest last. */
  versions: string[];
}

/**
 * What is to be done about containers of other versions than the wanted one.
 * @param container the wanted one.
 * @param last by what the last upgrade was begun; empty where there was none.
 * @param failed when a backup failed last: the next run must try again.
 */
export function situationOf(nodes: LiveNode[], container: string, last: string, failed: string): Situation {
  const all = nodes.flatMap(({ host, containers }) => containers.map((one) => ({ host, ...one })));
  const others = all.filter(({ name }) => name !== container);
  const begun = all.length > others.length;
  const due = others.some(({ running }) => running) || (others.length > 0 && !begun);
  const versions = [...new Set(others.map(({ version }) => version))].sort(compareVersions);
  const times = others.map(({ host, name, started }) => `${host} ${name} ${started}`).sort();
  return {
    due,
    upgrades: others.length > 0,
    trigger: due ? [`${container} after ${versions.at(-1)}`, ...times, failed].join(", ") : last,
    versions,
  };
}

/**
 * The version that ran before, which stands in the trigger of an upgrade. An earlier one is what a host still has that was lost when
 * all others were upgraded.
 */
export const formerIn = (trigger: string): string => /^\S+ after ([^,]+),/.exec(trigger)?.[1] ?? "";
