import { posix } from "node:path";
import type { DolphinSettings } from "./schema";

/** Names and paths of one deployment on its hosts. */
export interface Instance {
  name: string;
  /** The user that all nodes run as. */
  user: string;
  /** The units, without their suffix. */
  units: { controller: string; agent: string; nodes: string };
  /** Where packages are unpacked: versions, and the link `current`. */
  package: string;
  /** The directory that nodes run from: `dolphindb` of the package in use, links to the rest of it, and the licence. */
  server: string;
  license: string;
  /** The nodes' home: each has a directory of its alias in it. */
  directory: string;
  /** The directory that controllers and agents start in. */
  work: string;
  /** Directory of the four files, which the nodes write to. */
  config: string;
  logs: string;
  /** Directory of what root alone writes. */
  scripts: string;
  /** Script that ends the data and compute nodes of the host. */
  stopNodes: string;
  /** Directory of the backups. */
  backups: string;
  /** Of a cluster that was made by hand: the directory of its program and licence, and the script that finds processes that run. */
  byHand?: { server: string; license: string; run: string };
}

/** Directories that arguments name. */
export interface GivenPlaces {
  directory?: string | undefined;
  backups?: string | undefined;
  clusterDemo?: { directory: string; user: string } | undefined;
}

/** Which of its places the arguments of a deployment name. */
export const givenPlaces = ({
  directory,
  backup,
  clusterDemo,
}: Pick<DolphinSettings<unknown>, "directory" | "backup" | "clusterDemo">): GivenPlaces => ({
  ...{ directory, backups: backup.directory, clusterDemo },
});

/**
 * @param name of the deployment; others on the same host have nothing in common with it.
 * @param given directories that arguments name.
 */
export function instanceOf(name: string, given: GivenPlaces = {}): Instance {
  const id = `dolphin-${name}`;
  const { clusterDemo } = given;
  const work = clusterDemo?.directory ?? given.directory ?? `/var/lib/${id}`;
  const scripts = `/etc/dbha/${id}`;
  return {
    name,
    user: clusterDemo?.user ?? id,
    units: { controller: `dbha-${id}-controller`, agent: `dbha-${id}-agent`, nodes: `dbha-${id}-nodes` },
    package: `/opt/dbha/${id}`,
    server: `/opt/dbha/${id}/server`,
    license: `/opt/dbha/${id}/server/dolphindb.lic`,
    directory: clusterDemo === undefined ? work : `${work}/data`,
    work,
    config: `${work}/config`,
    logs: `${work}/log`,
    scripts,
    stopNodes: `${scripts}/stop-nodes`,
    backups: given.backups ?? `/var/backups/${id}`,
    ...(clusterDemo && { byHand: byHandAbove(work, scripts) }),
  };
}

/** The vendor's package has clusterDemo in the directory of its program. */
function byHandAbove(clusterDemo: string, scripts: string): NonNullable<Instance["byHand"]> {
  const server = posix.dirname(clusterDemo);
  return { server, license: `${server}/dolphindb.lic`, run: `${scripts}/run` };
}
