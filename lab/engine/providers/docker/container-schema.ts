import { isObject, type Value } from "../../provider";
import { atLeast, matching, oneOf, type Property, type Rule, type Schema } from "../bridge/schema";
import { isDuration } from "./duration";

const replaces = { forceNew: true } as const;
const text: Property = { type: "string" };
const flag: Property = { type: "boolean" };
const integer: Property = { type: "integer" };
const texts: Property = { type: "set", element: text };
const textList: Property = { type: "list", element: text };
const textMap: Property = { type: "map" };
const amount: Property = { type: "integer", rule: atLeast(0) };
const output: Property = { type: "string", computed: true, outputOnly: true };

function setOf(fields: Schema): Property {
  return { type: "set", element: { type: "object", fields } };
}

/** Left to the real provider; still among the outputs. */
function refused(property: Property): Property {
  return { ...property, ...replaces, refused: true };
}

const duration: Property = {
  type: "string",
  default: "0s",
  rule: (value) => (isDuration(value as string) ? undefined : `${JSON.stringify(value)} is not a duration like 1m30s`),
};

const hostPath: Rule = (value) => {
  return /^([a-zA-Z]:\\|\/)/.test(value as string) ? undefined : `${JSON.stringify(value)} is not an absolute path`;
};

const label = { label: { ...text, required: true }, value: { ...text, required: true } };

const mount: Schema = {
  bindOptions: {
    type: "object",
    fields: { propagation: { ...text, rule: oneOf("private", "rprivate", "shared", "rshared", "slave", "rslave") } },
  },
  readOnly: flag,
  source: text,
  target: { ...text, required: true },
  tmpfsOptions: { type: "object", fields: { mode: integer, sizeBytes: integer } },
  type: { ...text, required: true, rule: oneOf("bind", "volume", "tmpfs") },
  volumeOptions: {
    type: "object",
    fields: {
      driverName: text,
      driverOptions: textMap,
      labels: setOf(label),
      noCopy: flag,
      subpath: { ...text, refused: true },
    },
  },
};

const volume: Schema = {
  containerPath: text,
  fromContainer: text,
  hostPath: { ...text, rule: hostPath },
  readOnly: flag,
  selinuxRelabel: { ...text, rule: oneOf("z", "Z") },
  volumeName: text,
};

const port: Schema = {
  external: { ...integer, computed: true },
  internal: { ...integer, required: true },
  ip: { ...text, default: "0.0.0.0" },
  protocol: { ...text, default: "tcp" },
};

const healthcheck: Schema = {
  interval: duration,
  retries: { ...amount, default: 0 },
  startInterval: duration,
  startPeriod: duration,
  tests: textList,
  timeout: duration,
};

/** Ports are the same in any order. */
function samePorts(old: Value, planned: Value): boolean {
  if (!Array.isArray(old) || !Array.isArray(planned) || old.length !== planned.length) return false;
  return planned.every((wanted) => old.some((there) => isSamePort(there, wanted)));
}

function isSamePort(there: Value, wanted: Value): boolean {
  if (!isObject(there) || !isObject(wanted)) return false;
  return ["external", "internal", "ip", "protocol"].every((name) => there[name] === wanted[name]);
}

/** `docker:index/container:Container`, after the schema of the real provider. */
export const containerSchema: Schema = {
  attach: { ...flag, default: false, refused: true },
  bridge: output,
  capabilities: { type: "object", setOfOne: true, fields: { adds: texts, drops: texts }, ...replaces },
  cgroupParent: refused(text),
  cgroupnsMode: refused(text),
  command: { ...textList, computed: true, ...replaces },
  containerLogs: output,
  containerReadRefreshTimeoutMilliseconds: { ...integer, default: 15000 },
  cpuPeriod: amount,
  cpuQuota: amount,
  cpuSet: { ...text, rule: matching(/^\d+([,-]\d+)*$/, "a list of CPUs like 0-2,4") },
  cpuShares: amount,
  cpus: refused(text),
  destroyGraceSeconds: integer,
  deviceCgroupRules: refused(texts),
  deviceReadBps: refused(setOf({})),
  deviceReadIops: refused(setOf({})),
  deviceRequests: refused(setOf({})),
  deviceWriteBps: refused(setOf({})),
  deviceWriteIops: refused(setOf({})),
  devices: refused(setOf({})),
  dns: refused(texts),
  dnsOpts: refused(texts),
  dnsSearches: refused(texts),
  domainname: { ...text, ...replaces },
  entrypoints: { ...textList, computed: true, ...replaces },
  envs: { ...texts, computed: true, ...replaces },
  exitCode: { ...integer, computed: true, outputOnly: true },
  gpus: refused(text),
  groupAdds: { ...texts, ...replaces },
  healthcheck: { type: "object", fields: healthcheck, computed: true },
  hostname: { ...text, computed: true, ...replaces },
  hosts: { ...setOf({ host: { ...text, required: true }, ip: { ...text, required: true } }), ...replaces },
  id: output,
  image: { ...text, required: true, ...replaces },
  init: { ...flag, computed: true },
  ipcMode: { ...text, computed: true, ...replaces },
  labels: { ...setOf(label), computed: true, ...replaces },
  logDriver: { ...text, computed: true, ...replaces },
  logOpts: { ...textMap, ...replaces },
  logs: { ...flag, default: false, refused: true },
  maxRetryCount: integer,
  memory: amount,
  memoryReservation: { ...amount, default: 0 },
  memorySwap: { ...integer, rule: atLeast(-1) },
  mounts: { ...setOf(mount), ...replaces },
  mustRun: { ...flag, default: true },
  name: { ...text, required: true, ...replaces },
  networkDatas: { type: "list", element: { type: "object", fields: {} }, computed: true, outputOnly: true },
  networkMode: { ...text, default: "bridge", ...replaces },
  networksAdvanced: refused(setOf({})),
  pidMode: { ...text, ...replaces },
  platform: refused({ ...text, computed: true }),
  ports: { type: "list", element: { type: "object", fields: port }, same: samePorts, ...replaces },
  privileged: { ...flag, ...replaces },
  publishAllPorts: refused(flag),
  readOnly: { ...flag, default: false, ...replaces },
  removeVolumes: { ...flag, default: true },
  restart: { ...text, default: "no", rule: oneOf("no", "on-failure", "always", "unless-stopped") },
  rm: { ...flag, default: false },
  runtime: refused({ ...text, computed: true }),
  securityOpts: { ...texts, computed: true, ...replaces },
  shmSize: { ...amount, computed: true, ...replaces },
  start: { ...flag, default: true },
  stdinOpen: { ...flag, default: false, ...replaces },
  stopSignal: { ...text, computed: true, ...replaces },
  stopTimeout: { ...integer, computed: true, ...replaces },
  storageOpts: refused(textMap),
  sysctls: { ...textMap, ...replaces },
  tmpfs: textMap,
  tty: refused({ ...flag, default: false }),
  ulimits: {
    ...setOf({
      hard: { ...integer, required: true },
      name: { ...text, required: true },
      soft: { ...integer, required: true },
    }),
    ...replaces,
  },
  uploads: refused(setOf({})),
  user: { ...text, sticky: true, ...replaces },
  usernsMode: refused(text),
  volumes: { ...setOf(volume), ...replaces },
  wait: { ...flag, default: false },
  waitTimeout: { ...integer, default: 60 },
  workingDir: { ...text, sticky: true, ...replaces },
};
