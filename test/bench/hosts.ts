import { type HostName, type Lab, resetMetadb, run } from "../../lab/src/lab";
import { objectNames } from "../../lab/src/name";
import type { Job } from "./job";

const names = (lab: Lab): HostName[] => Object.keys(lab.hosts) as HostName[];

/** Runs a command on every host at once, past sshd. @returns its output by host. */
export async function onAll(lab: Lab, command: string): Promise<Record<string, string>> {
  const answers = names(lab).map(async (host) => [host, await run(lab, host, command)] as const);
  return Object.fromEntries(await Promise.all(answers));
}

/** Removes everything that any of the tools may have left, and empties the MetaDB. */
export async function makeBare(lab: Lab, job: Job): Promise<void> {
  const folders = [...job.odc.directories, job.nginx.directory];
  await onAll(
    lab,
    `docker ps -aq | xargs -r docker rm -f >/dev/null
     docker images -aq | sort -u | xargs -r docker rmi -f >/dev/null
     rm -rf ${folders.join(" ")} /etc/dbha /var/tmp/*.tar.gz /root/*.env`,
  );
  await resetMetadb(lab);
}

/** Loads the images on the hosts that need them, past the tools. */
export async function loadImages(lab: Lab, job: Job): Promise<void> {
  const { execa } = await import("execa");
  const { container } = objectNames(lab.name, lab.directory);
  const load = (host: HostName, inputFile: string): Promise<unknown> =>
    execa("docker", ["exec", "-i", container(host), "docker", "load", "-q"], { inputFile, timeout: 120_000 });
  await Promise.all([...job.nodes.map((host) => load(host, job.odc.tarball)), load(job.proxy, job.nginx.tarball)]);
}

/** Successful logins so far, as each host's sshd wrote them down. */
export async function logins(lab: Lab): Promise<Record<string, number>> {
  const answers = await onAll(
    lab,
    "journalctl --sync; journalctl --unit ssh --output cat --no-pager | grep -c '^Accepted ' || :",
  );
  return Object.fromEntries(Object.entries(answers).map(([host, count]) => [host, Number(count)]));
}
