import { flag, integer, matching, oneOf, output, replaces, text, textList, textMap, atLeast } from "../bridge/schema";
import type { Property } from "../bridge/schema";
import { duration, hosts, labels, mebibytes, mountEntries, ports, ulimits, volumes, type Form } from "./forms";

/** A property of a container, and where Docker has it. */
export interface ContainerProperty extends Property {
  fields?: ContainerSchema;
  /** Path in the request that makes a container, and in what Docker says of one (there below `Config`, or as it is). */
  at?: string;
  /** How Docker writes it, where it does not write the same. */
  form?: Form;
  /** When the real provider reads it back: `set` is where the state holds one. Default: always. */
  read?: "never" | "set";
  /** Leaving it out, or empty, keeps the old value. */
  sticky?: boolean;
  /** Another number of elements replaces, a changed one does not: the real provider then notes it in the state alone. */
  replacedByCount?: boolean;
  /** The object is a set with one element in Terraform, where others are a list with one. */
  setOfOne?: boolean;
}

export type ContainerSchema = Readonly<Record<string, ContainerProperty>>;

const texts: Property = { type: "set", element: text };
const required = { required: true } as const;
const computed = { computed: true } as const;
const amount: Property = { type: "integer", rule: atLeast(0) };
const size = { ...amount, form: mebibytes };

function setOf(fields: ContainerSchema): Property {
  return { type: "set", element: { type: "object", fields } };
}

/** Left to the real provider; still among the outputs. */
function refused(property: ContainerProperty, at?: string): ContainerProperty {
  return { ...property, ...replaces, refused: true, ...(at === undefined ? {} : { at }) };
}

const mount: ContainerSchema = {
  bindOptions: refused({ type: "object", fields: {} }),
  readOnly: flag,
  source: text,
  target: { ...text, ...required },
  tmpfsOptions: { type: "object", fields: { mode: integer, sizeBytes: integer } },
  type: { ...text, ...required, rule: oneOf("bind", "volume", "tmpfs") },
  volumeOptions: refused({ type: "object", fields: {} }),
};

