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
}

/** What a look at the MetaDB from the host that backs it up tells: the answers of the script's procedure `look`. */
export interface MetaDbLook {
  /** Client tools that the host lacks, as "neither … nor …". */
  lacks?: string;
  /** What the client said when it could not ask. */
  error?: string;
  /** The database that it could not ask; the first one when left out. */
  database?: string;
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

/** Asks all hosts at once whether they reach the MetaDB, and the first whether there is room; in preview too. */
export async function askMetaDb(
  hosts: Host[],
  { metaDb, databases }: MetaDbDemands,
  parent: pulumi.Resource,
): Promise<{ reach: Reach[]; look: MetaDbLook }> {
  const [first] = hosts as [Host];
  const tcp = { address: metaDb.host, port: metaDb.port };
  const script = renderMetaDbScript({ metaDb, databases: Object.values(databases), directory: "", name: "" });
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
  const { lacks, error } = look;
  const asked = [
    ...(lacks === undefined ? [] : [lacksProblem(lacks)]),
    ...(error === undefined || first.problem !== undefined ? [] : [refusalProblem(error, look.database, demands)]),
    ...roomProblems(look, connectionsPerNode, reach.length),
  ];
  return [...unreached, ...asked.map((problem) => `host ${first.host}: ${problem}`)];
}

const lacksProblem = (lacks: string): string =>
  sentence(
    `has ${lacks}, and the MetaDB is backed up from there before an upgrade`,
    "install MySQL's or MariaDB's client tools (Debian: mariadb-client)",
  );

function refusalProblem(error: string, refused: string | undefined, { metaDb, databases }: MetaDbDemands): string {
  const { username } = metaDb;
  const [first] = Object.values(databases);
  const database = refused ?? first;
  const argument = Object.keys(databases).find((name) => databases[name] === database);
  switch (/^ERROR (\d+)/.exec(error)?.[1]) {
    case "1045":
      return sentence(
        `the MetaDB refuses user ${username} with this password`,
        "mend metaDb.username or metaDb.password",
      );
    case "1044":
      return sentence(
        `the MetaDB does not let user ${username} into the database ${database}`,
        `grant it all privileges on ${database}`,
      );
    case "1049":
      return sentence(`the MetaDB has no database ${database}`, `create it, or mend ${argument}`);
    default:
      return sentence(
        `the MetaDB cannot be asked (${error})`,
        "see the client's message, and mend metaDb or the database",
      );
  }
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
