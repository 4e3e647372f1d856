import { HOSTS, type Deployment } from "../../report/deployments";
import type { State } from "../state/state";
import {
  certificatesIn,
  lastBackup,
  licenseOf,
  metadataBackupOf,
  type Backup,
  type Certificate,
  type License,
  type MetadataBackup,
} from "./ends";
import { partsOf, type Part } from "./parts";
import { hostsOfStack, isSeen, placedIn, type ModelHost, type Placed } from "./placed";
import { serversIn, type Server } from "./servers";
import { shapeOf, type Backing } from "./shapes";
import { virtualIpsIn, type VirtualIp } from "./virtual-ips";

/** A deployment as the state has it. */
export interface ModelDeployment extends Deployment {
  title: string;
  clients: string;
  /** Where its clients go. */
  endpoints: string[];
  parts: Part[];
  virtualIps: VirtualIp[];
  certificates: Certificate[];
  /** What shows a certificate to its clients. */
  servers: Server[];
  license?: License;
  /** Its last backup; null where it makes some, and has none yet. */
  backup?: Backup | null;
  /** The last one of DolphinDB's metadata. */
  metadataBackup?: MetadataBackup;
  /** URN of the resource that knows a DolphinDB cluster's nodes. */
  cluster?: string;
  backings: Backing[];
}

/** What a state says is deployed. */
export interface Model {
  state: State;
  hosts: ModelHost[];
  deployments: ModelDeployment[];
  /** What can be looked at: the plugin's resources and containers. */
  placed: Placed[];
}

export function modelOf(state: State): Model {
  const placed = placedIn(state.resources);
  const hosts = hostsOfStack(placed);
  const deployments = [...new Set(placed.map(({ deployment }) => deployment))]
    .map((deployment) => deploymentFrom(deployment, placed, hosts))
    .filter(isShown)
    .sort((one, other) => rank(one) - rank(other) || one.name.localeCompare(other.name, "en", { numeric: true }));
  return { state, hosts, deployments, placed: placed.filter(({ resource }) => isSeen(resource)) };
}

const TYPES = ["OdcHaDeployment", "OdpWithWatchdog", "OmsMultiNode", "DolphinHaCluster", "LoadBalancer", "VirtualIp"];
const rank = ({ type }: Deployment): number => (TYPES.includes(type) ? TYPES.indexOf(type) : TYPES.length);

const isShown = ({ parts, certificates, backup, type }: ModelDeployment): boolean =>
  type !== HOSTS.type && (parts.length > 0 || certificates.length > 0 || backup !== undefined);

function deploymentFrom(deployment: Deployment, all: Placed[], hosts: ModelHost[]): ModelDeployment {
  const own = all.filter((one) => one.deployment === deployment);
  const component = own.find(
    ({ resource, name }) => resource.type === `dbha:index:${deployment.type}` && name === deployment.name,
  );
  const { inputs = {}, outputs = {} } = component?.resource ?? {};
  const { title, clients, backings } = shapeOf(deployment);
  const parts = partsOf(deployment, own, outputs, hosts);
  return {
    ...deployment,
    name: nameOf(deployment),
    ...{ title, clients, endpoints: endpointsIn(outputs), backings: backings(inputs) },
    parts,
    virtualIps: virtualIpsIn(own),
    certificates: certificatesIn(own),
    servers: serversIn(own, parts, hosts, all),
    license: licenseOf(own),
    backup: lastBackup(own, outputs),
    metadataBackup: metadataBackupOf(own),
    cluster: own.find(({ resource }) => resource.type === "dbha:index:DolphinNodes")?.resource.urn,
  };
}

/** Outputs by which components tell where their clients go. */
function endpointsIn({ url, endpoint, urls, address }: Record<string, unknown>): string[] {
  const all: unknown[] = Array.isArray(urls) ? urls : [url ?? endpoint ?? address];
  return all.filter((one): one is string => typeof one === "string" && one !== "");
}

/** What a deployment is called; empty of what no component has made. */
export const nameOf = ({ type, name }: Deployment): string => (type === "" || type === HOSTS.type ? "" : name);
