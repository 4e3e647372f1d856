import { execFileSync } from "node:child_process";
import { run, type Lab } from "../../lab/src/lab";
import { asLine, assemble, receiver, type Script, type Values } from "../../provider/scripts/script";
import type { Properties } from "../provider/plugin-client";
import { installOldTools, oldTools, refusals } from "./shims";

const port = 2219;
const said = "/run/old-tools-said";
const keys = "/run/old-tools-keys";
const pid = "/run/old-tools-sshd.pid";

/** A host of the lab, where logins on a port of their own find the old tools and no others. */
export interface OldHost {
  /** The host's data, as a program would give it. */
  host: Properties;
  /** Runs a shell command there as root, with the host's own tools. @throws Error when it fails */
  on(command: string, stdin?: string): Promise<string>;
  /** Runs one of the plugin's scripts there, where no kind does it by itself. @returns what it says. @throws Error when it fails */
  send<P extends string>(script: Script<P>, values: Values<P>, list?: readonly string[]): string;
  /** What the old tools refused since the last time: `TOOL OPTION`, each once, in order. */
  refused(): Promise<string[]>;
  /** Which of the scripts were sent there so far. */
  ran(scripts: readonly Script[]): Promise<string[]>;
  stop(): Promise<void>;
}

/** Starts such a host. Nobody forwards there: as sshd of a hardened host forbids it, scripts make the connections. */
export async function startOldHost(lab: Lab): Promise<OldHost> {
  const on = (command: string, stdin?: string) => run(lab, "p3", command, { stdin });
  const stop = async () => {
    await on(
      `[ ! -e ${pid} ] || kill "$(cat ${pid})"; rm -rf ${oldTools} ${refusals} ${said} ${keys} ${pid}; ` +
        `while pgrep -f '^/usr/sbin/sshd -p ${port} ' >/dev/null; do sleep 0.05; done`,
    );
  };
  await stop();
  await installOldTools(lab, "p3");
  const login = `#!/bin/bash
exec env -i HOME=/root USER=root PATH=${oldTools} sh -c "$SSH_ORIGINAL_COMMAND" < <(exec tee -a ${said} 2>/dev/null)
`;
  const options = [
    `PidFile=${pid}`,
    `AuthorizedKeysFile=${keys}`,
    "StrictModes=no",
    "PermitRootLogin=yes",
    "AllowTcpForwarding=no",
    `ForceCommand=${oldTools}/.login`,
  ];
  await run(lab, "p3", `cat >${oldTools}/.login; chmod 755 ${oldTools}/.login; : >${refusals}; : >${said}`, {
    stdin: login,
  });
  await run(lab, "p3", `cat >${keys}; /usr/sbin/sshd -p ${port} ${options.map((one) => `-o ${one}`).join(" ")}`, {
    stdin: execFileSync("ssh-keygen", ["-y", "-f", lab.privateKeyFile], { encoding: "utf8" }),
  });
  const { name, address, hostKeys } = lab.hosts.p3;
  return {
    host: { name, address, port, hostKeys },
    on,
    send: (script, values, list = []) => {
      const login = ["-F", "none", "-i", lab.privateKeyFile, "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes"];
      const trust = ["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR"];
      const args = [...login, ...trust, "-p", String(port), `root@${address}`, receiver];
      return execFileSync("ssh", args, { input: asLine(assemble(script, values, list)), encoding: "utf8" }).trim();
    },
    refused: async () => {
      const lines = await on(`cat ${refusals}; : >${refusals}`);
      return [...new Set(lines.split("\n").filter((line) => line !== ""))];
    },
    ran: async (scripts) => {
      const all = await on(`cat ${said}`);
      return scripts.filter(({ text }) => all.includes(asLine(text).trimEnd())).map(({ name }) => name);
    },
    stop,
  };
}
