import { z } from "zod";
import { imageSource } from "../image";
import { address, hostPath, isLoopback, nonEmpty, port, seconds } from "../rules";
import { inputSetting, sentence, setting, settings } from "../validation";

/** The rule of every ODC version is at least as lenient as this one (the document's). */
export const adminPassword = setting(
  z
    .string()
    .min(8)
    .max(32)
    .regex(/^\S*$/)
    .refine((text) =>
      [/[0-9]/g, /[A-Z]/g, /[a-z]/g, /[._+@#$%]/g].every((kind) => (text.match(kind) ?? []).length >= 2),
    ),
  "must have 8-32 characters without spaces, at least 2 digits, 2 upper-case letters, 2 lower-case letters and 2 of ._+@#$%",
  "choose another one, or leave it out to get a random one",
);

const containerName = setting(
  z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/),
  "must be a container name: letters, digits, _ . and -, at least two characters",
  'write it like "obodc"',
);

/** Fields of the MetaDB, one by one, since each may be an Output that is checked when it is known. */
export const metaDbFields = {
  host: address,
  port,
  username: setting(
    z.string().regex(/^[^\s@#]+(@[^\s@#]+(#[^\s@#]+)?)?$/),
    "must be a database user, in OceanBase user@tenant#cluster",
    'write it like "odc@meta#ob"',
  ),
  password: nonEmpty("the password of the MetaDB user"),
  database: setting(
    z.string().regex(/^[A-Za-z0-9_$]{1,64}$/),
    "must be a database name: letters, digits, _ and $",
    'write it like "odc_metadb"',
  ),
};

/**
 * The schema behind OdcHaDeploymentArgs.
 * @param host what a host is here: a `Host` in a program, a name in stack configuration.
 */
export const odcSchema = <H>(host: z.ZodType<H>) =>
  settings({
    nodes: z.array(host).min(1, { message: sentence("at least one node is needed", "name the hosts that run ODC") }),
    image: imageSource,
    metaDb: settings({
      host: inputSetting(metaDbFields.host),
      port: inputSetting(metaDbFields.port),
      username: inputSetting(metaDbFields.username),
      password: inputSetting(metaDbFields.password),
      database: inputSetting(metaDbFields.database).default("odc_metadb"),
    }),
    proxy: settings({
      hosts: z.array(host).length(1, {
        message: sentence("exactly one nginx host is possible without a virtual IP", "name one host"),
      }),
      image: imageSource,
      port: port.default(80),
      domain: address.optional(),
      containerName: containerName.default("odc-nginx"),
      ipv6: z.boolean().default(false),
      connectTimeout: seconds(1, 75).default(75),
      transferTimeout: seconds(1, 86400).default(1800),
    }),
    adminPassword: inputSetting(adminPassword).optional(),
    port: port.default(8989),
    containerName: containerName.default("obodc"),
    profileMode: nonEmpty("the profile").default("alipay"),
    cpus: setting(
      z.number().min(0.01).max(1024),
      "must be a number of cores from 0.01 to 1024",
      "give the cores that a node may use, like 4",
    ).default(4),
    memory: setting(
      z.number().int().min(1024),
      "must be a whole number of MiB, at least 1024",
      "give the memory that a node may use, like 8192",
    ).default(8192),
    mounts: settings({
      log: hostPath.default("/var/log/odc"),
      data: hostPath.default("/var/data/odc"),
    }).prefault({}),
    keepData: z.boolean().default(true),
    startTimeout: seconds(10, 7200).default(600),
  }).superRefine((args, context) => {
    const refuse = (path: PropertyKey[], rule: string, fix: string): void => {
      context.addIssue({ code: "custom", path, message: sentence(rule, fix) });
    };
    args.nodes.forEach((node, i) => {
      if (args.nodes.indexOf(node) < i) refuse(["nodes", i], "each host can run one node", "name it once");
    });
    if (args.nodes.length > 1 && typeof args.metaDb.host === "string" && isLoopback(args.metaDb.host))
      refuse(["metaDb", "host"], "means another machine on each node", "give the address that all nodes can reach");
    if (args.proxy.port === args.port && args.proxy.hosts.some((one) => args.nodes.includes(one)))
      refuse(["proxy", "port"], "nginx and ODC cannot share a port on one host", "change port or proxy.port");
    if (args.proxy.containerName === args.containerName)
      refuse(["proxy", "containerName"], "must differ from containerName", "rename one of the containers");
    if (args.mounts.log === args.mounts.data)
      refuse(["mounts", "log"], "must differ from mounts.data", "give each its own directory");
  });

/** The arguments with defaults filled in. */
export type OdcSettings<H> = z.output<ReturnType<typeof odcSchema<H>>>;
