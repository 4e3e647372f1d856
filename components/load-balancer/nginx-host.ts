import type * as pulumi from "@pulumi/pulumi";
import { Files, Image, Probe } from "../../provider/resources";
import { nginxDifferences, ownConfigFile } from "../adopt/nginx-conf";
import { adoptable, type DeployedContainer } from "../container";
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
    const files = this.files();
    const made = args.host.isLost ? undefined : this.run(files);
    this.probe = this.look(files, made);
    if (made === undefined) this.keep(files);
  }

  private load(): Image {
    const { host, settings } = this.args;
    return new Image(this.child("image"), { host: host.data, ...settings.image }, { parent: this.parent });
  }

  private files(): Files {
    const { host, settings, config, tls, waits } = this.args;
    const onChange = reload(settings.containerName);
    const validate = (render: (image: string) => string) => this.image.imageId.apply(render);
    return new Files(
      this.child("files"),
      {
        host: host.data,
        directories: { [this.path]: {} },
        files: {
          [this.configFile]: {
            content: config,
            validate: validate((image) => validateConfig(this.path, image, tls !== undefined)),
            onChange,
          },
          ...(tls && {
            [this.tlsFile]: {
              mode: "0600",
              content: tls,
              validate: validate((image) => validateTls(this.path, image)),
              onChange,
            },
          }),
        },
      },
      {
        parent: this.parent,
        dependsOn: waitFor(waits),
        // under another name the old ones go with the old container
        replaceOnChanges: ["directories"],
      },
    );
  }

  private run(files: Files): DeployedContainer {
    const { host, settings, config, tls } = this.args;
    return adoptable(
      this.child("nginx"),
      host,
      {
        name: settings.containerName,
        image: this.image.imageId,
        command: serve,
        volumes: [volume(this.path)],
      },
      { parent: this.parent, dependsOn: [files] },
      {
        adopt: settings.adopt,
        told: { image: "the image of nginx" },
        serves: [config, tls],
        file: { path: ownConfigFile, wanted: config, compare: nginxDifferences },
      },
    );
  }

  /** The container of a lost host stays in the state. A host that never had the image has none, and none can be made. */
  private keep(files: Files): void {
    const imageId: pulumi.Output<string | undefined> = this.image.imageId;
    imageId.apply((had) => (had === undefined ? undefined : this.run(files).id));
  }

  private look(files: Files, nginx?: DeployedContainer): Probe {
    const { host, settings, tls } = this.args;
    return new Probe(
      this.child("probe"),
      {
        host: host.data,
        ...settings.probe,
        timeout: 60,
        watched: { container: settings.containerName },
        triggers: [
          ...(nginx ? [nginx.id] : []),
          files.sha256(this.configFile),
          ...(tls ? [files.sha256(this.tlsFile)] : []),
        ],
      },
      { parent: this.parent, dependsOn: [nginx?.resource ?? files] },
    );
  }

  private child(role: string): string {
    return `${this.name}-${role}-${this.args.host.hostName}`;
  }

  private get configFile(): string {
    return `${this.path}/nginx.conf`;
  }

  private get tlsFile(): string {
    return `${this.path}/cert.pem`;
  }

  private get path(): string {
    return `/etc/dbha/${this.args.settings.containerName}`;
  }
}
