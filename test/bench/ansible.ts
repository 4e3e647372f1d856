import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { runCommand } from "../../lab/src/command";
import { type HostName, type Lab, run } from "../../lab/src/lab";
import type { Job } from "./job";
import type { Command } from "./measure";
import { peerPrograms } from "./python";
import { stateless, type Tool } from "./tool";

const folder = resolve("test/bench/ansible");
let program = "ansible-playbook";

/** Ansible with pipelining and one shared ssh connection a host. */
export const ansible: Tool = {
  ...stateless,
  name: "Ansible",
  prepare: async (lab) => {
    program = join(await peerPrograms(), "ansible-playbook");
    await Promise.all(Object.keys(lab.hosts).map((host) => installPython(lab, host as HostName)));
    const [version = ""] = (await runCommand(program, ["--version"])).split("\n");
    return version.replace("ansible-playbook [core ", "ansible-core ").replace("]", "");
  },
  deploy: (job) => playbook("deploy.yml", job),
  destroy: (job) => playbook("destroy.yml", job),
};

/** Its modules run on the hosts, in Python; those for Docker want the package requests. */
async function installPython(lab: Lab, host: HostName): Promise<void> {
  await run(
    lab,
    host,
    `dpkg -s python3-requests >/dev/null 2>&1 || {
       apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends python3-requests
     } >/dev/null`,
  );
}

function playbook(name: string, job: Job): Command {
  const home = join(job.folder, "ansible");
  mkdirSync(home, { recursive: true });
  const hosts = (names: HostName[]): object => ({ hosts: Object.fromEntries(names.map((host) => [host, {}])) });
  const groups = { nodes: hosts(job.nodes), proxy: hosts([job.proxy]) };
  // JSON is YAML too
  writeFileSync(join(home, "inventory.yml"), JSON.stringify({ all: { children: groups } }));
  return {
    program,
    args: ["-i", join(home, "inventory.yml"), "-e", `@${join(job.folder, "job.json")}`, join(folder, name)],
    env: {
      ANSIBLE_CONFIG: join(folder, "ansible.cfg"),
      ANSIBLE_HOME: home,
      ANSIBLE_SSH_CONTROL_PATH_DIR: join(home, "cp"),
      ANSIBLE_SSH_COMMON_ARGS: `-F ${join(job.folder, "ssh_config")}`,
    },
    cleanUp: () => closeConnections(join(home, "cp")),
  };
}

/** ControlPersist leaves ssh running for a minute; every measurement begins without a connection. */
async function closeConnections(sockets: string): Promise<void> {
  if (!existsSync(sockets)) return;
  const close = (socket: string): Promise<string> =>
    runCommand("ssh", ["-S", join(sockets, socket), "-O", "exit", "host"]);
  await Promise.all(readdirSync(sockets).map(close));
}
