import type * as command from "@pulumi/command";
import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { dirname } from "node:path/posix";
import { Directory, File, FileFormat, Image, OnDelete, Probe } from "../../provider/resources";
import { container } from "../container";
import { whenLost, type Host } from "../host";
import { said, scriptCommand } from "../metadb/command";
import { waitFor, type Waits } from "../rolling";
import { shellWord } from "../shell-word";
import type { OmsConfig } from "./config-yaml";
import { renderOmsConfig } from "./config-yaml";
import { hostRow } from "./host-row";
import { renderInitScript } from "./init-script";
import { watched } from "./logs";
import { tlsFiles, volumes } from "./mounts";
import { PortGuard } from "./port-guard";
import { OMS_LABEL, VERSION_LABEL } from "./live-node";
import type { OmsSettings } from "./schema";
import { serviceStates, servicesCommand, startServices } from "./services";
import { containerNameOf, initialisedByImage } from "./versions";

/** What one node needs beyond the settings of the deployment. */
export interface OmsNodeArgs {
  host: Host;
  settings: OmsSettings<Host>;
  /** Its region's config.yaml. */
  config: pulumi.Output<OmsConfig>;
  /** OMS_HOST_IP. */
  address: string;
  /** Code of its region. */
  location: number;
  /** The host from which the MetaDB is asked. */
  asking: Host;
  image: Image;
  /** Certificate and key of the console. */
  tls?: { chain: pulumi.Output<string>; privateKey: pulumi.Output<string> };
  /** Whether its container is made, or was, to take over what another version left. */
  upgrades: Promise<boolean>;
  /** Whose changes are a reason to look whether the node is initialised, and runs: an upgrade, another address of the CM. */
  looks: pulumi.Output<string>[];
  /** The backup by which the last upgrade can be taken back; empty where there is none. */
  backup: pulumi.Output<string>;
  /** What config.yaml waits for. */
  before: pulumi.Resource[];
  /** What its container and its initialisation wait for. */
  waits: Waits;
}

/** One node of OMS: directories, config.yaml, container, initialisation, and the probe of its services. */
export class OmsNode {
  readonly container: docker.Container;
  /** Healthy when all services run. */
  readonly probe: Probe;
  readonly initialised: command.remote.Command;
  private readonly containerName: string;

  /** @param name the deployment's name; children are `${name}-role-host`. */
  constructor(
    private readonly name: string,
    private readonly args: OmsNodeArgs,
    private readonly parent: pulumi.Resource,
  ) {
    this.containerName = containerNameOf(args.settings);
    const directories = this.directories();
    const config = this.configFile(directories);
    const guard = args.settings.guardSupervisor ? [new PortGuard(name, args.host, parent).probe] : [];
    const row = hostRow(name, args, parent);
    this.container = this.run([...directories, config, ...this.certificate(directories), ...guard, row]);
    this.initialised = this.initialise(config);
    this.probe = this.services(this.initialised);
  }

  private child(role: string): string {
    return `${this.name}-${role}-${this.args.host.hostName}`;
  }

  private directories(): Directory[] {
    const { host, settings } = this.args;
    const onDelete = settings.keepData ? OnDelete.Keep : OnDelete.Purge;
    const made = Object.entries(settings.mounts).map(
      ([role, path]) => new Directory(this.child(role), { host: host.data, path, onDelete }, { parent: this.parent }),
    );
    const path = dirname(settings.configFile);
    if (Object.values(settings.mounts).includes(path)) return made;
    const inside = new Directory(
      this.child("config-dir"),
      { host: host.data, path, onDelete: OnDelete.RemoveIfEmpty },
      { parent: this.parent },
    );
    return [...made, inside];
  }

  /** The container has it mounted, and OMS's scripts write into it with quotes of their own. */
  private configFile(directories: Directory[]): File {
    const { host, settings, config, before } = this.args;
    return new File(
      this.child("config"),
      {
        host: host.data,
        path: settings.configFile,
        mode: "0600",
        content: pulumi.secret(config.apply(renderOmsConfig)),
        inPlace: true,
        format: FileFormat.Yaml,
      },
      { parent: this.parent, dependsOn: [...directories, ...(host.isLost ? [] : before)] },
    );
  }

