import type * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import { Directory, File, Image, Probe } from "../../provider/resources";
import { container } from "../container";
import type { Host } from "../host";
import { waitFor } from "../rolling";
import type { Waits } from "../rolling";
import { reload, serve, validateConfig, validateTls, volume } from "./commands";
import type { LoadBalancerSettings } from "./schema";

/** What one nginx needs. */
export interface NginxHostArgs {
  host: Host;
  settings: LoadBalancerSettings;
  /** nginx.conf, checked. */
  config: pulumi.Output<string>;
  /** Certificate chain and key in one text, checked; secret. */
  tls?: pulumi.Output<string>;
  /** What this host's changes wait for. */
  waits: Waits;
}

/** One nginx: image, files, container, and the probe that it serves. */
export class NginxHost {
  readonly image: Image;
  readonly probe: Probe;

  /** @param name the load balancer's name; children are `${name}-role-host`. */
  constructor(
    private readonly name: string,
    private readonly args: NginxHostArgs,
    private readonly parent: pulumi.Resource,
  ) {
    this.image = this.load();
    const directory = this.directory();
    const tls = this.tls(directory);
    const config = this.config(directory, tls);
    const made = args.host.isLost ? undefined : this.run(config);
    this.probe = this.look(config, tls, made);
    if (made === undefined) this.keep(config);
  }

  private load(): Image {
    const { host, settings } = this.args;
    return new Image(this.child("image"), { host: host.data, ...settings.image }, { parent: this.parent });
  }

  private directory(): Directory {
    const { host } = this.args;
    // Under another name the old directory goes last, when the files in it have gone.
    const options = { parent: this.parent, deleteBeforeReplace: false };
    return new Directory(this.child("dir"), { host: host.data, path: this.path }, options);
  }

  /** One file, so that chain and key, which belong together, are swapped together. */
  private tls(directory: Directory): File | undefined {
    const { host, settings, tls, waits } = this.args;
    if (tls === undefined) return undefined;
    return new File(
      this.child("tls"),
      {
        host: host.data,
        path: `${this.path}/tls.pem`,
        mode: "0600",
        content: tls,
        validate: this.image.imageId.apply((image) => validateTls(this.path, image)),
        onChange: reload(settings.containerName),
      },
      { parent: this.parent, dependsOn: waitFor(waits, directory) },
    );
  }

  private config(directory: Directory, tls: File | undefined): File {
    const { host, settings, config, waits } = this.args;
    return new File(
      this.child("config"),
      {
        host: host.data,
        path: `${this.path}/nginx.conf`,
        content: config,
        validate: this.image.imageId.apply((image) => validateConfig(this.path, image, tls !== undefined)),
        onChange: reload(settings.containerName),
      },
      { parent: this.parent, dependsOn: waitFor(waits, directory, ...(tls ? [tls] : [])) },
    );
  }

  private run(config: File): docker.Container {
    const { host, settings } = this.args;
    return container(
      this.child("nginx"),
      host,
      {
        name: settings.containerName,
        image: this.image.imageId,
        command: serve,
        volumes: [volume(this.path)],
      },
      { parent: this.parent, dependsOn: [config] },
    );
  }

  /** The container of a lost host stays in the state. A host that never had the image has none, and none can be made. */
  private keep(config: File): void {
    const imageId: pulumi.Output<string | undefined> = this.image.imageId;
    imageId.apply((had) => (had === undefined ? undefined : this.run(config).id));
  }

  private look(config: File, tls: File | undefined, nginx?: docker.Container): Probe {
    const { host, settings } = this.args;
    return new Probe(
      this.child("probe"),
      {
        host: host.data,
        ...settings.probe,
        timeout: 60,
        watched: { container: settings.containerName },
        triggers: [...(nginx ? [nginx.id] : []), config.sha256, ...(tls ? [tls.sha256] : [])],
      },
      { parent: this.parent, dependsOn: [nginx ?? config] },
    );
  }

  private child(role: string): string {
    return `${this.name}-${role}-${this.args.host.hostName}`;
  }

  private get path(): string {
    return `/etc/dbha/${this.args.settings.containerName}`;
  }
}
