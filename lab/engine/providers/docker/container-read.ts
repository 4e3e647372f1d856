import type { Value, Values } from "../../provider";
import { isZero } from "../bridge/plan";
import { durationText } from "./duration";
import { Given } from "./given";

const MIB = 1024 * 1024;
const NOTHING = new Given({});

/**
 * What Docker says of a container, as the outputs of the resource. Properties that the real provider does not read
 * back (environment, labels, volumes, CPU quota and others) are missing.
 * @param inspection the daemon's answer, in JSON
 * @param state outputs so far; some properties are read only where they were set
 */
export function readOutputs(inspection: Values, state: Values): Values {
  const found = new Given(inspection);
  const now = found.object("State") ?? NOTHING;
  const network = found.object("NetworkSettings") ?? NOTHING;
  const isSet = (name: string): boolean => !isZero(state[name] ?? null);
  const running = now.flag("Running") === true;
  const outputs: Values = {
    ...configuration(found.object("Config") ?? NOTHING),
    ...hostConfiguration(found.object("HostConfig") ?? NOTHING, isSet),
    bridge: network.text("Bridge") ?? "",
    id: found.text("Id") ?? "",
    name: (found.text("Name") ?? "").replace(/^\/+/, ""),
    networkDatas: networksOf(network.object("Networks") ?? NOTHING),
    platform: found.text("Platform") ?? "",
  };
  const { image } = state;
  if (typeof image === "string" && image.startsWith("sha256:")) outputs.image = found.text("Image") ?? "";
  if (isSet("ports") && (running || state.mustRun === true))
    outputs.ports = portsOf(network.object("Ports") ?? NOTHING);
  if (running) return outputs;
  // a stopped container shows as a change of mustRun, and the update then starts it
  return { ...outputs, exitCode: now.number("ExitCode") ?? 0, mustRun: false };
}

function configuration(config: Given): Values {
  const healthcheck = config.object("Healthcheck");
  return {
    command: config.texts("Cmd") ?? [],
    domainname: config.text("Domainname") ?? "",
    entrypoints: config.texts("Entrypoint") ?? [],
    hostname: config.text("Hostname") ?? "",
    image: config.text("Image") ?? "",
    stdinOpen: config.flag("OpenStdin") ?? false,
    stopSignal: config.text("StopSignal") ?? "",
    stopTimeout: config.number("StopTimeout") ?? 0,
    tty: config.flag("Tty") ?? false,
    user: config.text("User") ?? "",
    workingDir: config.text("WorkingDir") ?? "",
    ...(healthcheck === undefined ? {} : { healthcheck: healthcheckOf(healthcheck) }),
  };
}

function hostConfiguration(host: Given, isSet: (name: string) => boolean): Values {
  const restart = host.object("RestartPolicy") ?? NOTHING;
  const log = host.object("LogConfig") ?? NOTHING;
  const [adds, drops] = [host.texts("CapAdd"), host.texts("CapDrop")];
  return {
    ...(adds || drops ? { capabilities: { adds: adds ?? [], drops: drops ?? [] } } : {}),
    ...(isSet("ulimits") ? { ulimits: host.objects("Ulimits").map(ulimitOf) } : {}),
    ...(isSet("pidMode") ? { pidMode: host.text("PidMode") ?? "" } : {}),
    cpuSet: host.text("CpusetCpus") ?? "",
    cpuShares: host.number("CpuShares") ?? 0,
    dns: host.texts("Dns") ?? [],
    dnsOpts: host.texts("DnsOptions") ?? [],
    dnsSearches: host.texts("DnsSearch") ?? [],
    groupAdds: host.texts("GroupAdd") ?? [],
    hosts: (host.texts("ExtraHosts") ?? []).map(hostOf),
    init: host.flag("Init") ?? false,
    ipcMode: host.text("IpcMode") ?? "",
    logDriver: log.text("Type") ?? "",
    logOpts: isSet("logOpts") ? (log.map("Config") ?? {}) : {},
    maxRetryCount: restart.number("MaximumRetryCount") ?? 0,
    memory: mebibytes(host.number("Memory")),
    memoryReservation: mebibytes(host.number("MemoryReservation")),
    memorySwap: mebibytes(host.number("MemorySwap")),
    mounts: host.objects("Mounts").map(mountOf),
    networkMode: host.text("NetworkMode") ?? "",
    privileged: host.flag("Privileged") ?? false,
    publishAllPorts: host.flag("PublishAllPorts") ?? false,
    readOnly: host.flag("ReadonlyRootfs") ?? false,
    restart: restart.text("Name") ?? "",
    rm: host.flag("AutoRemove") ?? false,
    runtime: host.text("Runtime") ?? "",
    securityOpts: host.texts("SecurityOpt") ?? [],
    shmSize: mebibytes(host.number("ShmSize")),
    storageOpts: host.map("StorageOpt") ?? {},
    sysctls: host.map("Sysctls") ?? {},
    tmpfs: host.map("Tmpfs") ?? {},
    usernsMode: host.text("UsernsMode") ?? "",
  };
}

