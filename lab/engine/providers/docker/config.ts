import type { Value, Values } from "../../provider";
import { NotInTheStandIn } from "../refusal";

/** How to reach a Docker daemon. */
export interface DockerHost {
  /** As configured, for messages. */
  url: string;
  target: { socketPath: string } | { ssh: string[] };
}

const IMPLEMENTED = ["host", "sshOpts", "version", "disableDockerDaemonCheck"];

/**
 * Reads the provider's configuration. Lists arrive as JSON text, as in every bridged provider.
 * @throws Error for a host that is no `ssh://` or `unix://` address, and for settings the stand-in does not know
 */
export function dockerHost(args: Values): DockerHost {
  const other = Object.keys(args).find((name) => !IMPLEMENTED.includes(name) && !name.startsWith("__"));
  if (other !== undefined) throw new NotInTheStandIn("docker", `provider setting ${other}`);
  const url = (args.host as string | undefined) ?? process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock";
  if (url.startsWith("unix://")) return { url, target: { socketPath: url.slice("unix://".length) } };
  if (url.startsWith("ssh://")) return { url, target: { ssh: sshCommand(url, listOf(args.sshOpts)) } };
  throw new NotInTheStandIn("docker", `host ${url} (not ssh:// and not unix://)`);
}

function listOf(value: Value | undefined): string[] {
  const list: unknown = typeof value === "string" ? JSON.parse(value) : value;
  if (list === undefined || list === null) return process.env.DOCKER_SSH_OPTS?.split(/\s+/).filter(Boolean) ?? [];
  if (Array.isArray(list) && list.every((item) => typeof item === "string")) return list;
  throw new Error("provider setting sshOpts must be a list of strings, one for each word of the ssh command line");
}

/** The command that Docker's own CLI runs for an ssh:// host. */
function sshCommand(url: string, options: string[]): string[] {
  const { username, hostname, port, pathname, password, search, hash } = new URL(url);
  if (hostname === "" || password !== "" || search !== "" || hash !== "") {
    throw new Error(`provider setting host is ${url}: it must have the form ssh://user@host:port`);
  }
  if (pathname !== "" && pathname !== "/") throw new NotInTheStandIn("docker", `socket path in host ${url}`);
  return [
    ...options,
    ...(options.some((option) => option.includes("ConnectTimeout")) ? [] : ["-o", "ConnectTimeout=30"]),
    "-T",
    ...(username === "" ? [] : ["-l", decodeURIComponent(username)]),
    ...(port === "" ? [] : ["-p", port]),
    ...["--", hostname.replace(/^\[|\]$/g, ""), "docker", "system", "dial-stdio"],
  ];
}
