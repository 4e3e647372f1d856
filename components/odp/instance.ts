/** Names and paths of one deployment on its hosts. */
export interface Instance {
  name: string;
  /** The unit, without its suffix, and its directory below /run; or the container. */
  unit: string;
  /** The user that watchdog and proxy run as. */
  user: string;
  /** Directory of the watchdog and of the options of the first start. */
  config: string;
  script: string;
  options: string;
  /** Where our archives are unpacked: versions, and the link `current`. */
  package: string;
  /** The package in use, or the directory of the image, with bin/obproxy. */
  home: string;
  /** Directory in which the proxy keeps etc/ and log/. */
  directory: string;
  /** The cached RS list of a config server. */
  rsList: string;
  /** Name of the nginx container. */
  nginx: string;
}

/**
 * @param name of the deployment; others on the same host have nothing in common with it.
 * @param nginx name of the nginx container, when it is given.
 * @param home directory of bin/obproxy on the hosts or in the image, unless it comes from our archive.
 * @param there user and directory that the hosts have already.
 */
export function instanceOf(
  name: string,
  nginx = `${name}-nginx`,
  home?: string,
  there: { user?: string; dataDirectory?: string } = {},
): Instance {
  const id = `odp-${name}`;
  const config = `/etc/dbha/${id}`;
  const directory = there.dataDirectory ?? `/var/lib/${id}`;
  const base = `/opt/dbha/${id}`;
  return {
    name,
    unit: `dbha-${id}`,
    user: there.user ?? id,
    config,
    script: `${config}/watchdog`,
    options: `${config}/first-options`,
    package: base,
    home: home ?? `${base}/current`,
    directory,
    rsList: `${directory}/etc/obproxy_rslist_info.json`,
    nginx,
  };
}