function mebibytes(bytes: number | undefined): number {
  return bytes !== undefined && bytes > 0 ? Math.floor(bytes / MIB) : (bytes ?? 0);
}

function healthcheckOf(check: Given): Values {
  const period = (name: string): string => durationText(check.number(name) ?? 0);
  return {
    interval: period("Interval"),
    retries: check.number("Retries") ?? 0,
    startInterval: period("StartInterval"),
    startPeriod: period("StartPeriod"),
    tests: check.texts("Test") ?? [],
    timeout: period("Timeout"),
  };
}

function ulimitOf(limit: Given): Values {
  return { hard: limit.number("Hard") ?? 0, name: limit.text("Name") ?? "", soft: limit.number("Soft") ?? 0 };
}

function hostOf(entry: string): Values {
  const [host, ip] = entry.split(":");
  return { host: host ?? "", ip: ip ?? "" };
}

function mountOf(mount: Given): Values {
  const [bind, volume, tmpfs] = [
    mount.object("BindOptions"),
    mount.object("VolumeOptions"),
    mount.object("TmpfsOptions"),
  ];
  return {
    bindOptions: bind === undefined ? null : { propagation: bind.text("Propagation") ?? "" },
    readOnly: mount.flag("ReadOnly") ?? false,
    source: mount.text("Source") ?? "",
    target: mount.text("Target") ?? "",
    tmpfsOptions:
      tmpfs === undefined ? null : { mode: tmpfs.number("Mode") ?? 0, sizeBytes: tmpfs.number("SizeBytes") ?? 0 },
    type: mount.text("Type") ?? "",
    volumeOptions: volume === undefined ? null : volumeOptionsOf(volume),
  };
}

function volumeOptionsOf(volume: Given): Values {
  const driver = volume.object("DriverConfig") ?? NOTHING;
  const labels = Object.entries(volume.map("Labels") ?? {});
  return {
    driverName: driver.text("Name") ?? "",
    driverOptions: driver.map("Options") ?? {},
    labels: labels.map(([label, value]) => ({ label, value })),
    noCopy: volume.flag("NoCopy") ?? false,
    subpath: null,
  };
}

/** Ordered by the port inside, each binding an entry of its own. */
function portsOf(ports: Given): Value[] {
  const inside = (key: string): number => Number(key.split("/")[0]);
  const keys = ports.names().sort((one, other) => inside(one) - inside(other));
  return keys.flatMap((key) => {
    return ports.objects(key).map((binding) => ({
      external: Number(binding.text("HostPort") ?? 0),
      internal: inside(key),
      ip: binding.text("HostIp") ?? "",
      protocol: key.split("/")[1] ?? "tcp",
    }));
  });
}

function networksOf(networks: Given): Value[] {
  return networks.names().map((name) => {
    const network = networks.object(name) ?? NOTHING;
    return {
      gateway: network.text("Gateway") ?? "",
      globalIpv6Address: network.text("GlobalIPv6Address") ?? "",
      globalIpv6PrefixLength: network.number("GlobalIPv6PrefixLen") ?? 0,
      ipAddress: network.text("IPAddress") ?? "",
      ipPrefixLength: network.number("IPPrefixLen") ?? 0,
      ipv6Gateway: network.text("IPv6Gateway") ?? "",
      macAddress: network.text("MacAddress") ?? "",
      networkName: name,
    };
  });
}
