import { z } from "zod";
import { certificateSource } from "../certificate/schema";
import type { KnownHost } from "../conflicts";
import { imageSource } from "../image-schema";
import { backupSettings, connectionFields, databaseName, rollbackSettings } from "../metadb/schema";
import { address, containerName, flag, hostPath, nonEmpty, port, seconds } from "../rules";
import { carriesSecret, inputSetting, sentence, setting, settings } from "../validation";
import { virtualIpFields } from "../virtual-ip/schema";
import { conflicts } from "./conflicts";

/** The name of a deployment, part of the names of its unit, its files and its backups. */
export const odcName = settings({
  name: setting(
    z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,49}$/),
    "must be 1 to 50 letters, digits, _ . and -, the first a letter or digit, since unit, files and backups are called after it",
    'choose another one, like "odc"',
  ),
});

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

/** Fields of the MetaDB, one by one, since each may be an Output that is checked when it is known. */
export const metaDbFields = { ...connectionFields("odc@meta#ob"), database: databaseName("odc_metadb") };

/** Options that ODC's start script hands to a shell and writes to its log. */
const options = (example: string): z.ZodType<string> =>
  setting(
    z.string().regex(/^[^\n;&|<>`$"'\\(){}*?!#~]+$/),
    "must be options on one line without characters that a shell gives a meaning to, since ODC's start script lets one read them",
    `write it like "${example}"`,
  ).refine((text) => !carriesSecret(text), {
    message: sentence(
      "must not carry a secret, since ODC writes its command line to its log",
      "configure secrets in ODC itself, or by its own environment variables",
    ),
  });

const proxyHttps = certificateSource.safeExtend({
  port: port.default(443),
  hsts: flag.default(true),
  alternativeNames: z.array(address).default([]),
});

const proxy = <H>(host: z.ZodType<H>) =>
  settings({
    hosts: z.array(host).min(1, { message: sentence("at least one host is needed", "name the hosts that run nginx") }),
    virtualIp: settings(virtualIpFields).optional(),
    image: imageSource,
    port: port.default(80),
    https: proxyHttps.optional(),
    domain: address.optional(),
    containerName: containerName.default("odc-nginx"),
    ipv6: flag.default(false),
    connectTimeout: seconds(1, 75).default(75),
    transferTimeout: seconds(1, 86400).default(1800),
  });

const fields = <H>(host: z.ZodType<H>) =>
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
    proxy: proxy(host),
    adminPassword: inputSetting(adminPassword).optional(),
    port: port.default(8989),
    mappingPort: port.optional(),
    nodeAddresses: z.record(z.string(), address).default({}),
    jvm: settings({
      heap: options("-Xmx2048m -Xms2048m").optional(),
      gc: options("-XX:+UseG1GC").optional(),
      outOfMemory: options("-XX:+ExitOnOutOfMemoryError").optional(),
      extra: options("-Duser.timezone=Asia/Shanghai").optional(),
    }).prefault({}),
    extraArgs: options("--server.servlet.session.timeout=10m").optional(),
    logDirectory: hostPath.default("/opt/odc/log"),
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
    keepData: flag.default(true),
    startTimeout: seconds(10, 7200).default(600),
    backup: backupSettings("/var/backups/odc"),
    rollback: rollbackSettings(),
    adopt: flag.optional(),
  });

/**
 * The schema behind OdcHaDeploymentArgs.
 * @param host what a host is here: a `Host` in a program, a name in stack configuration.
 * @param known what is known of one.
 */
export const odcSchema = <H>(host: z.ZodType<H>, known: KnownHost<H>) =>
  fields(host).superRefine((args, context) => {
    for (const { path, rule, fix } of conflicts(args, known))
      context.addIssue({ code: "custom", path, message: sentence(rule, fix) });
  });

/** The arguments with defaults filled in. */
export type OdcSettings<H> = z.output<ReturnType<typeof fields<H>>>;
