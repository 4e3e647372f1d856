/** Names and paths of one deployment on its hosts. */
export interface Instance {
  name: string;
  /** The unit, without its suffix. */
  unit: string;
  /** The user that watchdog and proxy run as. */
  user: string;
  /** Directory of the watchdog and of the options of the first start. */
  config: string;
  script: string;
  options: string;
  /** Directory of the package: versions, and the link `current`. */
  package: string;
  /** Directory in which the proxy keeps etc/ and log/. */
  directory: string;
  /** Directory below /run. */
  runtime: string;
}

/** @param name of the deployment; others on the same host have nothing in common with it. */
export function instanceOf(name: string): Instance {
  const id = `odp-${name}`;
  const config = `/etc/dbha/${id}`;
  return {
    name,
    unit: `dbha-${id}`,
    user: id,
    config,
    script: `${config}/watchdog`,
    options: `${config}/first-options`,
    package: `/opt/dbha/${id}`,
    directory: `/var/lib/${id}`,
    runtime: `dbha-${id}`,
  };
}
