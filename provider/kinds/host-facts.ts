import { z } from "zod";
import { hostFacts } from "../scripts/host-facts";
import type { TimedAnswer } from "../ssh/remote";
import { Host, host } from "./fields";
import { parseEngine, type RunningContainer } from "./engine-facts";
import { Query } from "./query";

type HostFacts = {
  architecture: string;
  cores: number;
  memoryBytes: number;
  os: string;
  kernel: string;
  dockerVersion?: string;
  dockerClient: boolean;
  dockerUserNamespaces: boolean;
  podmanVersion?: string;
  keepalivedVersion?: string;
  addresses: { interface: string; address: string; prefixLength: number }[];
  disks: { mount: string; totalBytes: number; freeBytes: number }[];
  ports: { port: number; protocol: string; address: string; process: string; container?: string }[];
  services: string[];
  containers: string[];
  adopted: { container: string; id: string; wanted: string }[];
  clockSkewMs: number;
  utcOffsetMinutes: number;
};

/** What a host is and has. */
export const hostFactsQuery: Query<{ host: Host }, HostFacts> = {
  token: "dbha:index:getHostFacts",
  description: "Asks a host what it is and has, at the time of the question.",
  inputs: { host: host() },
  quiet: [],
  outputs: {
    architecture: z.string().describe("Docker's name of the architecture."),
    cores: z.int().describe("Processors online."),
    memoryBytes: z.number().describe("Main memory in bytes."),
    os: z.string().describe("Name and version of the distribution."),
    kernel: z.string().describe("Kernel release."),
    dockerVersion: z.string().optional().describe("Version of the Docker Engine; missing when none answers."),
    dockerClient: z
      .boolean()
      .describe("Whether the command docker is installed, by which an Engine is reached over SSH."),
    dockerUserNamespaces: z
      .boolean()
      .describe(
        "Whether the Engine gives containers users of their own (userns-remap), which forbids the host's network.",
      ),
    podmanVersion: z.string().optional().describe("Version of the Podman that answers to the name docker."),
    keepalivedVersion: z.string().optional().describe("Version of keepalived; missing when it is not installed."),
    addresses: z
      .array(
        z
          .object({ interface: z.string(), address: z.string(), prefixLength: z.int() })
          .meta({ id: "AddressFacts", description: "An IP address of an interface." }),
      )
      .describe("IP addresses of its interfaces, in the order of the kernel."),
    disks: z
      .array(
        z
          .object({ mount: z.string(), totalBytes: z.number(), freeBytes: z.number() })
          .meta({ id: "DiskFacts", description: "A mounted file system." }),
      )
      .describe("File systems on disks."),
    ports: z
      .array(
        z
          .object({
            port: z.int(),
            protocol: z.string(),
            address: z.string(),
            process: z.string(),
            container: z.string().optional(),
          })
          .meta({ id: "PortFacts", description: "A port that something listens on." }),
      )
      .describe("Ports listened on."),
    services: z.array(z.string()).describe("Names of the systemd services that run or are stopping."),
    containers: z.array(z.string()).describe("Names of the containers that run."),
    adopted: z
      .array(
        z
          .object({ container: z.string(), id: z.string(), wanted: z.string() })
          .meta({ id: "AdoptedContainer", description: "A container that a stack has taken over." }),
      )
      .describe("Containers that a stack has taken over, as noteAdoption has noted them."),
    clockSkewMs: z.number().describe("The host's clock minus this machine's, in milliseconds."),
    utcOffsetMinutes: z.int().describe("How far its local time is ahead of UTC now, in minutes."),
  },

  async answer({ host }, context) {
    const answer = await context.remote(host).run({ name: "ask for facts", script: hostFacts, values: {} });
    return parseHostFacts(answer);
  },
};

/** Makes facts of what the script said. */
export function parseHostFacts(answer: TimedAnswer): HostFacts {
  const machine = answer.must("machine", /^\S+$/);
  const engine = parseEngine(answer);
  return {
    architecture: { x86_64: "amd64", aarch64: "arm64", arm64: "arm64" }[machine] ?? machine,
    cores: Number(answer.must("cores", /^\d+$/)),
    memoryBytes: Number(answer.must("memory_kb", /^\d+$/)) * 1024,
    os: answer.get("os") ?? "",
    kernel: answer.must("kernel", /^\S+$/),
    dockerVersion: engine.version,
    dockerClient: answer.must("client", ["", "1"]) === "1",
    dockerUserNamespaces: engine.userNamespaces,
    podmanVersion: engine.podman,
    keepalivedVersion: answer.get("keepalived"),
    addresses: answer.all("address").flatMap(parseAddress),
    disks: parseDisks(answer.all("disk")),
    ports: parsePorts(answer, engine.containers),
    services: answer.all("service").sort(),
    containers: engine.containers.map(({ name }) => name).sort(),
    adopted: answer.all("adopted").map((line) => {
      const [container = "", id = "", wanted = ""] = line.split(" ");
      return { container, id, wanted };
    }),
    clockSkewMs: clockSkew(answer),
    utcOffsetMinutes: utcOffset(answer),
  };
}

