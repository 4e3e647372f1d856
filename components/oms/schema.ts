import { isIP } from "node:net";
import { z } from "zod";
import { certificateSource } from "../certificate/schema";
import { isTold, soundParts, type KnownHost } from "../conflicts";
import { imageSource } from "../image-schema";
import { backupSettings, connectionFields, databaseName, rollbackSettings } from "../metadb/schema";
import { address, containerName, flag, hostPath, listOf, port, seconds, valuesByName } from "../rules";
import { inputSetting, sentence, setting, settings } from "../validation";
import { virtualIpFields } from "../virtual-ip/schema";
import { parseCmUrl } from "./cm-url";
import { conflicts } from "./conflicts";
import { isDefaultRegion } from "./regions";
import { tsdbSettings } from "./tsdb-schema";

/** The name of a deployment, part of the names of its units, its files and its backups. */
export const omsName = settings({
  name: setting(
    z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,49}$/),
    "must be 1 to 50 letters, digits, _ . and -, the first a letter or digit, since units, files and backups are called after it",
    'choose another one, like "oms"',
  ),
});

/** One line of text without what a terminal, a shell's `read` or YAML takes for more than a character. */
const text = (what: string): z.ZodType<string> =>
  setting(
    z.string().regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+$/u),
    "must be a non-empty text without control characters",
    `give ${what}`,
  );

const user = connectionFields("root@oms#obcluster");

/** Fields of the MetaDB, one by one, since each may be an Output that is checked when it is known. */
export const metaDbFields = {
  ...user,
  username: user.username.refine((name) => !/@sys(#|$)|^[^:]+:sys:/i.test(name), {
    message: sentence(
      "OMS must not keep its metadata in the tenant sys",
      "create a tenant of its own and give one of its users",
    ),
  }),
  // the clients in OMS send others in an encoding that is not the server's, and are refused
  password: setting(
    z.string().regex(/^[\x20-\x7e]+$/),
    "must be a non-empty text of ASCII characters, as OMS's own clients send others in Latin-1 and are refused by the MetaDB",
    "give the password of the MetaDB user, and change it there first if it has others",
  ),
  rmDatabase: databaseName("oms_rm"),
  cmDatabase: databaseName("oms_cm"),
};

/** Other fields that may be Outputs. */
export const secretFields = {
  drcPassword: text("the password of drc.user"),
  tsdbPassword: text("the password of tsdb.username"),
  accessKey: text("the access key"),
  accessSecret: text("its secret"),
};

const omsPort = setting(
  z.number().int().min(1025).max(65535),
  "must be a whole number from 1025 to 65535",
  "give a TCP port that is free on all nodes",
).optional();

const version = setting(
  z.string().regex(/^\d+\.\d+\.\d+(-bp\d+)?$/),
  "must be a version of OMS: three numbers with dots",
  'write it like "4.2.7"',
);

const proxy = <H>(host: z.ZodType<H>) =>
  settings({
    hosts: listOf(host, "name the hosts that run nginx").min(1, {
      message: sentence("at least one host is needed", "name the hosts that run nginx"),
    }),
    image: imageSource,
    containerName: containerName.default("oms-nginx"),
    cmPort: port.optional(),
    consolePort: port.optional(),
  });

const region = <H>(host: z.ZodType<H>) =>
  settings({
    location: setting(
      z.number().int().min(0).max(127),
      "must be a whole number from 0 to 127",
      "give the region's code, another one for each region",
    ),
    region: setting(
      z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/),
      "must be a region's name: up to 64 letters, digits, _ . and -",
      'write it like "cn-jiangsu"',
    ).optional(),
    regionCn: text("the region's name for people").optional(),
    default: flag.optional(),
    heartbeatDatabase: databaseName("oms_cm_heartbeat").optional(),
    nodes: listOf(host, "name the hosts that run OMS").min(1, {
      message: sentence("at least one node is needed", "name the hosts that run OMS"),
    }),
    nodeAddresses: valuesByName(
      setting(
        z.string().refine((given) => isIP(given) !== 0),
        "must be an IP address, since OMS_HOST_IP and cm_nodes take nothing else",
        "write it like 10.1.0.11, without port",
      ),
      'give addresses by host name, like { p1: "10.1.0.11" }',
    ).default({}),
    cmUrl: setting(
      z.string().refine((url) => parseCmUrl(url) !== undefined),
      "must be http:// or https://, a host and a port, and nothing after it",
      'write it like "http://10.0.0.101:8088"',
    ).optional(),
    mappedPorts: settings({ cm: port.optional(), console: port.optional() }).optional(),
    singleNode: flag.default(false),
    virtualIp: settings(virtualIpFields).optional(),
    proxy: proxy(host).optional(),
  });

