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
  /** Directory of the four files, which the nodes write to. */
  config: string;
  logs: string;
  /** Directory of what root alone writes. */
  scripts: string;
  /** Script that ends the data and compute nodes of the host. */
  stopNodes: string;
  /** Directory of the backups. */
  backups: string;
}

/**
 * @param name of the deployment; others on the same host have nothing in common with it.
 * @param given directories that arguments name.
 */
export function instanceOf(
  name: string,
  given: { directory?: string | undefined; backups?: string | undefined } = {},
): Instance {
  const id = `dolphin-${name}`;
  const directory = given.directory ?? `/var/lib/${id}`;
  return {
    name,
    user: id,
    units: { controller: `dbha-${id}-controller`, agent: `dbha-${id}-agent`, nodes: `dbha-${id}-nodes` },
    package: `/opt/dbha/${id}`,
    server: `/opt/dbha/${id}/server`,
    license: `/opt/dbha/${id}/server/dolphindb.lic`,
    directory,
    config: `${directory}/config`,
    logs: `${directory}/log`,
    scripts: `/etc/dbha/${id}`,
    stopNodes: `/etc/dbha/${id}/stop-nodes`,
    backups: given.backups ?? `/var/backups/${id}`,
  };
}
