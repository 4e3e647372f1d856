import type { ContainerCreateOptions, HostConfig, MountSettings } from "dockerode";
import type { Values } from "../../provider";
import { nanoseconds } from "./duration";
import { Given } from "./given";

const MIB = 1024 * 1024;

/** The request body that makes a container as planned; unknown and null values are left to Docker. */
export function createOptions(planned: Values): ContainerCreateOptions {
  const given = new Given(planned);
  const ports = given
    .objects("ports")
    .map((port) => ({ key: `${port.number("internal")}/${port.text("protocol")}`, port }));
  const volumes = given.objects("volumes").map(mountPoint);
  return {
    name: given.text("name"),
    Image: given.text("image"),
    Hostname: given.text("hostname"),
    Domainname: given.text("domainname"),
    User: given.text("user"),
    WorkingDir: given.text("workingDir"),
    StopSignal: given.text("stopSignal"),
    StopTimeout: given.number("stopTimeout"),
    OpenStdin: given.flag("stdinOpen"),
    Env: given.texts("envs"),
    Cmd: given.texts("command"),
    Entrypoint: given.texts("entrypoints"),
    Labels: labelsOf(given.objects("labels")),
    ExposedPorts: Object.fromEntries(ports.map(({ key }) => [key, {}])),
    Volumes: Object.fromEntries(volumes.flatMap(({ path }) => (path === undefined ? [] : [[path, {}]]))),
    Healthcheck: healthcheck(given.object("healthcheck")),
    HostConfig: {
      ...hostConfig(given),
      PortBindings: bindings(ports),
      Binds: volumes.flatMap(({ bind }) => bind ?? []),
      VolumesFrom: volumes.flatMap(({ from }) => from ?? []),
    },
  };
}

function hostConfig(given: Given): HostConfig {
  const capabilities = given.object("capabilities");
  return {
    Privileged: given.flag("privileged"),
    ReadonlyRootfs: given.flag("readOnly"),
    AutoRemove: given.flag("rm"),
    Init: given.flag("init") ?? false,
    RestartPolicy: { Name: given.text("restart") ?? "no", MaximumRetryCount: given.number("maxRetryCount") },
    NetworkMode: given.text("networkMode"),
    IpcMode: given.text("ipcMode"),
    PidMode: given.text("pidMode"),
    LogConfig: { Type: given.text("logDriver") ?? "", Config: given.map("logOpts") ?? {} },
    Memory: mebibytes(given.number("memory")),
    MemoryReservation: mebibytes(given.number("memoryReservation")),
    MemorySwap: mebibytes(given.number("memorySwap")),
    ShmSize: mebibytes(given.number("shmSize")),
    CpuShares: given.number("cpuShares"),
    CpuPeriod: given.number("cpuPeriod"),
    CpuQuota: given.number("cpuQuota"),
    CpusetCpus: given.text("cpuSet"),
    CapAdd: capabilities?.texts("adds"),
    CapDrop: capabilities?.texts("drops"),
    GroupAdd: given.texts("groupAdds"),
    SecurityOpt: given.texts("securityOpts"),
    ExtraHosts: given.objects("hosts").map((host) => `${host.text("host")}:${host.text("ip")}`),
    Ulimits: given.objects("ulimits").map((limit) => {
      return { Name: limit.text("name") ?? "", Soft: limit.number("soft") ?? 0, Hard: limit.number("hard") ?? 0 };
    }),
    Sysctls: given.map("sysctls"),
    Tmpfs: given.map("tmpfs"),
    Mounts: given.objects("mounts").map(mountSettings),
  };
}

/** Sizes are in MiB; negative ones mean "no limit". */
export function mebibytes(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value * MIB : value;
}

function bindings(ports: { key: string; port: Given }[]): Record<string, { HostIp: string; HostPort: string }[]> {
  const result: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const { key, port } of ports) {
    const binding = { HostIp: port.text("ip") ?? "", HostPort: String(port.number("external") ?? 0) };
    (result[key] ??= []).push(binding);
  }
  return result;
}

interface MountPoint {
  path?: string;
  bind?: string;
  from?: string;
}

function mountPoint(volume: Given): MountPoint {
  const [path, from] = [volume.text("containerPath"), volume.text("fromContainer")];
  if (path === undefined && from === undefined)
    throw new Error("volumes: an entry has neither containerPath nor fromContainer");
  if (path !== undefined && from !== undefined)
    throw new Error("volumes: an entry has both containerPath and fromContainer");
  if (from !== undefined) return { from };
  const source = volume.text("hostPath") ?? volume.text("volumeName");
  if (source === undefined) return { path };
  const relabel = volume.text("selinuxRelabel");
  const mode = [volume.flag("readOnly") ? "ro" : "rw", ...(relabel === undefined ? [] : [relabel])].join(",");
  return { path, bind: `${source}:${path}:${mode}` };
}

function mountSettings(mount: Given): MountSettings {
  const type = (mount.text("type") ?? "bind") as MountSettings["Type"];
  const settings: MountSettings = {
    Type: type,
    Source: mount.text("source") ?? "",
    Target: mount.text("target") ?? "",
    ReadOnly: mount.flag("readOnly") ?? false,
  };
  const [bind, volume, tmpfs] = [
    mount.object("bindOptions"),
    mount.object("volumeOptions"),
    mount.object("tmpfsOptions"),
  ];
  if (type === "bind" && bind)
    settings.BindOptions = { Propagation: bind.text("propagation") ?? "" } as MountSettings["BindOptions"];
  if (type === "tmpfs" && tmpfs) {
    settings.TmpfsOptions = { SizeBytes: tmpfs.number("sizeBytes") ?? 0, Mode: tmpfs.number("mode") ?? 0 };
  }
  if (type === "volume" && volume) {
    settings.VolumeOptions = {
      NoCopy: volume.flag("noCopy") ?? false,
      Labels: labelsOf(volume.objects("labels")) ?? {},
      DriverConfig: { Name: volume.text("driverName") ?? "", Options: volume.map("driverOptions") ?? {} },
    };
  }
  return settings;
}

function healthcheck(check: Given | undefined): ContainerCreateOptions["Healthcheck"] {
  if (check === undefined) return undefined;
  const period = (name: string): number => nanoseconds(check.text(name) ?? "0s");
  return {
    Test: check.texts("tests") ?? [],
    Interval: period("interval"),
    Timeout: period("timeout"),
    StartPeriod: period("startPeriod"),
    StartInterval: period("startInterval"),
    Retries: check.number("retries") ?? 0,
  };
}

function labelsOf(labels: Given[]): Record<string, string> | undefined {
  if (labels.length === 0) return undefined;
  return Object.fromEntries(labels.map((label) => [label.text("label") ?? "", label.text("value") ?? ""]));
}
