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

/** What stack dev tells of one component. */
interface Component {
  url: string;
  nodes: Instance[];
  proxies: Instance[];
}

/** The outputs of a stack as a table, what another MetaDB than the real one means, and a command that shows that it serves. */
export function summary(outputs: Record<string, Component>, metadb: MetadbServer): string {
  const table = new Table({
    head: ["component", "host", "endpoint", "version", "health"],
    style: { head: [], border: [] },
  });
  for (const [name, { nodes, proxies }] of Object.entries(outputs)) {
    for (const node of nodes) table.push([`${name} node`, node.host, node.endpoint, node.version, node.health]);
    for (const proxy of proxies) table.push([`${name} proxy`, proxy.host, proxy.endpoint, proxy.version, proxy.health]);
  }
  const urls = Object.values(outputs).map((component) => `  curl -s ${component.url}api/v2/info`);
  const warning = metadb.remark === "" ? "" : `The MetaDB is ${metadb.name}${metadb.remark}.\n\n`;
  return `${table.toString()}\n\n${warning}Try it (ODC is a stand-in here, the rest is real):\n${urls.join("\n")}\n`;
}

async function main(): Promise<void> {
  const names = objectNames("demo", labPaths("demo").directory);
  const server = (await serverOf(dockerClient(), { names })) ?? OCEANBASE;
  process.stdout.write(summary(JSON.parse(await text(process.stdin)) as Record<string, Component>, server));
}

if (require.main === module) void main();
