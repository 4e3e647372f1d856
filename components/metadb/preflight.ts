import type * as pulumi from "@pulumi/pulumi";
import { getHealth } from "../../provider/resources";
import type { Host } from "../host";
import { sentence } from "../validation";
import { renderMetaDbScript } from "./script";
import type { MetaDbConnection } from "./types";

/** What nodes ask of their MetaDB. */
export interface MetaDbDemands {
  metaDb: MetaDbConnection;
  /** Databases that must be there, by the argument that names each. */
  databases: Record<string, string>;
  /** Connections that a node takes. */
  connectionsPerNode: number;
  /** A database that is not there is made, where the user may make it. */
  makesDatabases?: boolean;
}

/** What a look at the MetaDB from the host that backs it up tells: the answers of the script's procedure `look`. */
export interface MetaDbLook {
  /** Client tools that the host lacks, as "neither … nor …". */
  lacks?: string;
  /** What the client said when it could not ask. */
  error?: string;
  /** What it said of databases that it could not ask. */
  refusals?: { database: string; error: string }[];
  /** By which account the server knows the user, as user@host. */
  account?: string;
  /** How far the server's time zone is ahead of UTC. */
  utcOffsetMinutes?: number;
  /** Its clock minus that of the host, as far as they differ by more than the question took. */
  clockSkewMs?: number;
  /** Limit of connections, in OceanBase of the tenant. */
  max_connections?: number;
  /** Limit of the user's connections; 0 or missing is none. */
  max_user_connections?: number;
  /** Connections there are. */
  Threads_connected?: number;
  /** Those of the nodes' own user among them. */
  own?: number;
}

/** A node's host and how it saw the MetaDB's port: undefined when it answers. */
export interface Reach {
  host: string;
  problem?: string;
}

/**
 * Asks all hosts at once whether they reach the MetaDB, and the first whether there is room; in preview too.
 * @param script with the procedure `look`, where that is to tell more.
 */
export async function askMetaDb(
  hosts: Host[],
  { metaDb, databases }: MetaDbDemands,
  parent: pulumi.Resource,
  script = renderMetaDbScript({ metaDb, databases: Object.values(databases), directory: "", name: "" }, ["look"]),
): Promise<{ reach: Reach[]; look: MetaDbLook }> {
  const [first] = hosts as [Host];
  const tcp = { address: metaDb.host, port: metaDb.port };
  const looking = getHealth(
    { host: first.data, command: `set -- look\n${script}`, extract: { facts: "" } },
    { parent },
  );
  const reaching = hosts.map(async (host): Promise<Reach> => {
    const { healthy, detail } = await host.answered(getHealth({ host: host.data, tcp }, { parent }));
    return { host: host.hostName, ...(!healthy && { problem: detail }) };
  });
  const [{ healthy, values, detail }, ...reach] = await Promise.all([first.answered(looking), ...reaching]);
  const look = healthy ? (JSON.parse(values.facts ?? "{}") as MetaDbLook) : { error: detail };
  return { reach, look };
}

/** What keeps nodes from working with the MetaDB: a line for each problem, as host, what was found, rule and fix. */
export function metaDbProblems(reach: Reach[], look: MetaDbLook, demands: MetaDbDemands): string[] {
  const { metaDb, connectionsPerNode } = demands;
  const unreached = reach.flatMap(({ host, problem }) => {
    if (problem === undefined) return [];
    const { host: address, port } = metaDb;
    const fix = "mend metaDb.host and metaDb.port, or the network and firewalls between";
    return [`host ${host}: ${sentence(`does not reach the MetaDB at ${address} port ${port}: ${problem}`, fix)}`];
  });
  const [first] = reach as [Reach];
  const { lacks, error, refusals = [] } = look;
  const asked = [
    ...(lacks === undefined ? [] : [lacksProblem(lacks)]),
    ...(error === undefined || first.problem !== undefined ? [] : [loginProblem(error, metaDb.username)]),
    ...refusals.flatMap(({ database, error }) => databaseProblems(database, error, look, demands)),
    ...roomProblems(look, connectionsPerNode, reach.length),
  ];
  return [...unreached, ...asked.map((problem) => `host ${first.host}: ${problem}`)];
}

const lacksProblem = (lacks: string): string =>
  sentence(
    `has ${lacks}, and the MetaDB is backed up from there before an upgrade`,
    "install MySQL's or MariaDB's client tools (Debian: mariadb-client)",
  );

/** Databases that are not there and that the user may make, where they are to be made. */
export const databasesToMake = ({ refusals = [] }: MetaDbLook): string[] =>
  refusals.flatMap(({ database, error }) => (codeOf(error) === "1049" ? [database] : []));

/** The code is that of the server: 1044 where the user has no right to a database of that name, whether there is one or not. */
const codeOf = (error: string): string | undefined => /^ERROR (\d+)/.exec(error)?.[1];

const loginProblem = (error: string, username: string): string =>
  codeOf(error) === "1045"
    ? sentence(`the MetaDB refuses user ${username} with this password`, "mend metaDb.username or metaDb.password")
    : unlikely(error);

/** What the client said where nobody knows why. */
export const unlikely = (error: string): string =>
  sentence(`the MetaDB cannot be asked (${error})`, "see the client's message, and mend metaDb or the database");

function databaseProblems(database: string, error: string, look: MetaDbLook, demands: MetaDbDemands): string[] {
  const { metaDb, databases, makesDatabases = false } = demands;
  const argument = Object.keys(databases).find((name) => databases[name] === database);
  switch (codeOf(error)) {
    case "1044":
      return [
        makesDatabases
          ? sentence(
              `the MetaDB has no database ${database} that user ${metaDb.username} may use, and lets it make none`,
              `run there as an administrator: ${rightTo(database, look.account)}`,
            )
          : sentence(
              `the MetaDB does not let user ${metaDb.username} into the database ${database}`,
              `grant it all privileges on ${database}`,
            ),
      ];
    case "1049":
      return makesDatabases
        ? []
        : [sentence(`the MetaDB has no database ${database}`, `create it, or mend ${argument}`)];
    default:
      return [unlikely(error)];
  }
}

/** The statements by which an administrator makes a database for an account. */
function rightTo(database: string, account = "%"): string {
  const at = account.lastIndexOf("@");
  const user = `'${account.slice(0, at)}'@'${account.slice(at + 1)}'`;
  return `CREATE DATABASE IF NOT EXISTS ${database} DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci; GRANT ALL PRIVILEGES ON ${database}.* TO ${user};`;
}

/** The connections of other clients stay; those of the nodes' own user are theirs, or give way to theirs. */
function roomProblems(look: MetaDbLook, perNode: number, nodes: number): string[] {
  const { max_connections: limit, max_user_connections: ofUser = 0, Threads_connected: all = 0, own = 0 } = look;
  if (limit === undefined) return [];
  const needed = perNode * nodes;
  const others = Math.max(0, all - own);
  const takes = `${nodes === 1 ? "the node takes" : `the ${nodes} nodes take`} ${needed}`;
  if (limit - others < needed)
    return [
      sentence(
        `the MetaDB allows ${limit} connections, of which others have ${others}, and ${takes}`,
        `set max_connections there to ${others + needed} at least`,
      ),
    ];
  if (ofUser > 0 && ofUser < needed)
    return [
      sentence(
        `the MetaDB allows ${ofUser} connections of one user, and ${takes}`,
        `set max_user_connections there to ${needed} at least`,
      ),
    ];
  return [];
}
