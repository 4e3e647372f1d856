/** What a supervisor inside the container or unit says in its log, as parts of lines. */
export interface WatchedSupervisor {
  /**
   * What a line has that tells that the program it runs has ended.
   * @example "exited: "
   */
  ended: string;
  /**
   * What a line has that tells that it does not start the program any more. Of containers only.
   * @default none
   * @example "entered FATAL state"
   */
  gaveUp?: string;
}

/**
 * What is behind that which is waited for; exactly one of `container` and `unit`. An error then tells where it logs and what it
 * logged last, without secrets of its environment. And the wait ends early where it can only fail: after three endings and a
 * quarter of the time when it goes on restarting, when its supervisor has given up, or when it is stopped for ten seconds; not
 * before a repair has been tried, but for the first.
 */
export interface Watched {
  /**
   * Name of the container.
   * @default none
   * @example "obodc"
   */
  container?: string;
  /**
   * Name of the systemd unit.
   * @default none
   * @example "obproxy.service"
   */
  unit?: string;
  /**
   * Log files on the host beside the log of the container or unit, the most telling one first. The ends of two are shown.
   * @default []
   * @example ["/var/log/odc/odc.log"]
   */
  logFiles?: string[];
  /**
   * What a supervisor inside it logs; without, the restarts by Docker or systemd count alone.
   * @default none
   */
  supervisor?: WatchedSupervisor;
}