  private certificate(directories: Directory[]): File[] {
    const { host, settings, tls } = this.args;
    if (tls === undefined) return [];
    const { crt, key } = tlsFiles(settings);
    // nginx in the container takes them over by a reload
    const onChange = `docker exec ${shellWord(this.containerName)} supervisorctl signal HUP nginx >/dev/null 2>&1 || true`;
    const file = (role: string, path: string, content: pulumi.Output<string>) =>
      new File(
        this.child(role),
        { host: host.data, path, mode: "0600", content, inPlace: true, onChange },
        { parent: this.parent, dependsOn: directories },
      );
    return [file("crt", crt, tls.chain), file("key", key, pulumi.secret(tls.privateKey))];
  }

  private run(before: pulumi.Resource[]): docker.Container {
    const { host, settings, address, image, upgrades, waits, tls } = this.args;
    // what OMS takes from config.yaml when it is initialised, and at no other time
    const { host: metaHost, port, username, rmDatabase, cmDatabase } = settings.metaDb;
    const basis = pulumi
      .all([metaHost, port, username, rmDatabase, cmDatabase])
      .apply((metaDb) => JSON.stringify([...metaDb, settings.ports]));
    return container(
      // each version has a container of its own: the former one goes when the new ones serve
      this.child(this.containerName),
      host,
      {
        name: this.containerName,
        image: image.imageId,
        envs: pulumi
          .output(upgrades)
          .apply((isUpgrade) => [`OMS_HOST_IP=${address}`, ...(isUpgrade ? ["IS_UPGRADE=true"] : [])]),
        labels: [
          { label: OMS_LABEL, value: this.name },
          { label: VERSION_LABEL, value: settings.version },
          { label: "dbha.oms.basis", value: basis },
        ],
        volumes: volumes(settings, tls !== undefined),
        privileged: true,
        ulimits: [{ name: "nproc", soft: 65535, hard: 65535 }],
        stdinOpen: true,
        destroyGraceSeconds: 60,
      },
      { parent: this.parent, dependsOn: waitFor(waits, ...before) },
    );
  }

  private initialise(config: File): command.remote.Command {
    const { host, settings, config: values, backup, waits } = this.args;
    const script = pulumi.all([values, config.sha256, backup]).apply(([known, sha256, former]) =>
      renderInitScript({
        host: host.hostName,
        container: this.containerName,
        logs: settings.mounts.logs,
        byImage: initialisedByImage(settings.version),
        timeout: settings.initTimeout,
        cmUrl: known.cm.url,
        config: sha256,
        name: this.name,
        backup: former,
        secrets: secretsOf(known),
      }),
    );
    return scriptCommand(
      this.child("init"),
      host,
      { create: "init", update: "init" },
      [this.container.id, config.sha256, ...this.args.looks],
      script,
      { parent: this.parent, dependsOn: waitFor(waits, this.container, config), ...whenLost(host) },
    );
  }

  private services(initialised: command.remote.Command): Probe {
    const { host, settings } = this.args;
    return new Probe(
      this.child("services"),
      {
        host: host.data,
        command: servicesCommand(this.containerName),
        about: `services of ${this.containerName}`,
        timeout: settings.startTimeout,
        triggers: [said(initialised), this.container.id],
        repair: { command: startServices(this.containerName) },
        watched: watched(settings),
        extract: serviceStates,
      },
      { parent: this.parent, dependsOn: [initialised] },
    );
  }
}

/** What no output may show, in all forms in which OMS's scripts print it: as it is, and as Python and JSON quote it. */
const secretsOf = ({ metaDb, drc, tsdb, slsAudit }: OmsConfig): string[] => {
  const secrets = [metaDb.password, drc?.password, tsdb?.password, slsAudit?.accessKey, slsAudit?.accessSecret];
  const forms = secrets
    .filter((secret) => secret !== undefined)
    .flatMap((secret) => {
      const escaped = secret.replaceAll("\\", "\\\\");
      return [escaped.replaceAll("'", "\\'"), escaped.replaceAll('"', '\\"'), escaped, secret];
    });
  return [...new Set(forms)];
};
