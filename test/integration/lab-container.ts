import { text } from "node:stream/consumers";
import { PassThrough, type Readable } from "node:stream";
import type Docker from "dockerode";
import { DIRECTORY_LABEL, dockerClient, LAB_LABEL } from "../../lab/src/docker";
import { imageTag, PUBLISHED_IMAGES } from "../../lab/src/images";
import type { Lab } from "../../lab/src/lab";
import { objectNames } from "../../lab/src/name";

/** A container that a test runs on a lab's network beside its hosts; `lab/down` removes it with the lab. */
export interface LabContainer {
  address: string;
  container: Docker.Container;
  /** Output of a shell command inside, both streams. */
  sh: (command: string) => Promise<string>;
  running: () => Promise<boolean>;
  remove: () => Promise<void>;
}

/** What differs from one such container to the next. */
export interface ContainerOptions {
  /** Name of one of the lab's images for hosts. */
  image: string;
  environment: Record<string, string>;
  /** Address on the lab's network; Docker chooses one unless said. */
  address?: string;
  host?: Docker.HostConfig;
  more?: Docker.ContainerCreateOptions;
}

/** Starts a container with exactly the variables of `environment`. */
export async function startLabContainer(lab: Lab, options: ContainerOptions): Promise<LabContainer> {
  const docker = dockerClient();
  const image = PUBLISHED_IMAGES.find(({ name }) => name === options.image);
  if (image === undefined) throw new Error(`the lab has no image ${options.image}`);
  const { network } = objectNames(lab.name, lab.directory);
  const container = await docker.createContainer({
    Image: imageTag(image),
    Env: Object.entries(options.environment).map(([name, value]) => `${name}=${value}`),
    Labels: { [LAB_LABEL]: lab.name, [DIRECTORY_LABEL]: lab.directory },
    HostConfig: { NetworkMode: network, ...options.host },
    ...(options.address !== undefined && {
      NetworkingConfig: { EndpointsConfig: { [network]: { IPAMConfig: { IPv4Address: options.address } } } },
    }),
    ...options.more,
  });
  await container.start();
  const address = (await container.inspect()).NetworkSettings.Networks[network]?.IPAddress ?? "";
  return {
    address,
    container,
    sh: async (command) => {
      const run = await container.exec({ Cmd: ["/bin/sh", "-c", command], AttachStdout: true, AttachStderr: true });
      const output = new PassThrough();
      const stream = await run.start({ hijack: true });
      docker.modem.demuxStream(stream as Readable, output, output);
      stream.on("end", () => output.end());
      return text(output);
    },
    running: async () => (await container.inspect()).State.Running,
    remove: () => container.remove({ force: true, v: true }),
  };
}
