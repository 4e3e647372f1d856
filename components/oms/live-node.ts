import type * as pulumi from "@pulumi/pulumi";
import { getHealth } from "../../provider/resources";
import type { Host } from "../host";
import { shellWord } from "../shell-word";
import { ownAssignments, ownContainers, VERSION_LABEL, type OwnContainers } from "./own-containers";
import { servesCommand } from "./services";
import { versionInName } from "./versions";

/** A container of a deployment as it is before this run changes anything. */
export interface LiveContainer {
  name: string;
  /** Version of OMS in it. */
  version: string;
  running: boolean;
  /** When it was started last, as Docker writes it. */
  started: string;
  /** Whether it was made to take over what another version left (IS_UPGRADE). */
  isUpgrade: boolean;
}

/** A node as it is before this run changes anything. */
export interface LiveNode {
  /** Name of its host. */
  host: string;
  containers: LiveContainer[];
  /** The CM's address in its config.yaml; empty where there is none. */
  cmUrl: string;
  /** Whether the wanted container is initialised, to the end, and all services run in it. */
  healthy: boolean;
}

/** What tells a deployment's containers, and the one that it is to take over although it was made by hand. */
export interface Asked extends OwnContainers {
  taken: string;
  /** Path of config.yaml. */
  configFile: string;
}

/** What a host says of a deployment: its containers, JSON, one entry each, and what stands in config.yaml, in whosever quotes. */
const listCommand = ({ taken, configFile, ...own }: Asked): string => `
${ownAssignments(own)}${ownContainers.only(["own"])}
names=$(own -a) || exit 1
printf '{"containers":['
comma=
for name in $(printf '%s\n' "$names" ${shellWord(taken)} | sort -u); do
  one=$(docker inspect --type container --format '{"name":{{json .Name}},"running":{{json .State.Running}},"started":{{json .State.StartedAt}},"version":{{json (index .Config.Labels "${VERSION_LABEL}")}},"env":{{json .Config.Env}}}' "$name" 2>/dev/null) || continue
  printf '%s' "$comma"
  printf '%s' "$one" | sed 's/"env":.*"IS_UPGRADE=true".*/"isUpgrade":true}/; s/"env":.*/"isUpgrade":false}/'
  comma=,
done
url=$(sed -n 's/^"*cm_url"*: *"*\\([^" \\]*\\)"* *$/\\1/p' ${shellWord(configFile)} 2>/dev/null | head -n 1)
printf '],"cmUrl":"%s"}' "$url"
`;

/** Asks a host for its containers of a deployment, in preview too. @throws pulumi.ResourceError when it cannot be reached */
export async function askNode(host: Host, container: string, asked: Asked, parent: pulumi.Resource): Promise<LiveNode> {
  const ask = (command: string, extract = {}) =>
    host.answered(getHealth({ host: host.data, command, extract }, { parent }));
  const [listed, services] = await Promise.all([
    ask(listCommand(asked), { containers: "/containers", cmUrl: "/cmUrl" }),
    ask(servesCommand(container)),
  ]);
  const containers = JSON.parse(listed.values.containers ?? "[]") as LiveContainer[];
  return {
    host: host.hostName,
    containers: containers.map(({ version, ...one }) => {
      const name = one.name.replace(/^\//, "");
      // one that was made by hand has the name that its version would give it, which is looked at when it is taken over
      return { ...one, name, version: version || (versionInName(name, asked.prefix) ?? "") };
    }),
    cmUrl: listed.values.cmUrl ?? "",
    healthy: services.healthy,
  };
}

/** Hosts on which the wanted container is initialised, and all services run in it. */
export async function servingOf(nodes: Map<Host, Promise<LiveNode>>): Promise<Host[]> {
  const asked = await Promise.all([...nodes].map(async ([host, node]) => ((await node).healthy ? [host] : [])));
  return asked.flat();
}
