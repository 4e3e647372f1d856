import assert from "node:assert/strict";
import { join } from "node:path";
import { readLab, resetMetadb, run, type HostName, type Lab, type LabHost } from "../../lab/src/lab";
import { HOST_NAMES } from "../../lab/src/name";
import { labName } from "../test-lab";

/** The lab with all its parts. */
export const theLab = (): Lab => readLab(labName);

/** Folder with what the lab wrote for its users. */
export const labFolder = join(".lab", labName);

/** The lab's hosts by name. */
export const labHosts = (): Record<HostName, LabHost> => readLab(labName).hosts;

/** Password of the MetaDB. */
export const metaDbPassword = (): string => readLab(labName).metadb.password;

/** Runs a shell command as root on a host of a lab. @returns its standard output. @throws Error when it fails. */
export const on = (host: HostName, command: string, lab = labName): Promise<string> => run(readLab(lab), host, command);

/**
 * Runs a shell command on a lab host over ssh, as the user who logs in there unless another is named.
 * @throws Error when it fails, unless `reject` is false
 */
export async function overSsh(
  host: HostName,
  command: string,
  { user, ...more }: { user?: string; inputFile?: string; reject?: boolean } = {},
) {
  const { execa } = await import("execa");
  const { privateKeyFile, knownHostsFile, hosts } = theLab();
  const { address, user: own } = hosts[host];
  const options = ["-i", privateKeyFile, "-o", `UserKnownHostsFile=${knownHostsFile}`, "-o", "BatchMode=yes"];
  return execa("ssh", [...options, `${user ?? own}@${address}`, command], more);
}

/** How a program reaches a lab host, in the words of `Host`'s arguments: without what is as by default. */
export const hostArguments = (host: HostName): Omit<LabHost, "name" | "port" | "user"> & { user?: string } => {
  const { address, hostKeys, user, sudo } = theLab().hosts[host];
  return { address, hostKeys, ...(user !== "root" && { user }), ...(sudo && { sudo }) };
};

/** Empties the MetaDB, so that the next ODC starts for the first time. */
export const emptyMetaDb = (): Promise<void> => resetMetadb(readLab(labName));

/**
 * Everything of a host that a deployment could leave behind: files with mode, owner and content hash, containers, images,
 * units, listening ports. What the system itself writes while it runs is left out, and what keepalived 2.3 adds to iproute2's names.
 */
export const snapshot = (name: HostName): Promise<string[]> => snapshotIn(labName, name);

/** {@link snapshot} of a host of another lab. */
export async function snapshotIn(lab: string, name: HostName): Promise<string[]> {
  const files = String.raw`
    find /etc /opt /root /srv /usr/local /var /run/systemd/system /tmp -xdev \
      \( -path /var/lib/docker -o -path /var/lib/containerd -o -path /var/log -o -path /var/cache -o -path /var/lib/systemd -o -path /root/.docker -o -path /etc/iproute2 \) -prune -o \
      \( -type f -o -type l -o -type d \) -printf '%y %m %u:%g %p %l\n'`;
  const hashes = String.raw`find /etc /opt /root /usr/local -xdev -path /etc/iproute2 -prune -o -type f -exec sha256sum {} +`;
  const rest = String.raw`
    ls -d /var/log/*/ | sed 's/^/log /'
    docker ps -a --format 'container {{.Names}} {{.Image}}'
    docker images --no-trunc --format 'image {{.ID}} {{.Repository}}:{{.Tag}}'
    docker volume ls --format 'volume {{.Name}}'
    docker network ls --format 'network {{.Name}}'
    systemctl list-unit-files --no-legend --type=service | awk '{ print "unit", $1, $2 }'
    ss -Hltn | awk '{ print "listens", $4 }'`;
  const text = await on(name, `${files}; ${hashes}; ${rest}`, lab);
  return text
    .split("\n")
    .map((line) => line.trim())
    .sort();
}

/** {@link snapshot} of all hosts; each line begins with the host's name. */
export const snapshots = async (): Promise<string[]> =>
  (await Promise.all(HOST_NAMES.map(async (name) => (await snapshot(name)).map((line) => `${name} ${line}`)))).flat();

/** Fails unless the hosts have what they had at the {@link snapshots}, and nothing more but lines like `maybe`. */
export async function assertOnHosts(wanted: string[], maybe = /^$/): Promise<void> {
  const now = await snapshots();
  const left = now.filter((line) => !wanted.includes(line) && !maybe.test(line));
  const missing = wanted.filter((line) => !now.includes(line));
  assert.deepEqual({ left, missing }, { left: [], missing: [] });
}

/** Removes what of ODC outlives its destruction: data, logs, backups, and the contents of the MetaDB. */
export async function clearOdc(): Promise<void> {
  for (const name of HOST_NAMES) await on(name, "rm -rf /var/data /var/log/odc /var/backups/odc");
  await emptyMetaDb();
}

/** How {@link snapshot} shows the claim of a container whose run did not live to take it back: it stays until the image goes. */
export const leftClaim = / f 600 root:root \/var\/lib\/dbha\/[0-9a-f]{64}$/;

/** Waits for a condition. @throws Error with what was last seen when the limit is over. */
export async function eventually<T>(
  what: string,
  limitSeconds: number,
  look: () => Promise<T>,
  holds: (seen: T) => boolean,
): Promise<T> {
  const end = Date.now() + limitSeconds * 1000;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (Date.now() > end) throw new Error(`${what}: not within ${limitSeconds} s; last seen: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
