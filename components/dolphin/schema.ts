import { isIP } from "node:net";
import { z } from "zod";
import { isTold, type KnownHost, soundParts } from "../conflicts";
import { address, flag, listOf, seconds, valuesByName } from "../rules";
import { inputSetting, sentence, setting, settings } from "../validation";
import { conflicts } from "./conflicts";
import {
  agentSettings,
  computeNodeSettings,
  controllerSettings,
  dataNodeSettings,
  engineName,
  portSettings,
  zoneSettings,
} from "./node-schema";
import { parameterSettings } from "./parameter-schema";
import { isVersion } from "./versions";

/** The name of a deployment, part of file, unit and user names. */
export const dolphinName = settings({
  name: setting(
    z.string().regex(/^[a-z][a-z0-9-]{0,19}$/),
    "must be 1 to 20 small letters, digits and hyphens, the first a letter, since the hosts' user and units are called after it",
    'choose another one, like "dolphin"',
  ),
});

/** Fields that may be Outputs, checked when they are known. What a licence says is checked with the description, too. */
export const secretFields = {
  license: setting(
    z.string().regex(/^\S/),
    "must be the text of dolphindb.lic, a line of values and the signature below it",
    "read it from the file that the vendor sent",
  ),
  adminPassword: setting(
    z.string().regex(/^[!-~]{8,100}$/),
    "must be 8 to 100 ASCII characters without spaces",
    "choose another one, or leave it out to get a random one",
  ),
};

const whole = (what: string, least: number, most: number): z.ZodType<number> =>
  setting(
    z.number().int().min(least).max(most),
    `must be a whole number from ${least} to ${most}`,
    `give ${what} in that range`,
  );

const plainPath = setting(
  z
    .string()
    .regex(/^\/[!-~]+$/)
    .refine((text) => !/[,:"'\\<>%]/.test(text)),
  "must be an absolute path of ASCII characters without spaces, colons, commas, quotes and <ALIAS>",
  "write it like /data/dolphin",
);

const clusterDemoPath = plainPath.refine((path) => /^\/.*[^/]\/clusterDemo$/.test(path), {
  message: sentence(
    "must be the directory clusterDemo in that of the vendor's package",
    "write it like /opt/DolphinDB/server/clusterDemo",
  ),
});

const archives = (path: z.ZodType<string>) =>
  settings({ amd64: path.optional(), arm64: path.optional() })
    .refine((given) => given.amd64 ?? given.arm64, {
      message: sentence("at least one architecture is needed", "give amd64, arm64 or both"),
    })
    .optional();

const server = settings({
  version: setting(
    z.string().refine(isVersion),
    "must be a version of DolphinDB: two to four numbers with dots",
    'write it like "3.00.4.1"',
  ),
  archives: archives(
    setting(
      z.string().regex(/\.(zip|tar|tar\.gz|tgz)$/),
      "must be the path of a .zip, .tar, .tar.gz or .tgz file",
      "give its path on the machine that runs Pulumi",
    ),
  ),
  hostArchives: archives(
    setting(
      z.string().regex(/^\/[^\s:]+\.(zip|tar|tar\.gz|tgz)$/),
      "must be the absolute path of a .zip, .tar, .tar.gz or .tgz file, without spaces or colons",
      "give its path on the hosts, like /opt/packages/DolphinDB_Linux64_V3.00.4.zip",
    ),
  ),
  stripComponents: whole("the number of leading parts", 0, 16).default(1),
  keep: whole("the number of versions", 1, 100).default(1),
});

const account = setting(
  z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/),
  "must be the name of a user of the hosts: small letters, digits, _ and -, the first no digit",
  'write it like "dolphindb"',
);

const fields = <H>(host: z.ZodType<H>) =>
  settings({
    hosts: listOf(host, "name the hosts of the cluster").min(1, {
      message: sentence("at least one host is needed", "name the hosts of the cluster"),
    }),
    addresses: valuesByName(
      setting(
        z.string().refine((text) => isIP(text) === 4),
        "must be an IPv4 address, since a site is written as address:port:alias",
        "write it like 10.0.0.80, without port",
      ),
      'give addresses by host name, like { p1: "10.1.0.80" }',
    ).default({}),
    publicNames: valuesByName(address, 'give addresses or names by host name, like { p1: "19.56.128.21" }').default({}),
    controllers: listOf(controllerSettings(host), "describe each controller").optional(),
    agents: listOf(agentSettings(host), "describe each agent").optional(),
    dataNodes: listOf(dataNodeSettings(host), "describe each data node").optional(),
    computeNodes: listOf(computeNodeSettings(host), "describe each compute node").optional(),
    ports: portSettings.prefault({}),
    zones: valuesByName(zoneSettings, "give zones by name, like { zone1: { replicationFactor: 2 } }").default({}),
    parameters: parameterSettings.prefault({}),
    server,
    license: inputSetting(secretFields.license),
    licenseUpdate: setting(z.enum(["online", "offline"]), "must be online or offline", "choose one").default("online"),
    adminPassword: inputSetting(secretFields.adminPassword).optional(),
    directory: plainPath.optional(),
    clusterDemo: settings({ directory: clusterDemoPath, user: account }).optional(),
    adopt: flag.default(false),
    keepData: flag.default(true),
    electionTimeout: seconds(20, 3600).default(120),
    startTimeout: seconds(10, 86400).default(600),
    stopTimeout: seconds(10, 86400).default(600),
    backup: settings({
      directory: plainPath.optional(),
      keep: whole("the number of backups", 1, 1000).default(5),
      keepOnDestroy: flag.default(true),
    }).prefault({}),
    upgrade: settings({
      mode: setting(z.enum(["offline", "rolling"]), "must be offline or rolling", "choose one").default("offline"),
      recoveryTimeout: seconds(10, 86400).default(1800),
    }).prefault({}),
    rollback: settings({
      backup: setting(
        z.string().regex(/^\d{8}T\d{6}Z-[\w.]+$/),
        "must be the name of a backup",
        'take it from the output of the upgrade, like "20261129T180000Z-3.00.3"',
      ),
      loseNewData: flag.default(false),
    }).optional(),
    scale: settings({ rebalance: flag.default(false), moveTimeout: seconds(60, 604800).default(86400) }).prefault({}),
    check: settings({
      database: engineName("the database", "dbha_check").default("dbha_check"),
      rows: whole("the number of rows", 1, 10_000_000).default(1000),
    }).optional(),
  });

/**
 * The schema behind DolphinHaClusterArgs.
 * @param host what a host is here: a `Host` in a program, a name in stack configuration.
 * @param known what is known of one.
 */
export const dolphinSchema = <H>(host: z.ZodType<H>, known: KnownHost<H>) =>
  fields(host).superRefine((args, context) => {
    const issues = [...context.issues];
    for (const conflict of conflicts(soundParts(args, issues), known)) {
      const { path, rule, fix } = conflict;
      if (!isTold(conflict, issues)) context.addIssue({ code: "custom", path, message: sentence(rule, fix) });
    }
  });

/** The arguments with defaults filled in. */
export type DolphinSettings<H> = z.output<ReturnType<typeof fields<H>>>;
