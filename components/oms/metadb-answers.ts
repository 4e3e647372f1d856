import type { MetaDbLook } from "../metadb/preflight";
import type { CmFound } from "./cm-plan";

/** Version of the schema, by OMS's own record; "unknown" where there is none. */
export interface OmsSchemaVersion {
  version: string;
}

/** How HA stands. */
export interface OmsHa {
  /** Whether OMS has its parameter; it takes a missing one for off. */
  row: boolean;
  enabled: boolean;
  /** Whether components would move to another host. */
  hostEnabled: boolean;
  /** Whether it was switched off here, and is to be switched on again. */
  switchedOff: boolean;
}

/** What switching HA came to. */
export interface OmsHaChange {
  enabled: boolean;
  /** Of `ha_off`: whether it was on, in this run or in one that did not come to its end. */
  switchedOff?: boolean;
  /** Of `ha_on`: whether it had been switched off, and now is on again. */
  switchedOn?: boolean;
  /** From how far back stores are fetched again since, in minutes. */
  refetchStoreIntervalMin?: number;
}

/** A host that the MetaDB has in the group of a region. */
export interface OmsHostRow {
  location: number;
  ip: string;
}

/** A heart beat of a supervisor or a component. */
export interface OmsTaskBeat {
  /** In which database it is. */
  database: string;
  ip: string;
  task: string;
  /** Seconds since. */
  age: number;
}

/** What a look at OMS's MetaDB tells beyond that at another one. */
export interface OmsLook extends MetaDbLook {
  /** What it has of regions and nodes, and how the last plan stands; missing where that could not be asked. */
  cm?: CmFound;
  /** Why not. */
  unasked?: string;
  /** Hosts in groups of regions that are no nodes of them. */
  strangers?: OmsHostRow[];
  /** What has had heart beats on these of late (IDLE_SECONDS), in all databases. */
  beating?: OmsTaskBeat[];
  /** Why some of it could not be asked. */
  unseen?: string;
}

/** Rows of a node that has left, that were deleted. */
export interface OmsHostRows {
  node: string;
  hosts: number;
  heartBeats: number;
}

/** What became of another address of a region's CM. */
export interface OmsMove {
  /** False where there is nothing to move: the region is new, or has the address. Else its row is gone, and it must be initialised. */
  moved: boolean;
  from?: string;
  to: string;
  /** The tables as they were. */
  backup?: string;
  /** The backup that took their place, as the former address is wanted again. */
  restored?: string;
}

/** What a move was taken back with. */
export interface OmsMoveBack {
  /** The backup; empty where no move was under way. */
  restored: string;
}

/** What the MetaDB has of the regions, where that is right. */
export interface OmsVerified {
  regions: {
    location: number;
    url: string;
    /** In the order of the configuration; of a lost one there may be nothing. */
    nodes: { ip: string; server: string; heartBeats: "alive" | "silent" }[];
  }[];
}
