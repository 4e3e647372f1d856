import type { HostData } from "../provider/resources";

type Reach = Pick<HostData, "address" | "port" | "user" | "hostKeys" | "acceptUnknownHostKey">;

/**
 * Options for the system's ssh, which Docker's client runs to reach a host: exactly the pinned keys and nothing of the
 * user's own files. The keys are given by a command (OpenSSH 8.5 or later), so that no known_hosts file has to be kept.
 * @param privateKeyFile path of the private key; without it the SSH agent is asked.
 * @param bastionKeyFile the same for the bastion.
 */
export function sshOptions(host: HostData, privateKeyFile?: string, bastionKeyFile = privateKeyFile): string[] {
  const jump = host.bastion ? ["-o", `ProxyCommand=${jumpCommand(host.bastion, login(bastionKeyFile))}`] : [];
  return [...login(privateKeyFile), ...trust(host), ...jump];
}

function login(privateKeyFile: string | undefined): string[] {
  const key = privateKeyFile === undefined ? [] : ["-i", privateKeyFile, "-o", "IdentitiesOnly=yes"];
  // a host that falls silent is given up after 40 s, as the plugin's connections are; ssh itself would wait as long as the kernel does
  const alive = ["-o", "ServerAliveInterval=10", "-o", "ServerAliveCountMax=3"];
  return [...key, "-o", "BatchMode=yes", "-o", "ConnectTimeout=15", ...alive, "-o", "LogLevel=ERROR"];
}

function trust(host: Reach): string[] {
  const files = ["-o", "UserKnownHostsFile=/dev/null", "-o", "GlobalKnownHostsFile=/dev/null"];
  if (host.acceptUnknownHostKey) return [...files, "-o", "StrictHostKeyChecking=no"];
  const lines = (host.hostKeys ?? []).map((key) => `"%H ${key}"`).join(" ");
  return [...files, "-o", "StrictHostKeyChecking=yes", "-o", `KnownHostsCommand=/usr/bin/printf "%%s\\n" ${lines}`];
}

/** ssh runs this through a shell after expanding percent signs, so words are quoted and percent signs doubled. */
function jumpCommand(bastion: Reach, options: string[]): string {
  const words = ["ssh", ...options, ...trust(bastion), "-p", String(bastion.port ?? 22), "-l", bastion.user ?? "root"];
  const quoted = words.map((word) => `'${word.replaceAll("'", "'\\''").replaceAll("%", "%%")}'`);
  return [...quoted, "-W", "'[%h]:%p'", `'${bastion.address}'`].join(" ");
}
