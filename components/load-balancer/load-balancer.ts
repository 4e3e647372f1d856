import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { Directory, File, Image, Probe } from "../../provider/resources";
import type { HttpProbe } from "../../provider/resources";
import type { Host } from "../host";
import { containerDefaults } from "../container";
import type { ImageSource } from "../image";

/** Arguments of {@link LoadBalancer}. */
export interface LoadBalancerArgs {
  /** The host that runs nginx. */
  host: Host;
  /** The nginx image: the official one, or one of its shape. */
  image: ImageSource;
  /** Name of the container, unique on the host. */
  containerName: string;
  /**
   * The whole nginx.conf. nginx checks it before it is put in place; a change is taken over by a reload, which drops no
   * connection.
   */
  config: pulumi.Input<string>;
  /** The request that shows that nginx serves. */
  probe: HttpProbe;
  /**
   * What must be there before the configuration, and with it the traffic, changes; image and directory do not wait.
   * @default []
   */
  after?: pulumi.Resource[];
}

/** nginx as a container on one host, with its configuration checked before, and reloaded after every change. */
export class LoadBalancer extends pulumi.ComponentResource {
  /** The image it runs, as a name. */
  readonly version: pulumi.Output<string>;
  /** Whether it served at the last look. */
  readonly healthy: pulumi.Output<boolean>;

  /** @param name prefix of the children's names; the host's name is appended to each. */
  constructor(name: string, args: LoadBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("dbha:index:LoadBalancer", name, {}, opts);
    const { host } = args;
    const child = { parent: this };
    const image = new Image(`${name}-image-${host.hostName}`, { host: host.data, ...args.image }, child);
    const directory = new Directory(
      `${name}-dir-${host.hostName}`,
      { host: host.data, path: hostDirectory(args) },
      child,
    );
    const config = this.config(name, args, image, directory);
    const container = this.container(name, args, image, config);
    const probe = new Probe(
      `${name}-probe-${host.hostName}`,
      { host: host.data, http: args.probe, timeout: 60, triggers: [container.id, config.sha256] },
      { parent: this, dependsOn: [container] },
    );
    this.version = image.loadedReference;
    this.healthy = probe.healthy;
    this.registerOutputs({ version: this.version, healthy: this.healthy });
  }

  private config(name: string, args: LoadBalancerArgs, image: Image, directory: Directory): File {
    return new File(
      `${name}-config-${args.host.hostName}`,
      {
        host: args.host.data,
        path: `${hostDirectory(args)}/nginx.conf`,
        content: args.config,
        validate: pulumi.interpolate`docker run --rm --network host -v "$DBHA_FILE":${containerConfig}:ro ${image.imageId} nginx -t -q -c ${containerConfig}`,
        onChange: reload(args.containerName),
      },
      { parent: this, dependsOn: [directory, ...(args.after ?? [])] },
    );
  }

  private container(name: string, args: LoadBalancerArgs, image: Image, config: File): docker.Container {
    return new docker.Container(
      `${name}-nginx-${args.host.hostName}`,
      {
        ...containerDefaults,
        name: args.containerName,
        image: image.imageId,
        command: ["nginx", "-g", "daemon off;", "-c", containerConfig],
        // The directory, not the file: a file that is swapped atomically would stay the old one inside the container.
        volumes: [{ hostPath: hostDirectory(args), containerPath: containerDirectory, readOnly: true }],
      },
      { parent: this, provider: args.host.docker, dependsOn: [config], deleteBeforeReplace: true },
    );
  }
}

const containerDirectory = "/etc/nginx/dbha";
const containerConfig = `${containerDirectory}/nginx.conf`;
const hostDirectory = (args: LoadBalancerArgs): string => `/etc/dbha/${args.containerName}`;

/** Reloads nginx where it runs; where it does not (first deployment, stopped by hand) the next start reads the file. */
function reload(containerName: string): string {
  return `if [ "$(docker inspect -f '{{.State.Running}}' ${containerName} 2>/dev/null)" = true ]; then docker exec ${containerName} nginx -s reload -c ${containerConfig}; fi`;
}
