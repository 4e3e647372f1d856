/** What the engine writes before a node ends, or refuses to do something, and what is behind it. */
const REASONS: readonly [said: RegExp, reason: string, fix: string][] = [
  [
    /(?:Failed to bind the socket on|failed to try bind) port (\d+) with error code 98/,
    "another program has port $1, or the former process, which writes what it has in memory before it ends",
    "see who listens there (ss -ltnp), and end it or give the node another port",
  ],
  [
    /Failed to load the (?:nodes|configuration) file \[([^\]]*)\] with error: The input file is empty/,
    "$1 is empty, or its first line is",
    "delete the line, and start the controller",
  ],
  [
    /Failed to load the (?:nodes|configuration) file \[([^\]]*)\]/,
    "$1 cannot be read",
    "see its owner and mode, and run up again",
  ],
  [/license has expired/i, "the licence is over", "give a later one in license"],
  [
    /Invalid license file|license format is out of date|license file \[[^\]]*\] doesn't exist/i,
    "its dolphindb.lic is none for this server",
    "give the text of the file that the vendor sent in license",
  ],
  [
    /exceeds the max number of nodes/,
    "the licence is for fewer nodes than cluster.nodes has",
    "describe fewer, or ask for another licence",
  ],
  [
    /node aliases and macro variables <ALIAS>/,
    "cluster.cfg has a parameter of one alias with <ALIAS> in it",
    "write the alias itself",
  ],
  [/data node must be in HA mode too/, "dfsReplicationFactor is 1", "give 2 or more"],
  [
    /can't exceed 50% of maxMemSize/,
    "from 3.00.5 on a cache engine has at most half of maxMemSize",
    "lower the cache, or raise maxMemSize",
  ],
  [
    /\braft\b.*\bcorrupt/i,
    "files of the Raft group are damaged on this controller",
    'while another one leads, go by "Raft files of a controller that are damaged" in docs/dolphin-ha.md',
  ],
  [
    /Failed to decrypt the message by RSA public key/,
    "controllers have keys of different origin",
    "remove the directory keys of every controller's home, and restart them one after the other",
  ],
  [
    /Can't recognize function/i,
    "a module or plugin that has it was not loaded before (preloadModules), or is not in this version's package",
    "name it in preloadModules, or take it out of the start script",
  ],
  [/S00006/, "the node has as many connections as maxConnections allows", "close some, or raise it"],
];

/**
 * What is behind the last line of a log that the engine is known to write when something is wrong, in words; undefined where there is none.
 * @param log the lines, the latest last
 */
export function reasonIn(log: readonly string[]): string | undefined {
  for (const line of log.toReversed())
    for (const [said, reason, fix] of REASONS) {
      const found = said.exec(line);
      if (found !== null) return `${reason.replace("$1", found[1] ?? "")}; fix: ${fix}`;
    }
  return undefined;
}
