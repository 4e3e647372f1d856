import { isIP } from "node:net";
import { z } from "zod";
import { imageSource } from "../image-schema";
import { containerName, flag, hostPath, port, seconds } from "../rules";
import { inputSetting, sentence, setting, settings } from "../validation";
import { virtualIpFields } from "../virtual-ip/schema";
import { conflicts } from "./conflicts";

/** The name of a deployment, part of file, unit and user names. */
export const odpName = settings({
  name: setting(
    z.string().regex(/^[a-z][a-z0-9-]{0,19}$/),
    "must be 1 to 20 small letters, digits and hyphens, the first a letter, since the hosts' user and unit are called after it",
    'choose another one, like "odp"',
  ),
});

/** What a password may be, since the proxies' SQL has no way to write the rest. */
export const password = setting(
  z.string().regex(/^[^'"\\\p{Cc}]+$/u),
  "must be a text without quotes, backslashes and control characters",
  "choose another one, or leave it out to get a random one",
);

const server = setting(
  z.string().refine((text) => {
    const [, address = "", sqlPort] = /^([^:]+):(\d{1,5})$/.exec(text) ?? [];
    return isIP(address) === 4 && Number(sqlPort) >= 1 && Number(sqlPort) <= 65535;
  }),
  "must be an IPv4 address and a SQL port",
  'write it like "10.0.0.21:2881"',
);

const url = setting(
  z.url({ protocol: /^https?$/ }).regex(/^[^'",\\\s]+$/),
  "must be an HTTP URL without quotes, commas and spaces",
  'write it like "http://10.0.0.8:8080/services?Action=ObRootServiceInfo&ObCluster=ob"',
);

const whole = (what: string, least: number, most: number): z.ZodType<number> =>
  setting(
    z.number().int().min(least).max(most),
    `must be a whole number from ${least} to ${most}`,
    `give ${what} in that range`,
  );

const word = (what: string, example: string): z.ZodType<string> =>
  setting(
    z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/),
    "must be letters, digits, _ . and -, the first a letter or digit",
    `write ${what} like "${example}"`,
  );

const account = setting(
  z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/),
  "must be the name of a user of the hosts: small letters, digits, _ and -, the first no digit",
  'write it like "admin"',
);

const proxy = <H>(host: z.ZodType<H>) =>
  settings({
    hosts: z.array(host).min(1, { message: sentence("at least one host is needed", "name the hosts that run nginx") }),
    virtualIp: settings(virtualIpFields).optional(),
    image: imageSource,
    port: port.default(3306),
    containerName: containerName.optional(),
    connectTimeout: seconds(1, 75).default(1),
    idleTimeout: seconds(1, 86400).default(28800),
  });

const fields = <H>(host: z.ZodType<H>) =>
  settings({
    hosts: z
      .array(host)
      .min(1, { message: sentence("at least one host is needed", "name the hosts that run OBProxy") }),
    package: settings({
      archive: setting(
        z.string().regex(/\.(tar|tar\.gz|tgz|zip)$/),
        "must be the path of a .tar, .tar.gz, .tgz or .zip file",
        "give its path on the machine that runs Pulumi",
      ).optional(),
      directory: hostPath.optional(),
      stripComponents: whole("the number of leading parts", 0, 16).default(1),
      keep: whole("the number of versions", 0, 100).default(1),
      user: account.optional(),
      dataDirectory: hostPath.optional(),
    }).optional(),
    image: imageSource.optional(),
    programDirectory: hostPath.optional(),
    adopt: flag.default(false),
    cluster: settings({
      name: word("the name", "ob"),
      rsList: z
        .array(server)
        .min(1, { message: sentence("must name a server at least", "give address and SQL port of one") })
        .optional(),
      configServerUrl: url.optional(),
    }),
    proxy: proxy(host).optional(),
    ports: settings({ sql: port.default(2883), prometheus: port.default(2884), rpc: port.default(2885) }).prefault({}),
    appName: word("the name", "odp").optional(),
    proxysysPassword: inputSetting(password).optional(),
    observerSysPassword: inputSetting(password).optional(),
    parameters: z
      .record(
        z.string(),
        setting(
          z.string().regex(/^[^'",\\\p{Cc}]*$/u),
          "must be a text without quotes, commas, backslashes and control characters",
          "write the value as show proxyconfig shows it",
        ),
      )
      .default({}),
    ignoreLocalConfig: flag.default(true),
    firstProxyId: whole("an ID", 1, 8191).default(1),
    proxyIds: z.record(z.string(), whole("an ID", 1, 8191)).default({}),
    clientSessionIdVersion: whole("the version", 1, 2).default(2),
    hangTimeout: seconds(2, 600).default(5),
    startTimeout: seconds(5, 600).default(30),
    drainTimeout: seconds(0, 3600).default(10),
    keepData: flag.default(false),
  });

/**
 * The schema behind OdpWithWatchdogArgs.
 * @param host what a host is here: a `Host` in a program, a name in stack configuration.
 * @param nameOf a host's name.
 */
export const odpSchema = <H>(host: z.ZodType<H>, nameOf: (host: H) => string) =>
  fields(host).superRefine((args, context) => {
    for (const { path, rule, fix } of conflicts(args, nameOf))
      context.addIssue({ code: "custom", path, message: sentence(rule, fix) });
  });

/** A package with defaults filled in. */
export type OdpPackageSettings = NonNullable<OdpSettings<unknown>["package"]>;

/** The arguments with defaults filled in. */
export type OdpSettings<H> = z.output<ReturnType<typeof fields<H>>>;
