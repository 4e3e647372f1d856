import { sentence } from "../validation";
import { meansSame } from "./addresses";
import { IDLE_SECONDS, SILENT_SECONDS } from "./heart-beats";
import type { OmsMetaDb } from "./metadb";
import type { OmsHostRow, OmsLook, OmsTaskBeat } from "./metadb-answers";

/** A host that the MetaDB has in a region and that is no node of it: one that leaves, or one that was forgotten. */
export interface OmsStranger extends OmsHostRow {
  /** Whether its supervisor beats. */
  beats: boolean;
  /** Components that run there, by their own heart beats. */
  components: OmsTaskBeat[];
}

/** Which hosts these are, each once. The MetaDB knows addresses as they were written, so they are compared here. */
export function strangersOf({ strangers = [], beating = [] }: OmsLook, { regions }: OmsMetaDb): OmsStranger[] {
  const found = strangers.filter(
    ({ location, ip }, i) =>
      !regions.some((region) => region.location === location && region.nodes.some((node) => meansSame(node, ip))) &&
      strangers.findIndex((one) => one.location === location && one.ip === ip) === i,
  );
  return found.map((row) => {
    const own = regions.find(({ location }) => location === row.location)?.heartbeatDatabase;
    const isOf = (database: string): boolean =>
      own === undefined
        ? !regions.some(({ heartbeatDatabase }) => meansSame(heartbeatDatabase, database))
        : meansSame(own, database);
    const beats = beating.filter(({ database, ip }) => ip === row.ip && isOf(database));
    return {
      ...row,
      beats: beats.some(({ task, age }) => task === SUPERVISOR && age <= SILENT_SECONDS),
      components: beats.filter(({ task }) => task !== SUPERVISOR),
    };
  });
}

const SUPERVISOR = "supervisor";
/** How many components a message names. */
const NAMED = 10;

/** Why nodes cannot be removed now: a line for each on which components run. */
export const leavingProblems = (strangers: OmsStranger[]): string[] =>
  strangers
    .filter(({ components }) => components.length > 0)
    .map(({ location, ip, components }) => {
      const names = components.slice(0, NAMED).map(({ task, age }) => `${task} (${age} s ago)`);
      const rest = components.length > NAMED ? [`and ${components.length - NAMED} more`] : [];
      const count = components.length === 1 ? "1 component has" : `${components.length} components have`;
      return sentence(
        `region ${location}: ${ip} is no node of it any more, and ${count} had heart beats there in the last ${IDLE_SECONDS} s: ${[...names, ...rest].join(", ")}`,
        `stop the projects that use this node, or move their components to another one, on the console, and run this again ${IDLE_SECONDS} s later; or take the node back into regions`,
      );
    });

/** What is to be known of the others: a line each. */
export const strangerLines = (strangers: OmsStranger[], { databases: { cm } }: OmsMetaDb): string[] =>
  strangers
    .filter(({ components }) => components.length === 0)
    .map(({ location, ip, beats }) => {
      const row = `DELETE FROM ${cm}.host WHERE ip = '${ip}' AND resource_group_id IN (SELECT id FROM ${cm}.resource_group WHERE name = '${location}')`;
      return `region ${location}: the MetaDB has ${ip} (${beats ? "its supervisor beats" : "silent"}), which is no node of it; its row goes with the node where this run removes that, else ${beats ? "stop its container and " : ""}run there: ${row}`;
    });

export const unseenLine = (reason: string): string =>
  sentence(
    `whether components run on hosts that are no nodes any more could not be asked (${reason})`,
    "mend that, or see on the console that none run there before a node is removed",
  );
