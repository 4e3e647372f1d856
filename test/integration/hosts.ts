import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as yaml from "yaml";
import { sshRun } from "../../lab/src/ssh";

/** Folder with what the lab of the tests wrote for its users. */
export const labFolder = join(".lab", "test");

interface LabHost {
  name: string;
  address: string;
  hostKeys: string[];
}

/** The lab's hosts by name. */
export function labHosts(): Record<string, LabHost> {
  const { hosts } = yaml.parse(readFileSync(join(labFolder, "hosts.yaml"), "utf8")) as { hosts: LabHost[] };
  return Object.fromEntries(hosts.map((host) => [host.name, host]));
}

/** Runs a shell command as root on a lab host. @returns its standard output. @throws Error when it fails. */
export function on(name: string, command: string): Promise<string> {
  const host = labHosts()[name];
  if (!host) throw new Error(`the lab has no host ${name}`);
  const privateKey = readFileSync(join(labFolder, "id_ed25519"), "utf8");
  return sshRun({ address: host.address, privateKey, hostKey: host.hostKeys[0] ?? "" }, command, 60);
}

/**
 * Everything of a host that a deployment could leave behind: files with mode, owner and content hash, containers, images,
 * units, listening ports. What the system itself writes while it runs is left out.
 */
export async function snapshot(name: string): Promise<string[]> {
  const files = String.raw`
    find /etc /opt /root /srv /usr/local /var /run/systemd/system /tmp -xdev \
      \( -path /var/lib/docker -o -path /var/lib/containerd -o -path /var/log -o -path /var/cache -o -path /var/lib/systemd -o -path /root/.docker \) -prune -o \
      \( -type f -o -type l -o -type d \) -printf '%y %m %u:%g %p %l\n'`;
  const hashes = String.raw`find /etc /opt /root /usr/local -xdev -type f -exec sha256sum {} +`;
  const rest = String.raw`
    ls -d /var/log/*/ | sed 's/^/log /'
    docker ps -a --format 'container {{.Names}} {{.Image}}'
    docker images --no-trunc --format 'image {{.ID}} {{.Repository}}:{{.Tag}}'
    docker volume ls --format 'volume {{.Name}}'
    docker network ls --format 'network {{.Name}}'
    systemctl list-unit-files --no-legend --type=service | awk '{ print "unit", $1, $2 }'
    ss -Hltn | awk '{ print "listens", $4 }'`;
  const text = await on(name, `${files}; ${hashes}; ${rest}`);
  return text
    .split("\n")
    .map((line) => line.trim())
    .sort();
}

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
