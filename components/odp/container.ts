import type * as pulumi from "@pulumi/pulumi";
import type { Image, Watched } from "../../provider/resources";
import { container } from "../container";
import type { Instance } from "./instance";
import type { OdpNodeArgs } from "./odp-node";
import { type Runner, type Running, type RunnerShell, watchedLogs } from "./runner";

/** Where the vendor's image has OBProxy. Source: start.sh of oceanbase/docker-images, obproxy-ce. */
export const vendorDirectory = "/home/admin/obproxy";

/**
 * A container whose first process is the watchdog. Its death takes the proxy along, and Docker starts both again.
 *
 * The user is root of the container: which other one may read the image's files, and would have to own the directory on the host, only
 * the image knows. Of the host it sees the network, its script (read-only) and the proxy's directory.
 */
export class OdpContainer implements Runner {
  readonly program: pulumi.Resource[];
  readonly version: pulumi.Output<string>[];
  readonly shell: RunnerShell;
  readonly watched: Watched;

  /**
   * @param image on this host.
   * @param images on all hosts, which have theirs before the first container is touched.
   */
  constructor(
    private readonly child: (role: string) => string,
    private readonly args: OdpNodeArgs,
    private readonly image: Image,
    images: Image[],
    private readonly parent: pulumi.Resource,
  ) {
    this.program = images;
    this.version = [image.imageId];
    this.shell = containerShell(args.instance);
    this.watched = { container: args.instance.unit, ...watchedLogs(args.instance) };
  }

  start(script: pulumi.Output<string>, dependsOn: pulumi.Resource[]): Running {
    const { host, instance } = this.args;
    const { config, directory, unit } = instance;
    const resource = container(
      this.child("container"),
      host,
      {
        name: unit,
        image: this.image.imageId,
        user: "root",
        entrypoints: ["bash", instance.script],
        labels: [{ label: "dbha.watchdog", value: script }],
        // the directory, as a file would stay the former one when it is replaced
        volumes: [
          { hostPath: config, containerPath: config, readOnly: true },
          { hostPath: directory, containerPath: directory },
        ],
        // longer than the watchdog gives the proxy
        stopTimeout: 30,
        destroyGraceSeconds: 30,
      },
      { parent: this.parent, dependsOn },
    );
    return { resource, trigger: resource.id };
  }
}

/** Which image the container runs the deployment knows, and need not look. */
export const containerShell = ({ unit, home }: Instance): RunnerShell => ({
  check: `[ "$(docker inspect -f '{{.State.Running}}' ${unit} 2>/dev/null)" = true ] || fail "container ${unit} does not run"
docker exec ${unit} bash -c 'kill -0 "$(cat /run/obproxy.pid)"' 2>/dev/null || fail "no obproxy runs in container ${unit}"`,
  lastWords: `docker logs --tail 3 ${unit}`,
  version: `docker exec ${unit} ${home}/bin/obproxy -V`,
  restart: `docker restart ${unit}`,
});
