import type { HostName } from "../../lab/src/lab";
import { labHosts, on, overSsh, theLab } from "./hosts";

/** The documents' command that loads an image, one of the lab's. */
export async function loadByHand(host: HostName, name: string): Promise<void> {
  const { tarball } = theLab().images[name] as { tarball: string };
  // a user who may run a shell as root and nothing else
  const command = labHosts()[host].sudo ? "sudo sh -c 'docker load'" : "docker load";
  await overSsh(host, `gunzip -c | ${command}`, { inputFile: tarball });
}

/** What tells containers that were not restarted: ID, process and start of each. */
export const running = (containers: [HostName, string][]): Promise<string[]> =>
  Promise.all(
    containers.map(([host, name]) =>
      on(host, `docker inspect -f '{{.Id}} {{.State.Pid}} {{.RestartCount}} {{.State.StartedAt}}' ${name}`),
    ),
  );
