import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { Files, OnDelete, Probe } from "../../provider/resources";
import type { Watched } from "../../provider/resources";
import { adoptable, type DeployedContainer } from "../container";
import type { Host } from "../host";
import { waitFor, type Waits } from "../rolling";
import { toldByArguments } from "./adopt";
import { renderOdcEnvironment } from "./environment";
import type { OdcMetaDb } from "./environment";
import { gcOptions } from "./gc-options";
import { healthRequest, versionPointer, versionRequest } from "./live-node";
import { nodeAddress, nodePort } from "./node-endpoint";
import { restartIdle } from "./restart";
import type { OdcSettings } from "./schema";

/** What one node needs beyond the settings of the deployment. */
export interface OdcNodeArgs {
  host: Host;
  settings: OdcSettings<Host>;
  metaDb: pulumi.Output<OdcMetaDb>;
  adminPassword: pulumi.Output<string>;
  /** ID of its image on this host. */
  imageId: pulumi.Output<string>;
  /** Version of the image; undefined when its tag tells none. */
  version: pulumi.Output<string | undefined>;
  /** Labels whose change makes a new container. */
  labels: pulumi.Output<docker.types.input.ContainerLabel[]>;
  /** What its container waits for. */
  waits: Waits;
}

/** One ODC node: directories, container, and the probe that tells when it serves and which version. */
export class OdcNode {
  readonly container: DeployedContainer;
  /** Healthy when the node serves; its version is among the values. */
  readonly probe: Probe;

  /** @param name the deployment's name; children are `${name}-role-host`. */
  constructor(
    private readonly name: string,
    private readonly args: OdcNodeArgs,
    private readonly parent: pulumi.Resource,
  ) {
    this.container = this.run(this.directories());
    this.probe = this.probeHealth();
  }

  private child(role: string): string {
    return `${this.name}-${role}-${this.args.host.hostName}`;
  }

  private directories(): Files {
    const { host, settings } = this.args;
    const onDelete = settings.keepData ? OnDelete.Keep : OnDelete.Purge;
    const directories = Object.fromEntries(Object.values(settings.mounts).map((path) => [path, { onDelete }]));
    return new Files(this.child("dirs"), { host: host.data, directories }, { parent: this.parent });
  }

  private run(directories: Files): DeployedContainer {
    const { host, settings, metaDb, adminPassword, imageId, version, labels, waits } = this.args;
    const gc = settings.jvm.gc === undefined ? undefined : version.apply((known) => gcOptions(settings.jvm.gc, known));
    const environment = pulumi.all([metaDb, adminPassword, gc]).apply(([db, password, gcOptions]) =>
      renderOdcEnvironment({
        metaDb: db,
        adminPassword: password,
        profileMode: settings.profileMode,
        address: nodeAddress(settings, host),
        port: settings.port,
        mappingPort: nodePort(settings),
        logDirectory: settings.logDirectory,
        jvm: { ...settings.jvm, gc: gcOptions },
        extraArgs: settings.extraArgs,
      }),
    );
    return adoptable(
      this.child("node"),
      host,
      {
        ...network(settings),
        name: settings.containerName,
        image: imageId,
        envs: pulumi.secret(environment),
        // What was restored is no reason to make a container anew on a host that is gone.
        labels: host.isLost ? [] : labels,
        stdinOpen: true,
        cpuPeriod: 100_000,
        cpuQuota: Math.round(settings.cpus * 100_000),
        memory: settings.memory,
        // Docker's own default beside --memory, said explicitly: otherwise every preview shows a difference.
        memorySwap: settings.memory * 2,
        volumes: [
          { hostPath: settings.mounts.log, containerPath: settings.logDirectory },
          { hostPath: settings.mounts.data, containerPath: "/opt/odc/data" },
        ],
        destroyGraceSeconds: 30,
      },
      {
        parent: this.parent,
        // The docker provider takes a new CPU limit over in its state only; the container would keep the old one. Of a new memory
        // limit, which it changes in all running containers at once, Java takes notice at its start only.
        replaceOnChanges: ["cpuPeriod", "cpuQuota", "memory", "memorySwap"],
        dependsOn: waitFor(waits, directories),
      },
      { adopt: settings.adopt, told: toldByArguments(settings, host.hostName) },
    );
  }

  private probeHealth(): Probe {
    const { host, settings } = this.args;
    return new Probe(
      this.child("health"),
      {
        host: host.data,
        http: healthRequest(settings),
        also: [{ http: versionRequest(settings), extract: { version: versionPointer } }],
        timeout: settings.startTimeout,
        triggers: [this.container.id],
        repair: { command: restartIdle(settings.containerName) },
        watched: watched(settings),
      },
      { parent: this.parent, dependsOn: [this.container.resource] },
    );
  }
}

/** What tells why a node does not serve: its container, whose log is supervisord's, and the files of ODC and of its start script. */
const watched = ({ containerName, mounts }: OdcSettings<Host>): Watched => ({
  container: containerName,
  logFiles: ["odc.log", "ob-odc-web.str.0.log", "ob-odc-web.std.0.log"].map((file) => `${mounts.log}/${file}`),
  supervisor: { ended: " exited: ", gaveUp: " entered FATAL state" },
});

/** The host's network, as the document advises; a container with another port outside than inside needs its own. */
function network(settings: OdcSettings<Host>): Partial<docker.ContainerArgs> {
  if (nodePort(settings) === settings.port) return {};
  return { networkMode: "bridge", ports: [{ internal: settings.port, external: nodePort(settings) }] };
}
