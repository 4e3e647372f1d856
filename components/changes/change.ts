/** What becomes of a changed argument. */
export type Effect =
  /** Taken over while everything goes on; users notice nothing. */
  | "live"
  /** What runs reloads or is told, host by host; users notice nothing. */
  | "reload"
  /** What runs is replaced or restarted on one host after the other, each when the one before is well. */
  | "node by node"
  /** Node by node, and with data: some step is made with it, or has to be. */
  | "data step"
  /** Refused, before anything is changed. */
  | "refused";

/** What a change of one argument, or of all below it, does. */
export interface Change {
  effect: Effect;
  /** What exactly, or the reason and the way to go. */
  about: string;
  /** The argument tells the elements of a list apart, like `regions.location`: others are compared in those that stay. */
  identifies?: true;
  /** It counts while the part that it stands in is there: of one that comes or goes nothing is kept. */
  whileThere?: true;
}

/** The changes of a component's arguments by their paths, like `proxy.port`; one stands for all below it, too. */
export type Changes = Record<string, Change>;

export const live = (about = "taken over as it is; nothing is restarted"): Change => ({ effect: "live", about });
export const reload = (about = "nginx reloads, on one host after the other"): Change => ({ effect: "reload", about });
export const nodeByNode = (about: string): Change => ({ effect: "node by node", about });
export const dataStep = (about: string): Change => ({ effect: "data step", about });
export const refused = (about: string): Change => ({ effect: "refused", about });

/** The same of an argument that tells the elements of its list apart. */
export const identifying = (change: Change): Change => ({ ...change, identifies: true });

/** The same, of a part that may come and go. */
export const whileThere = (change: Change): Change => ({ ...change, whileThere: true });
