import { text } from "node:stream/consumers";
import { PassThrough, type Readable } from "node:stream";
import { DIRECTORY_LABEL, dockerClient, LAB_LABEL } from "../../lab/src/docker";
import { imageTag, PUBLISHED_IMAGES } from "../../lab/src/images";
import type { Lab } from "../../lab/src/lab";
import { objectNames } from "../../lab/src/name";

/** An ODC container that a test runs on a lab's network beside its hosts; `lab/down` removes it with the lab. */
export interface OdcContainer {
  /** Address of its web server. */
  url: string;
  /** Output of a shell command inside, both streams. */
  sh: (command: string) => Promise<string>;
  /** What the start script and the server wrote. */
  log: () => Promise<string>;
  running: () => Promise<boolean>;
  remove: () => Promise<void>;
}

/** The environment of a node that is meant to work. */
export function odcEnvironment(lab: Lab): Record<string, string> {
  return {
    DATABASE_HOST: lab.metadb.address,
    DATABASE_PORT: String(lab.metadb.port),
    DATABASE_USERNAME: lab.metadb.username,
    DATABASE_PASSWORD: lab.metadb.password,
    DATABASE_NAME: lab.metadb.database,
    ODC_HOST: "node-1",
    ODC_ADMIN_INITIAL_PASSWORD: "aaBB11..",
    STANDIN_START_DELAY: "0",
  };
}

/** Starts version `version` of the stand-in with exactly the variables of `environment`. */
export async function startOdc(lab: Lab, version: string, environment: Record<string, string>): Promise<OdcContainer> {
  const docker = dockerClient();
  const image = PUBLISHED_IMAGES.find(({ name }) => name === `odc-${version}`);
  if (image === undefined) throw new Error(`the lab has no image of ODC ${version}`);
  const { network } = objectNames(lab.name, lab.directory);
  const container = await docker.createContainer({
    Image: imageTag(image),
    Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    Labels: { [LAB_LABEL]: lab.name, [DIRECTORY_LABEL]: lab.directory },
    HostConfig: { NetworkMode: network },
  });
  await container.start();
  const address = (await container.inspect()).NetworkSettings.Networks[network]?.IPAddress ?? "";
  const sh = async (command: string): Promise<string> => {
    const run = await container.exec({ Cmd: ["/bin/sh", "-c", command], AttachStdout: true, AttachStderr: true });
    const output = new PassThrough();
    const stream = await run.start({ hijack: true });
    docker.modem.demuxStream(stream as Readable, output, output);
    stream.on("end", () => output.end());
    return text(output);
  };
  return {
    url: `http://${address}:${environment["ODC_SERVER_PORT"] ?? "8989"}`,
    sh,
    log: () => sh("cat /opt/odc/log/*.log"),
    running: async () => (await container.inspect()).State.Running,
    remove: async () => {
      await container.remove({ force: true, v: true });
    },
  };
}
