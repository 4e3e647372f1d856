import type Docker from "dockerode";
import type { ContainerSpec, LabEndpoint } from "./container";
import { HOST_IMAGE, imageTag } from "./images";
import type { LabSecrets } from "./keys";
import { MEMBER_NAMES, type HostName, type ObjectNames } from "./name";
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

/** A lab host: systemd as process 1, sshd that knows the lab's key only, and a dockerd of its own. */
export function hostSpec(lab: LabContext, host: HostName): ContainerSpec {
  const addresses = memberAddresses(lab.subnet);
  const { privateKey, publicKey } = lab.secrets.hostKeys[host];
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
      Image: imageTag(HOST_IMAGE),
      Hostname: host,
      HostConfig: hostConfig,
      ...endpoint(lab, addresses[host]),
    },
    files: [
      { path: "/etc/ssh/ssh_host_ed25519_key", content: privateKey, mode: 0o600, owner: ROOT },
      { path: "/etc/ssh/ssh_host_ed25519_key.pub", content: `${publicKey}\n`, mode: 0o644, owner: ROOT },
      {
        path: "/root/.ssh/authorized_keys",
        content: `${lab.secrets.clientPublicKey} lab ${lab.name}\n`,
        mode: 0o600,
        owner: ROOT,
      },
    ],
  };
}