const volume: ContainerSchema = {
  containerPath: { ...text, ...required },
  fromContainer: refused(text),
  hostPath: { ...text, rule: matching(/^\//, "an absolute path") },
  readOnly: flag,
  selinuxRelabel: refused(text),
  volumeName: text,
};

const port: ContainerSchema = {
  external: { ...integer, ...computed },
  internal: { ...integer, ...required },
  ip: { ...text, default: "0.0.0.0" },
  protocol: { ...text, default: "tcp" },
};

const period: ContainerProperty = {
  ...text,
  default: "0s",
  form: duration,
  rule: matching(/^((\d+(\.\d+)?(ns|us|ms|s|m|h))+|0)$/, "a duration like 1m30s"),
};

const healthcheck: ContainerSchema = {
  interval: { ...period, at: "Healthcheck.Interval" },
  retries: { ...amount, default: 0, at: "Healthcheck.Retries" },
  startInterval: { ...refused(period), at: "Healthcheck.StartInterval" },
  startPeriod: { ...period, at: "Healthcheck.StartPeriod" },
  tests: { ...textList, at: "Healthcheck.Test" },
  timeout: { ...period, at: "Healthcheck.Timeout" },
};

/** Arguments of the real provider that it never reads back, and that nothing here uses. */
const left: ContainerSchema = {
  ...all(refused(setOf({})), "deviceReadBps", "deviceReadIops", "deviceRequests", "deviceWriteBps", "deviceWriteIops"),
  ...all(refused(setOf({})), "devices", "networksAdvanced", "uploads"),
  ...all(refused(text), "cgroupParent", "cgroupnsMode", "cpus", "gpus"),
  ...all(refused({ ...flag, default: false }), "attach", "logs", "wait"),
};

function all(property: ContainerProperty, ...names: string[]): ContainerSchema {
  return Object.fromEntries(names.map((name) => [name, property]));
}

/** `docker:index/container:Container`, after the schema of the real provider. */
export const containerSchema: ContainerSchema = {
  ...left,
  bridge: { ...output, at: "NetworkSettings.Bridge" },
  capabilities: {
    ...{ type: "object", setOfOne: true, ...replaces },
    fields: {
      adds: { ...texts, at: "HostConfig.CapAdd" },
      drops: { ...texts, at: "HostConfig.CapDrop" },
    },
  },
  command: { ...textList, ...computed, ...replaces, at: "Cmd" },
  containerLogs: output,
  containerReadRefreshTimeoutMilliseconds: { ...integer, default: 15000, refused: true },
  cpuPeriod: { ...amount, at: "HostConfig.CpuPeriod", read: "never" },
  cpuQuota: { ...amount, at: "HostConfig.CpuQuota", read: "never" },
  cpuSet: refused(text, "HostConfig.CpusetCpus"),
  cpuShares: refused(integer, "HostConfig.CpuShares"),
  destroyGraceSeconds: integer,
  deviceCgroupRules: refused(texts),
  dns: { ...texts, ...replaces, at: "HostConfig.Dns" },
  dnsOpts: refused(texts, "HostConfig.DnsOptions"),
  dnsSearches: refused(texts, "HostConfig.DnsSearch"),
  domainname: refused(text, "Domainname"),
  entrypoints: { ...textList, ...computed, ...replaces, at: "Entrypoint" },
  envs: { ...texts, ...computed, ...replaces, at: "Env", read: "never" },
  exitCode: { ...integer, ...computed, outputOnly: true },
  groupAdds: refused(texts, "HostConfig.GroupAdd"),
  healthcheck: { type: "object", fields: healthcheck, ...computed },
  hostname: { ...text, ...computed, ...replaces, at: "Hostname" },
  hosts: {
    ...setOf({ host: { ...text, ...required }, ip: { ...text, ...required } }),
    ...{ ...replaces, form: hosts, at: "HostConfig.ExtraHosts" },
  },
  id: output,
  image: { ...text, ...required, ...replaces, at: "Image" },
  init: { ...flag, ...computed, at: "HostConfig.Init" },
  ipcMode: { ...text, ...computed, ...replaces, at: "HostConfig.IpcMode" },
  labels: {
    ...setOf({ label: { ...text, ...required }, value: { ...text, ...required } }),
    ...{ ...computed, ...replaces, form: labels, at: "Labels", read: "never" },
  },
  logDriver: { ...text, ...computed, ...replaces, at: "HostConfig.LogConfig.Type" },
  logOpts: { ...textMap, ...replaces, at: "HostConfig.LogConfig.Config", read: "set" },
  maxRetryCount: refused(integer, "HostConfig.RestartPolicy.MaximumRetryCount"),
  memory: { ...size, at: "HostConfig.Memory" },
  memoryReservation: refused({ ...size, default: 0 }, "HostConfig.MemoryReservation"),
  memorySwap: { ...size, rule: atLeast(-1), at: "HostConfig.MemorySwap" },
  mounts: { ...setOf(mount), replacedByCount: true, form: mountEntries, at: "HostConfig.Mounts" },
  mustRun: { ...flag, default: true },
  name: { ...text, ...required, ...replaces },
  networkDatas: { type: "list", element: { type: "object", fields: {} }, ...computed, outputOnly: true },
  networkMode: { ...text, default: "bridge", ...replaces, at: "HostConfig.NetworkMode" },
  pidMode: { ...text, ...replaces, at: "HostConfig.PidMode", read: "set" },
  platform: refused({ ...text, ...computed }),
  ports: {
    ...{ type: "list", element: { type: "object", fields: port } },
    ...{ ...replaces, form: ports, at: "HostConfig.PortBindings", read: "set" },
  },
  privileged: { ...flag, ...replaces, at: "HostConfig.Privileged" },
  publishAllPorts: refused(flag, "HostConfig.PublishAllPorts"),
  readOnly: { ...flag, default: false, ...replaces, at: "HostConfig.ReadonlyRootfs" },
  removeVolumes: { ...flag, default: true },
  restart: {
    ...{ ...text, default: "no", at: "HostConfig.RestartPolicy.Name" },
    rule: oneOf("no", "on-failure", "always", "unless-stopped"),
  },
  rm: refused({ ...flag, default: false }, "HostConfig.AutoRemove"),
  runtime: refused({ ...text, ...computed }, "HostConfig.Runtime"),
  securityOpts: { ...texts, ...computed, ...replaces, at: "HostConfig.SecurityOpt" },
  shmSize: { ...size, ...computed, ...replaces, at: "HostConfig.ShmSize" },
  start: { ...flag, default: true },
  stdinOpen: { ...flag, default: false, ...replaces, at: "OpenStdin" },
  stopSignal: { ...text, ...computed, ...replaces, at: "StopSignal" },
  stopTimeout: { ...integer, ...computed, ...replaces, at: "StopTimeout" },
  storageOpts: refused(textMap, "HostConfig.StorageOpt"),
  sysctls: { ...textMap, ...replaces, at: "HostConfig.Sysctls" },
  tmpfs: { ...textMap, at: "HostConfig.Tmpfs" },
  tty: refused({ ...flag, default: false }, "Tty"),
  ulimits: {
    ...setOf({ hard: { ...integer, ...required }, name: { ...text, ...required }, soft: { ...integer, ...required } }),
    ...{ ...replaces, form: ulimits, at: "HostConfig.Ulimits", read: "set" },
  },
  user: { ...text, sticky: true, ...replaces, at: "User" },
  usernsMode: refused(text, "HostConfig.UsernsMode"),
  volumes: { ...setOf(volume), ...replaces, form: volumes, at: "HostConfig.Binds", read: "never" },
  waitTimeout: { ...integer, default: 60, refused: true },
  workingDir: { ...text, sticky: true, ...replaces, at: "WorkingDir" },
};
