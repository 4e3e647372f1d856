import type * as pulumi from "@pulumi/pulumi";
import { getHealth } from "../../provider/resources";
import type { Host } from "../host";
import { shellWord } from "../shell-word";
import { initialisedCommand, servicesCommand } from "./services";

/** The labels by which containers of a deployment are found, and their version is known. */
export const OMS_LABEL = "dbha.oms";
export const VERSION_LABEL = "dbha.oms.version";

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
  /** Whether the wanted container is initialised, to the end, and all services run in it. */
  healthy: boolean;
}

/** What a host says of a deployment's containers: JSON, one entry each. */
const containersCommand = (name: string): string => `
ids=$(docker ps -aq --no-trunc --filter ${shellWord(`label=${OMS_LABEL}=${name}`)}) || exit 1
printf '{"containers":['
comma=
for id in $ids; do
  docker inspect --format "$comma"'{"name":{{json .Name}},"running":{{json .State.Running}},"started":{{json .State.StartedAt}},"version":{{json (index .Config.Labels "${VERSION_LABEL}")}},"env":{{json .Config.Env}}}' "$id" |
    sed 's/"env":.*"IS_UPGRADE=true".*/"isUpgrade":true}/; s/"env":.*/"isUpgrade":false}/'
  comma=,
done
printf ']}'
`;

/** Asks a host for its containers of a deployment, in preview too. @throws pulumi.ResourceError when it cannot be reached */
export async function askNode(name: string, host: Host, container: string, parent: pulumi.Resource): Promise<LiveNode> {
  const ask = (command: string, extract = {}) =>
    host.answered(getHealth({ host: host.data, command, extract }, { parent }));
  const [listed, services] = await Promise.all([
    ask(containersCommand(name), { containers: "/containers" }),
    // services run from the fourth step of an initialisation on
    ask(`${initialisedCommand(container)} || exit 1\n${servicesCommand(container)}`),
  ]);
  const containers = JSON.parse(listed.values.containers ?? "[]") as LiveContainer[];
  return {
    host: host.hostName,
    containers: containers.map((one) => ({ ...one, name: one.name.replace(/^\//, "") })),
    healthy: services.healthy,
  };
}
