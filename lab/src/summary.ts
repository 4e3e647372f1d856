import { text } from "node:stream/consumers";
import Table from "cli-table3";
import { dockerClient } from "./docker";
import { OCEANBASE, serverOf, type MetadbServer } from "./metadb-server";
import { objectNames } from "./name";
import { labPaths } from "./paths";

interface Instance {
  host: string;
  endpoint: string;
  version: string;
  health: string;
}

interface DolphinNode extends Omit<Instance, "health"> {
  kind: string;
  state: string;
}

/** What stack dev tells of its components. */
export interface StackOutputs {
  odc: { url: string; nodes: Instance[]; proxies: Instance[] };
  odp: { nodes: Instance[] };
  oms: { url: string; nodes: Instance[] };
  dolphin: { urls: string[]; nodes: DolphinNode[] };
}

const DOLPHIN_KINDS = { controller: "controller", agent: "agent", datanode: "data node", computenode: "compute node" };

/** The outputs of a stack as a table, what another MetaDB than the real one means, and commands that show that it serves. */
export function summary(outputs: StackOutputs, metadb: MetadbServer): string {
  const table = new Table({
    head: ["component", "host", "endpoint", "version", "health"],
    style: { head: [], border: [] },
  });
  for (const [what, all] of groups(outputs)) {
    const column = (name: keyof Instance): string => all.map((instance) => instance[name]).join("\n");
    table.push([what, column("host"), column("endpoint"), column("version"), column("health")]);
  }
  const warning = metadb.remark === "" ? "" : `The MetaDB is ${metadb.name}${metadb.remark}.\n\n`;
  const standIns = "Try it (the four are stand-ins here, the rest is real)";
  const lines = urlsOf(outputs).map((url) => `  curl -s ${url}\n`);
  return `${table.toString()}\n\n${warning}${standIns}:\n${lines.join("")}`;
}

function groups({ odc, odp, oms, dolphin }: StackOutputs): [what: string, instances: Instance[]][] {
  const ofKind = (wanted: string): Instance[] =>
    dolphin.nodes.filter(({ kind }) => kind === wanted).map(({ state, ...node }) => ({ ...node, health: state }));
  return [
    ["odc node", odc.nodes],
    ["odc proxy", odc.proxies],
    ["odp proxy", odp.nodes],
    ["oms node", oms.nodes],
    ...Object.entries(DOLPHIN_KINDS).map(([kind, name]): [string, Instance[]] => [`dolphin ${name}`, ofKind(kind)]),
  ];
}

/** Where each component says that it serves: ODC by nginx, a proxy's metrics, OMS by its virtual IP, the web interface of DolphinDB. */
function urlsOf({ odc, odp, oms, dolphin }: StackOutputs): string[] {
  const [proxy] = odp.nodes;
  const metrics = `http://${proxy?.endpoint.replace(/:\d+$/, ":2884")}/metrics`;
  return [`${odc.url}api/v2/info`, metrics, `${oms.url}oms/health`, dolphin.urls[0] ?? ""];
}

/** Prints the table of the outputs on standard input, as JSON, for the lab of `make demo`. */
export async function summarize(): Promise<void> {
  const names = objectNames("demo", labPaths("demo").directory);
  const server = (await serverOf(dockerClient(), { names })) ?? OCEANBASE;
  process.stdout.write(summary(JSON.parse(await text(process.stdin)) as StackOutputs, server));
}