/** Reads a line of `ip -o address show`; nothing where it is none: number, interface, family, address with prefix length (of the peer's, where there is one). */
export function parseAddress(line: string) {
  const match = /^\d+:\s+(\S+)\s+inet6?\s+([0-9a-fA-F.:]+)(?:\s+peer\s+[0-9a-fA-F.:]+)?(?:\/(\d+))?\s/.exec(line);
  const [, name, address = "", length] = match ?? [];
  if (name === undefined) {
    return [];
  }
  return [{ interface: name, address, prefixLength: Number(length ?? (address.includes(":") ? 128 : 32)) }];
}

/**
 * Lines of `df -kP`: device, 1024-blocks, used, available, capacity, mount point. A file system that is mounted more than
 * once, as containers' /etc/hosts is, counts once, at its shortest mount point.
 */
function parseDisks(lines: string[]) {
  const disks = lines.flatMap((line) => {
    const match = /^(.*?)\s+(\d+)\s+\d+\s+(\d+)\s+\S+\s+(\/.*)$/.exec(line);
    const [, device = "", total, free, mount] = match ?? [];
    return mount === undefined ? [] : [{ device, total, free, mount }];
  });
  const shortest = new Map([...disks].sort((a, b) => b.mount.length - a.mount.length).map((disk) => [key(disk), disk]));
  return [...shortest.values()]
    .map(({ mount, total, free }) => ({ mount, totalBytes: Number(total) * 1024, freeBytes: Number(free) * 1024 }))
    .sort((a, b) => (a.mount < b.mount ? -1 : 1));
}

/** What tells file systems apart; the device does not where it is called `overlay`, nor inside containers. */
function key({ total, free }: { total?: string; free?: string }): string {
  return `${total ?? ""} ${free ?? ""}`;
}

/** Who listens: a socket belongs to a container when its process does, or when Docker publishes the port for it. */
function parsePorts(answer: TimedAnswer, containers: RunningContainer[]): HostFacts["ports"] {
  const members = new Map(answer.all("member").map((line) => line.split(" ") as [pid: string, id: string]));
  const names = new Map(containers.map(({ id, name }) => [id, name]));
  const published = new Map(containers.flatMap(({ name, published: ports }) => ports.map((port) => [port, name])));
  return answer
    .all("socket")
    .flatMap(parseSocket)
    .map(({ pid, ...socket }) => {
      const container = names.get(members.get(pid) ?? "") ?? published.get(`${socket.protocol} ${socket.port}`);
      return { ...socket, ...(container !== undefined && { container }) };
    })
    .sort((a, b) => a.port - b.port);
}

/** A line of `ss -Hlntup`: protocol, state, queues, local address and port, peer, and perhaps `users:(("name",pid=…))`. */
function parseSocket(line: string) {
  const match = /^(tcp|udp)\s+\S+\s+\d+\s+\d+\s+(\S+):(\d+)\s+\S+(?:\s+users:\(\("([^"]*)",pid=(\d+))?/.exec(line);
  const [, protocol, address, port, process = "", pid = ""] = match ?? [];
  if (protocol === undefined || address === undefined) {
    return [];
  }
  return [{ port: Number(port), protocol, address: address.replace(/^\[(.*)\]$/, "$1"), process, pid }];
}

/** As `date` writes it: `+0800`. */
function utcOffset(answer: TimedAnswer): number {
  const zone = answer.must("zone", /^[+-]\d{4}$/);
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3));
  return zone.startsWith("-") ? -minutes : minutes;
}

/** The host read its clock between our question and its first answer: take the middle. */
function clockSkew(answer: TimedAnswer): number {
  const [seconds, nanoseconds = ""] = answer.must("now", /^\d+ (\d+|%N)$/).split(" ");
  const there = Number(seconds) * 1000 + (/^\d+$/.test(nanoseconds) ? Number(nanoseconds) / 1e6 : 0);
  const here = performance.timeOrigin + (answer.sentAt + answer.firstOutputAt) / 2;
  return Math.round(there - here);
}
