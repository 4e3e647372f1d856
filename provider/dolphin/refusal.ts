/** What a node answered in place of a value. */
export class DolphinRefused extends Error {
  constructor(
    /** The engine's own words, on one line. */
    readonly said: string,
  ) {
    super(said);
    this.name = "DolphinRefused";
  }
}

/** Where the leader is, as a controller that is not tells it. */
export interface LeaderSite {
  host: string;
  port: number;
  /** Missing where a client cut it off. */
  alias?: string;
}

/** The leader that a refusal names, `<NotLeader>host:port[:alias]`; undefined for any other one. */
export function leaderIn(said: string): LeaderSite | undefined {
  const [, host = "", port = "", alias] = /<NotLeader>\s*([^\s:]+):(\d{1,5})(?::([^\s:]+))?/.exec(said) ?? [];
  if (host === "") return undefined;
  return { host, port: Number(port), ...(alias !== undefined && { alias }) };
}

/** Words of refusals that another attempt may overcome: a leader is elected, or a node starts. */
const PASSING = [
  "<NotLeader>",
  "<ControllerNotReady>",
  "<DataNodeNotAvail>",
  "no leader hint available",
  "not ready for service yet",
  // what a node says while it flushes for its end
  "S00005",
  // a new leader waits for the transactions of the one before
  "S01076",
];

/** Whether a refusal is one of a moment. */
export const isPassing = (said: string): boolean => PASSING.some((words) => said.includes(words));