const fields = <H>(host: z.ZodType<H>) =>
  settings({
    version,
    image: imageSource,
    metaDb: settings({
      host: inputSetting(metaDbFields.host),
      port: inputSetting(metaDbFields.port),
      username: inputSetting(metaDbFields.username),
      password: inputSetting(metaDbFields.password),
      rmDatabase: inputSetting(metaDbFields.rmDatabase).default("oms_rm"),
      cmDatabase: inputSetting(metaDbFields.cmDatabase).default("oms_cm"),
    }),
    regions: listOf(region(host), "describe each region, at least one").min(1, {
      message: sentence("at least one region is needed", "give one with location, nodes and cmUrl or virtualIp"),
    }),
    ports: settings({ ghana: omsPort, console: omsPort, cm: omsPort, supervisor: omsPort, sshd: omsPort }).prefault({}),
    drc: settings({
      user: text("the name of the drc user"),
      password: inputSetting(secretFields.drcPassword),
    }).optional(),
    tsdb: tsdbSettings(host, text("the user's name"), secretFields.tsdbPassword).optional(),
    slsAudit: settings({
      accessKey: inputSetting(secretFields.accessKey),
      accessSecret: inputSetting(secretFields.accessSecret),
      endpoint: text("the endpoint of the log service, or remove slsAudit"),
      opsSiteTopic: text("the topic of the operators' site, or remove slsAudit"),
      userSiteTopic: text("the topic of the users' site, or remove slsAudit"),
    }).optional(),
    settings: valuesByName(
      setting(
        z.union([
          z.string().regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]*$/u),
          z.boolean(),
          z.number().refine((number) => /^-?\d+(\.\d+)?$/.test(String(number))),
        ]),
        "must be a text of one line, a number without exponent, or true or false",
        "mend the value, or remove the key",
      ),
      "give values by keys of config.yaml",
    ).default({}),
    https: certificateSource
      .safeExtend({
        alternativeNames: listOf(address, "give names or addresses").default([]),
        directory: hostPath.optional(),
      })
      .optional(),
    containerPrefix: containerName.default("oms"),
    configFile: hostPath.default("/data/oms/config.yaml"),
    mounts: settings({
      logs: hostPath.default("/data/oms/oms_logs"),
      store: hostPath.default("/data/oms/oms_store"),
      run: hostPath.default("/data/oms/oms_run"),
    }).prefault({}),
    keepData: flag.default(true),
    initTimeout: seconds(60, 7200).default(900),
    startTimeout: seconds(10, 7200).default(300),
    guardSupervisor: flag.default(true),
    manageHa: flag.default(false),
    upgradeFrom: version.optional(),
    backup: backupSettings("/var/backups/oms"),
    rollback: rollbackSettings(),
    adopt: flag.optional(),
  });

/**
 * The schema behind OmsMultiNodeArgs.
 * @param host what a host is here: a `Host` in a program, a name in stack configuration.
 * @param known what is known of one.
 */
export const omsSchema = <H>(host: z.ZodType<H>, known: KnownHost<H>) =>
  fields(host)
    .superRefine((args, context) => {
      const issues = [...context.issues];
      for (const conflict of conflicts(soundParts(args, issues), known)) {
        const { path, rule, fix } = conflict;
        if (!isTold(conflict, issues)) context.addIssue({ code: "custom", path, message: sentence(rule, fix) });
      }
    })
    // said or not, so that it is no change to say it when a second region comes
    .transform((args) => ({
      ...args,
      regions: args.regions.map((region) => ({ ...region, default: isDefaultRegion(args, region) })),
    }));

/** The arguments with defaults filled in. */
export type OmsSettings<H> = z.output<ReturnType<typeof fields<H>>>;
