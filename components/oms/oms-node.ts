import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { dirname } from "node:path/posix";
import {
  FileFormat,
  Files,
  OnDelete,
  Probe,
  type FilesDirectory,
  type FilesFile,
  type Image,
} from "../../provider/resources";
import type { Adoption } from "../adopt/adoption";
import { adoptable, type DeployedContainer } from "../container";
import type { Host } from "../host";
import { nodeCommand, said } from "../metadb/command";
import { waitFor, type Waits } from "../rolling";
import type { OmsConfig } from "./config-yaml";
import { renderOmsConfig } from "./config-yaml";
import { hostRow } from "./host-row";
import { renderInitScript } from "./init-script";
import { watched } from "./logs";
import { reloadConsole, tlsFiles } from "./mounts";
import { nodeContainer } from "./node-container";
import { PortGuard } from "./port-guard";
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
  /** How it takes over a container that was made by hand. */
  adoption: Adoption;
  /** Whose changes are a reason to look whether the node is initialised, and runs: an upgrade, another address of the CM. */
  looks: pulumi.Output<string>[];
  /** The backup by which the last upgrade can be taken back; empty where there is none. */
  backup: pulumi.Output<string>;
  /** What directories and config.yaml wait for. */
  before: pulumi.Resource[];
  /** What its container and its initialisation wait for. */
  waits: Waits;
}

/** One node of OMS: directories, config.yaml, container, initialisation, and the probe of its services. */
export class OmsNode {
  /** ID of its container; empty where its host is lost and never had one. */
  readonly containerId: pulumi.Output<string>;
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
    const files = this.files();
    const guard = args.settings.guardSupervisor ? [new PortGuard(name, args.host, parent).probe] : [];
    const row = hostRow(name, args, parent);
    const before = [files, ...guard, row];
    const made = args.host.isLost ? undefined : this.run(this.containerName, before);
    this.initialised = this.initialise(files, made);
    this.probe = this.services(this.initialised, made);
    this.containerId = made?.id ?? this.known(before);
  }

  private child(role: string): string {
    return `${this.name}-${role}-${this.args.host.hostName}`;
  }

  /** Directories, config.yaml and, with HTTPS, certificate and key. */
  private files(): Files {
    const { host, settings, before } = this.args;
    const onDelete = settings.keepData ? OnDelete.Keep : OnDelete.Purge;
    const mounted = Object.values(settings.mounts).map((path): [string, FilesDirectory] => [path, { onDelete }]);
    const certificate = settings.https && { [tlsFiles(settings).directory]: {} };
    return new Files(
      this.child("files"),
      {
        host: host.data,
        directories: { [dirname(settings.configFile)]: {}, ...certificate, ...Object.fromEntries(mounted) },
        files: { [settings.configFile]: this.configFile(), ...this.certificate() },
      },
      { parent: this.parent, dependsOn: host.isLost ? [] : before },
    );
  }

  /** The container has it mounted, and OMS's scripts write into it with quotes of their own. */
  private configFile(): FilesFile {
    const content = pulumi.secret(this.args.config.apply(renderOmsConfig));
    return { mode: "0600", content, inPlace: true, format: FileFormat.Yaml };
  }

  private certificate(): Record<string, FilesFile> {
    const { settings, tls } = this.args;
    if (tls === undefined) return {};
    const { crt, key } = tlsFiles(settings);
    const onChange = `${reloadConsole(this.containerName)} >/dev/null 2>&1 || true`;
    const file = (content: pulumi.Output<string>): FilesFile => ({ mode: "0600", content, inPlace: true, onChange });
    return { [crt]: file(tls.chain), [key]: file(pulumi.secret(tls.privateKey)) };
  }

  /**
   * The container of a lost host, which stays in the state under the name that it has there: that of another version, where one was
   * deployed since. A host that never had the image has none, and none can be made.
   */
  private known(before: pulumi.Resource[]): pulumi.Output<string> {
    const imageId: pulumi.Output<string | undefined> = this.args.image.imageId;
    return pulumi
      .all([imageId, this.probe.watched])
      .apply(([had, watched]) =>
        had === undefined ? pulumi.output("") : this.run(watched?.container ?? this.containerName, before).id,
      );
  }

  private run(name: string, before: pulumi.Resource[]): DeployedContainer {
    const { host, settings, address, image, upgrades, waits, tls, adoption } = this.args;
    const own = { deployment: this.name, name, settings, address, upgrades, https: tls !== undefined };
    return adoptable(
      // each version has a container of its own: the former one goes when the new ones serve
      this.child(name),
      host,
      nodeContainer({ ...own, imageId: image.imageId }),
      { parent: this.parent, dependsOn: waitFor(waits, ...before) },
      adoption,
    );
  }

  private initialise(files: Files, made?: DeployedContainer): command.remote.Command {
    const { host, asking, settings, config: values, backup, waits, looks } = this.args;
    const config = files.sha256(settings.configFile);
    const own = made && Promise.all([waits, made.resource]).then(([others, one]) => [...others, one]);
    const script = pulumi.all([values, config, backup]).apply(([known, sha256, former]) =>
      renderInitScript({
        host: host.hostName,
        container: this.containerName,
        logs: settings.mounts.logs,
        byImage: initialisedByImage(settings.version),
        timeout: settings.initTimeout,
        cmUrl: known.cm.url,
        config: sha256,
        name: this.name,
        prefix: settings.containerPrefix,
        backup: former,
        secrets: secretsOf(known),
      }),
    );
    return nodeCommand(
      this.child("init"),
      { host, living: asking },
      { create: "init", update: "init" },
      [...idOf(made), config, ...looks],
      script,
      { parent: this.parent, dependsOn: waitFor(own ?? waits, files) },
    );
  }

  private services(initialised: command.remote.Command, made?: DeployedContainer): Probe {
    const { host, settings } = this.args;
    return new Probe(
      this.child("services"),
      {
        host: host.data,
        command: servicesCommand(this.containerName),
        about: `services of ${this.containerName}`,
        timeout: settings.startTimeout,
        triggers: [said(initialised), ...idOf(made)],
        repair: { command: startServices(this.containerName) },
        watched: watched(settings),
        extract: serviceStates,
      },
      { parent: this.parent, dependsOn: [initialised] },
    );
  }
}

const idOf = (made?: DeployedContainer): pulumi.Output<string>[] => (made ? [made.id] : []);

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
