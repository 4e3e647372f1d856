import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderOdcNginx } from "../../components/odc/nginx";
import type { Job } from "./job";

/** Writes what the tools read into the job's folder: job.json, nginx.conf, ssh_config, known_hosts and HOST.env for each node. */
export function writeJob(job: Job, knownHostsFile: string): void {
  mkdirSync(job.folder, { recursive: true, mode: 0o700 });
  const write = (name: string, text: string): void => writeFileSync(join(job.folder, name), text, { mode: 0o600 });
  write("job.json", JSON.stringify(job, undefined, 2));
  write("nginx.conf", nginxConf(job));
  write("ssh_config", sshConfig(job));
  for (const [host, variables] of Object.entries(job.odc.environments))
    write(
      `${host}.env`,
      Object.entries(variables)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(""),
    );
  copyFileSync(knownHostsFile, job.knownHostsFile);
}

const nginxConf = ({ nodes, targets, odc, nginx }: Job): string =>
  renderOdcNginx({
    ...nginx,
    servers: nodes.map((node) => ({ address: targets[node].address, port: odc.port })),
  });

/** Exactly the pinned host keys, and nothing of the user's own files. */
function sshConfig(job: Job): string {
  const hosts = Object.entries(job.targets).map(
    ([name, { address, port, user }]) => `Host ${name}\n  HostName ${address}\n  Port ${port}\n  User ${user}\n`,
  );
  return `${hosts.join("")}Host *
  IdentityFile ${job.privateKeyFile}
  IdentitiesOnly yes
  BatchMode yes
  ConnectTimeout 15
  LogLevel ERROR
  StrictHostKeyChecking yes
  UserKnownHostsFile ${job.knownHostsFile}
  GlobalKnownHostsFile /dev/null
`;
}
