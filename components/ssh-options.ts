import type { HostData } from "../provider/resources";
import { pins, type Pins } from "./known-hosts";

type Reach = Pick<HostData, "address" | "port" | "user" | "hostKeys" | "acceptUnknownHostKey">;

/**
 * Options for the system's ssh, which Docker's client runs to reach a host: exactly the pinned keys and the given credentials,
 * and nothing of the user's own files, so that it logs in as the plugin does.
 * @param privateKeyFile path of the private key; without it the SSH agent is asked, and no key that lies in ~/.ssh.
 * @param bastionKeyFile the same for the bastion.
 * @param pinned how ssh is told the keys.
 */
export function sshOptions(
  host: HostData,
  privateKeyFile?: string,
  bastionKeyFile = privateKeyFile,
  pinned: Pins = pins,
): string[] {
  const jump = host.bastion ? ["-o", `ProxyCommand=${jumpCommand(host.bastion, login(bastionKeyFile), pinned)}`] : [];
  return [...login(privateKeyFile), ...trust(host, pinned), ...jump];
}

function login(privateKeyFile: string | undefined): string[] {
  // every key that is offered counts as an attempt
  const key =
    privateKeyFile === undefined ? ["-o", "IdentityFile=none"] : ["-i", privateKeyFile, "-o", "IdentitiesOnly=yes"];
  // a host that falls silent is given up after 40 s, as the plugin's connections are; ssh itself would wait as long as the kernel does
  const alive = ["-o", "ServerAliveInterval=10", "-o", "ServerAliveCountMax=3"];
  return ["-F", "none", ...key, "-o", "BatchMode=yes", "-o", "ConnectTimeout=15", ...alive, "-o", "LogLevel=ERROR"];
}

function trust({ hostKeys = [], acceptUnknownHostKey }: Reach, pinned: Pins): string[] {
  const noOthers = ["-o", "GlobalKnownHostsFile=/dev/null"];
  // as in the plugin: where keys are pinned, it is by these alone
  if (acceptUnknownHostKey && hostKeys.length === 0)
    return ["-o", "UserKnownHostsFile=/dev/null", ...noOthers, "-o", "StrictHostKeyChecking=no"];
  return [...noOthers, "-o", "StrictHostKeyChecking=yes", ...pinned(hostKeys)];
}

/** ssh runs this through a shell after expanding percent signs, so words are quoted and percent signs doubled. */
function jumpCommand(bastion: Reach, options: string[], pinned: Pins): string {
  const words = [
    "ssh",
    ...options,
    ...trust(bastion, pinned),
    "-p",
    String(bastion.port ?? 22),
    "-l",
    bastion.user ?? "root",
  ];
  const quoted = words.map((word) => `'${word.replaceAll("'", "'\\''").replaceAll("%", "%%")}'`);
  return [...quoted, "-W", "'[%h]:%p'", `'${bastion.address}'`].join(" ");
}
