import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { utils } from "ssh2";
import { runCommand } from "../../lab/src/command";
import type { HostData } from "../../provider/resources";
import type { HostsUse, ScaleServerOptions } from "./scale-server";

/** The network between this machine and the hosts, of those that RFC 2544 keeps for benchmarks. */
const NETWORK = "198.18.213";
const INTERFACE = "dbha-scale";
/**
 * Namespaces of the hosts: whatever still runs there goes with the server; the shell takes what loses its parent. /var/lib belongs
 * to them, since the plugin keeps its records there.
 */
const NAMESPACES = ["--mount", "--net", "--pid", "--fork", "--kill-child"];
const WITHIN = ["sh", "-c", 'mount -t tmpfs none /var/lib && "$@"', "sh", process.execPath];

/** A host of the run: an address with an SSH server, and a folder for its files. */
export interface ScaleHost {
  data: HostData & { name: string; address: string };
  folder: string;
}

/** Hosts that one process makes: SSH servers behind a network of their own, with shells that see this machine's files. */
export class ScaleHosts {
  private constructor(
    readonly hosts: readonly ScaleHost[],
    readonly privateKeyFile: string,
    readonly knownHostsFile: string,
    private readonly server: ChildProcess,
  ) {}

  /** @param count up to 250. @param folder where keys and the hosts' folders are made. */
  static async start(count: number, folder: string): Promise<ScaleHosts> {
    const [hostKey, ownKey] = [utils.generateKeyPairSync("ed25519"), utils.generateKeyPairSync("ed25519")];
    const file = (name: string, text: string): string => {
      const path = join(folder, name);
      writeFileSync(path, text, { mode: 0o600 });
      return path;
    };
    const hostKeys = [hostKey.public.split(" ").slice(0, 2).join(" ")];
    const hosts = [...Array(count).keys()].map((i): ScaleHost => {
      const name = `h${String(i + 1).padStart(3, "0")}`;
      const home = join(folder, name);
      mkdirSync(home, { recursive: true });
      return { data: { name, address: `${NETWORK}.${i + 2}`, port: 22, user: "root", hostKeys }, folder: home };
    });
    const known = hosts.map(({ data }) => `${data.address} ${hostKeys.join("")}\n`).join("");
    const options: ScaleServerOptions = {
      addresses: hosts.map(({ data }) => data.address),
      hostKey: hostKey.private,
      publicKey: ownKey.public,
    };
    const server = fork(resolve("test/bench/scale-server.ts"), [], {
      execPath: "unshare",
      execArgv: [...NAMESPACES, ...WITHIN, ...process.execArgv],
    });
    const made = new ScaleHosts(hosts, file("id", ownKey.private), file("known_hosts", known), server);
    try {
      await made.connect(options);
      return made;
    } catch (error) {
      await made.stop();
      throw error;
    }
  }

  /** Runs a shell command in the hosts' network. */
  async inside(command: string): Promise<void> {
    const target = String(this.server.pid);
    const namespaces = ["--net", `--pid=/proc/${target}/ns/pid_for_children`];
    await runCommand("nsenter", ["--target", target, ...namespaces, "sh", "-c", command]);
  }

  /** What the hosts were asked for since this was last asked. */
  async used(): Promise<HostsUse> {
    this.server.send("used");
    const [use] = (await once(this.server, "message")) as [HostsUse];
    return use;
  }

  /** Ends the servers, and takes the network away: the kernel would do so by itself, but some time later. */
  async stop(): Promise<void> {
    await runCommand("ip", ["link", "delete", INTERFACE]).catch(() => undefined);
    if (this.server.exitCode !== null) return;
    const ended = once(this.server, "exit");
    if (this.server.connected) this.server.disconnect();
    await ended;
  }

  private async connect(options: ScaleServerOptions): Promise<void> {
    const { pid } = this.server;
    // the server loads when its namespaces are there
    this.server.send("used");
    await once(this.server, "message");
    await runCommand("ip", ["link", "add", INTERFACE, "type", "veth", "peer", "name", "eth0", "netns", String(pid)]);
    await runCommand("ip", ["address", "add", `${NETWORK}.1/24`, "dev", INTERFACE]);
    await runCommand("ip", ["link", "set", INTERFACE, "up"]);
    const addresses = this.hosts.map(({ data }) => `ip address add ${data.address}/24 dev eth0`).join("\n");
    await this.inside(`set -e\nip link set lo up\n${addresses}\nip link set eth0 up`);
    this.server.send(options);
    await once(this.server, "message");
  }
}
