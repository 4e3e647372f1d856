import * as pulumi from "@pulumi/pulumi";
import { type DolphinClusterSeen, getDolphinCluster, getHealth } from "../../provider/resources";
import { describe, type Difference } from "../adopt/differences";
import { living, type Host } from "../host";
import { settled } from "../output-value";
import { clusterCfgDifferences, type OwnFile, rowDifferences } from "./adopt-cfg";
import { clusterDifferences, hostDifferences, notOne, type WantedOnHost } from "./adopt-differences";
import { foundParts, type FoundOnHost, looksForNodes, meant, parseFound } from "./adopt-found";
import { agentLines } from "./agent-cfg";
import type { DolphinCluster } from "./cluster";
import { clusterLines } from "./cluster-cfg";
import { controllerLines } from "./controller-cfg";
import { agentCfg, controllerCfg } from "./host-files";
import { only } from "./layout";
import { parameterSettings } from "./parameter-schema";

/** Seconds that a look waits for a cluster that is to serve already. */
const LOOK = 20;

/** What is taken over. */
export interface Adopted {
  hosts: Host[];
  problems: string[];
}

const none: Adopted = { hosts: [], problems: [] };

/**
 * Looks at the nodes that the deployment is to take over, and tells which it does. Controllers and agents are found by the script of their
 * units when it starts; data and compute nodes belong to the leader. So nothing is done here.
 * @returns the hosts whose nodes are taken over now, and all in which these are not what the arguments say, a line each
 */
export async function lookToAdopt(cluster: DolphinCluster, parent: pulumi.Resource): Promise<Adopted> {
  if (!cluster.settings.adopt) return none;
  const hosts = living(cluster.hosts);
  const found = await Promise.all(hosts.map((host) => ask(host, cluster, parent)));
  const coming = hosts.flatMap((host, i) => {
    const there = found[i] as FoundOnHost;
    return there.known ? [] : [{ host, there }];
  });
  if (coming.length === 0) return none;
  const [license, seen] = await Promise.all([
    settled(pulumi.output(cluster.settings.license)),
    askCluster(cluster, parent),
  ]);
  const here = coming.map(({ host, there }) => onHost(host, there, wantedOn(host, cluster, license)));
  const whole = wholeCluster(seen, cluster);
  const problems = [...here.flatMap(({ problems }) => problems), ...whole.map(describe)];
  const adopted = { hosts: coming.map(({ host }) => host), problems };
  if (problems.length > 0) return adopted;
  for (const { told } of here) void pulumi.log.info(`DolphinDB ${cluster.name} ${told}`, parent);
  if (seen.login === "builtIn")
    void pulumi.log.info(
      `DolphinDB ${cluster.name}: admin has the engine's own password, which everybody knows, and gets adminPassword`,
      parent,
    );
  return adopted;
}

async function ask(host: Host, cluster: DolphinCluster, parent: pulumi.Resource): Promise<FoundOnHost> {
  const command = looksForNodes(cluster.instance, cluster.unitsOn(host));
  const question = { host: host.data, command, extract: foundParts };
  return parseFound((await host.answered(getHealth(question, { parent }))).values);
}

async function askCluster(cluster: DolphinCluster, parent: pulumi.Resource): Promise<DolphinClusterSeen> {
  const password = await settled(pulumi.output(cluster.settings.adminPassword));
  const hosts = cluster.hosts.map((host) => {
    const controller = cluster.controllerOn(host);
    const address = (controller ?? cluster.on(host)[0])?.host ?? host.address;
    const at = controller && { controller: { alias: controller.alias, port: controller.port } };
    return { host: host.data, address, ...at };
  });
  const question = { hosts, https: cluster.https, password: password ?? "", electionTimeout: LOOK };
  return cluster.living.answered(getDolphinCluster(question, { parent }));
}

function onHost(host: Host, there: FoundOnHost, wanted: WantedOnHost): { problems: string[]; told: string } {
  const { instance, own } = wanted;
  const all = hostDifferences(there, wanted);
  const problems = [
    ...own.flatMap(({ mode }) => (meant(there, mode) === undefined ? [notOne(there, mode, instance)] : [])),
    ...all.filter(({ fix }) => fix !== undefined).map(describe),
  ].map((line) => `host ${host.hostName}: ${line}`);
  const pids = own.map(({ mode }) => `${mode} ${meant(there, mode)?.pid ?? ""}`);
  const staying: Difference[] = [
    { what: "control group", found: "that of who started it", wanted: "those of its units" },
    ...all.filter(({ fix }) => fix === undefined),
  ];
  const stays = staying.map((each) => `\n  - ${describe(each)}`).join("");
  const told = `on host ${host.hostName} is taken over as it runs (${pids.join(", ")}); until they are started again, this stays as it is:${stays}`;
  return { problems, told };
}

/** A guest is told neither rows nor parameters: where the password is not known yet, they are compared by the update. */
function wholeCluster(seen: DolphinClusterSeen, cluster: DolphinCluster): Difference[] {
  const { settings, nodes, rows } = cluster;
  const found = clusterDifferences(seen, settings.server.version);
  if (seen.login !== "given" && seen.login !== "builtIn") return found;
  const wanted = clusterLines({ ...settings, nodes });
  return [
    ...found,
    ...rowDifferences(seen.rows, rows),
    ...clusterCfgDifferences(Object.entries(seen.parameters), wanted, rows),
  ];
}

/** Without arguments nodes have these; the version's own are among them. */
const usual = parameterSettings.parse({});

function wantedOn(host: Host, cluster: DolphinCluster, license: string | undefined): WantedOnHost {
  const { instance, settings } = cluster;
  const controller = cluster.controllerOn(host);
  const agent = cluster.agentOn(host);
  const own: OwnFile[] = [];
  const { hostName } = host;
  if (controller !== undefined) {
    const cfg = controllerCfg(cluster, controller);
    const defaults = controllerLines({ ...cfg, parameters: usual.controllers });
    own.push({ mode: "controller", wanted: controllerLines(cfg), defaults, host: hostName });
  }
  if (agent !== undefined) {
    const cfg = agentCfg(cluster, agent);
    const defaults = agentLines({ ...cfg, parameters: usual.agents });
    own.push({ mode: "agent", wanted: agentLines(cfg), defaults, host: hostName });
  }
  const workers = only(cluster.on(host), "datanode", "computenode");
  return { instance, own, workers, license, dfsMetaDir: settings.parameters.controllers.dfsMetaDir };
}
