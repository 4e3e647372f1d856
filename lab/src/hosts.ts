import { readFileSync } from "node:fs";
import { join } from "node:path";
import type Docker from "dockerode";
import type { ContainerSpec, LabEndpoint, SeedFile } from "./container";
import { imageTag } from "./images";
import { HOST_KEY_KINDS, type HostKeys, type LabSecrets } from "./keys";
import { machineOf, type Machine } from "./machines";
import { MEMBER_NAMES, type HostName, type ObjectNames } from "./name";
import { IMAGES_DIR } from "./paths";
import { memberAddresses } from "./subnet";

/** What the containers of one lab have in common. */
export interface LabContext {
  name: string;
  directory: string;
  subnet: string;
  names: ObjectNames;
  secrets: LabSecrets;
}

/** A disk of 64 MiB on every host, to be filled in tests without harm to this machine's; empty again when the host restarts. */
export const SMALL_DISK = "/srv/small";

const ROOT = { uid: 0, gid: 0 };

export function endpoint(lab: LabContext, address: string): LabEndpoint {
  return { NetworkingConfig: { EndpointsConfig: { [lab.names.network]: { IPAMConfig: { IPv4Address: address } } } } };
}

/** The Docker Engine's settings, where they are not those of the image. */
function dockerSettings({ dockerFeatures }: Machine): SeedFile[] {
  if (Object.keys(dockerFeatures).length === 0) return [];
  const settings = JSON.parse(readFileSync(join(IMAGES_DIR, "host/daemon.json"), "utf8")) as object;
  const content = `${JSON.stringify({ ...settings, features: dockerFeatures }, null, 2)}\n`;
  return [{ path: "/etc/docker/daemon.json", content, mode: 0o644, owner: ROOT }];
}

/** The host's keys of all kinds that a distribution makes, where its sshd looks for them. */
function hostKeyFiles(keys: HostKeys): SeedFile[] {
  return HOST_KEY_KINDS.flatMap((kind) => {
    const path = `/etc/ssh/ssh_host_${kind}_key`;
    const { privateKey, publicKey } = keys[kind];
    return [
      { path, content: privateKey, mode: 0o600, owner: ROOT },
      { path: `${path}.pub`, content: `${publicKey}\n`, mode: 0o644, owner: ROOT },
    ];
  });
}

/** A lab host: systemd as process 1, sshd that knows the lab's key only, and a dockerd of its own. */
export function hostSpec(lab: LabContext, host: HostName): ContainerSpec {
  const machine = machineOf(lab.name, host);
  const { home, uid } = machine.login;
  const addresses = memberAddresses(lab.subnet);
  const hostConfig: Docker.HostConfig & { CgroupnsMode: "private" } = {
    // systemd and the inner dockerd need it
    Privileged: true,
    CgroupnsMode: "private",
    NetworkMode: lab.names.network,
    Tmpfs: { "/run": "", "/run/lock": "", "/tmp": "", [SMALL_DISK]: "size=64m,mode=755" },
    ExtraHosts: MEMBER_NAMES.map((member) => `${member}:${addresses[member]}`),
  };
  return {
    name: lab.names.container(host),
    lab,
    options: {
      Image: imageTag(machine.image),
      Hostname: host,
      HostConfig: hostConfig,
      ...endpoint(lab, addresses[host]),
    },
    files: [
      ...hostKeyFiles(lab.secrets.hostKeys[host]),
      {
        path: `${home}/.ssh/authorized_keys`,
        content: `${lab.secrets.clientPublicKey} lab ${lab.name}\n`,
        mode: 0o600,
        owner: { uid, gid: uid },
      },
      ...dockerSettings(machine),
    ],
  };
}
