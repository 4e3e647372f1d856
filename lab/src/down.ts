import { existsSync, rmSync } from "node:fs";
import type Docker from "dockerode";
import { removeContainer } from "./container";
import { ensureDaemon, startedByLab, stopDaemon } from "./daemon";
import { daemonFault, daemonVersion, DIRECTORY_LABEL, dockerClient, LAB_LABEL, removing } from "./docker";
import { withLock } from "./lock";
import { labPaths } from "./paths";
import { runPlans } from "./progress";

/** Removes containers, networks and volumes of the labs whose runtime directory `wanted` accepts; returns how many. */
export async function removeObjects(docker: Docker, wanted: (directory: string) => boolean): Promise<number> {
  const filters = { label: [LAB_LABEL] };
  const isWanted = (object: { Labels?: Record<string, string> | null | undefined }): boolean =>
    wanted(object.Labels?.[DIRECTORY_LABEL] ?? "");
  const containers = (await docker.listContainers({ all: true, filters })).filter(isWanted);
  await Promise.all(containers.map((container) => removeContainer(docker, container.Id)));
  const networks = (await docker.listNetworks({ filters })).filter(isWanted);
  await Promise.all(networks.map((network) => removing(docker.getNetwork(network.Id).remove())));
  const volumes = (await docker.listVolumes({ filters })).Volumes.filter(isWanted);
  await Promise.all(volumes.map((volume) => removing(docker.getVolume(volume.Name).remove())));
  return containers.length + networks.length + volumes.length;
}

/** Removes what is left of labs whose checkout or `.lab` directory is gone. */
export async function removeOrphans(docker: Docker): Promise<void> {
  await removeObjects(docker, (directory) => !existsSync(directory));
}

/** Removes the lab `name` with everything on the machine that belongs to it; with the last lab also the dockerd that a lab started. */
export async function down(name: string): Promise<void> {
  const paths = labPaths(name);
  const docker = dockerClient();
  await withLock(`lab/down --name ${name}`, console.log, () =>
    runPlans([
      {
        title: `Lab ${name}`,
        run: async () => {
          // a dockerd that was killed left containers' processes and interfaces behind, and only dockerd can remove them
          if ((await daemonFault()) !== undefined && startedByLab()) await ensureDaemon();
          if ((await daemonVersion()) === undefined) return "no Docker daemon runs, so no container of it does";
          const removed = await removeObjects(
            docker,
            (directory) => directory === paths.directory || !existsSync(directory),
          );
          return removed === 0 ? "nothing was there" : "containers, network and volume removed";
        },
      },
      {
        title: "Files",
        run: async () => {
          rmSync(paths.directory, { recursive: true, force: true });
          return Promise.resolve("removed");
        },
      },
      { title: "Docker daemon", run: async () => (await stopDaemon()) ?? "not the lab's, left alone" },
    ]),
  );
}
