import * as pulumi from "@pulumi/pulumi";
import { HostData } from "./host-data";

/** Arguments of `getHostFacts`. */
export interface GetHostFactsArgs {
  /** The host to ask. */
  host: HostData;
}

/** Arguments of `getHostFactsOutput`. */
export interface GetHostFactsOutputArgs {
  /** The host to ask. */
  host: pulumi.Input<HostData>;
}

/** An IP address of an interface. */
export interface AddressFacts {
  /**
   * Name of the interface.
   * @example "eth0"
   */
  interface: string;
  /** IPv4 or IPv6 address. */
  address: string;
  /** Length of its network's prefix in bits. */
  prefixLength: number;
}

/** A mounted file system. */
export interface DiskFacts {
  /** Where it is mounted. */
  mount: string;
  /** Its size in bytes. */
  totalBytes: number;
  /** What an unprivileged user may still write, in bytes. */
  freeBytes: number;
}

/** A port that something listens on. */
export interface PortFacts {
  /** Port number. */
  port: number;
  /** `tcp` or `udp`. */
  protocol: string;
  /** Address it is bound to; `0.0.0.0`, `::` or `*` means every one. */
  address: string;
  /** Name of the process, empty when the kernel does not tell. */
  process: string;
  /** Name of the container that listens; missing when it is a process of the host itself. */
  container?: string;
}

/** A container that a stack has taken over. */
export interface AdoptedContainer {
  /** Name of the container. */
  container: string;
  /** Its ID; another one of that name is not it. */
  id: string;
  /** A hash of what it was to be when it was taken over; empty where the stack has made it since. */
  wanted: string;
}

/** What a host is and has, at the time of the question. */
export interface HostFacts {
  /** Docker's name of the architecture: `amd64`, `arm64`, or what `uname -m` says for others. */
  architecture: string;
  /** Processors online. */
  cores: number;
  /** Main memory in bytes. */
  memoryBytes: number;
  /** Name and version of the distribution, as in `PRETTY_NAME` of /etc/os-release. */
  os: string;
  /** Kernel release, `uname -r`. */
  kernel: string;
  /** Version of the Docker Engine; missing when none answers. */
  dockerVersion?: string;
  /** Whether the command docker is installed, by which an Engine is reached over SSH. */
  dockerClient: boolean;
  /** Whether the Engine gives containers users of their own (userns-remap), which forbids them the host's network. */
  dockerUserNamespaces: boolean;
  /** Version of the Podman that answers to the name docker; missing where none does. */
  podmanVersion?: string;
  /** Version of keepalived; missing when it is not installed. */
  keepalivedVersion?: string;
  /** IP addresses of its interfaces, loopback included, in the order of the kernel. */
  addresses: AddressFacts[];
  /** File systems on disks, by mount point. */
  disks: DiskFacts[];
  /** Ports listened on, by number. */
  ports: PortFacts[];
  /**
   * Names of the systemd services that run or are stopping.
   * @example ["ssh.service"]
   */
  services: string[];
  /** Names of the containers that run, sorted. */
  containers: string[];
  /** Containers that a stack has taken over, as `noteAdoption` has noted them. */
  adopted: AdoptedContainer[];
  /** The host's clock minus this machine's, in milliseconds, to about half a round trip. */
  clockSkewMs: number;
  /** How far its local time is ahead of UTC now, in minutes; less than 0 is behind. */
  utcOffsetMinutes: number;
}

/**
 * Asks a host what it is and has. Runs in preview too, so that preflight checks show before anything changes.
 * @throws when the host cannot be reached, naming the host and what to check
 */
export function getHostFacts(args: GetHostFactsArgs, opts?: pulumi.InvokeOptions): Promise<HostFacts> {
  return pulumi.runtime.invoke("dbha:index:getHostFacts", { host: args.host }, opts ?? {});
}

/** `getHostFacts` for a host that is known only later, or with `dependsOn` in its options. */
export function getHostFactsOutput(
  args: GetHostFactsOutputArgs,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<HostFacts> {
  return pulumi.runtime.invokeOutput("dbha:index:getHostFacts", { host: args.host }, opts ?? {});
}
