import { z } from "zod";
import { port } from "../rules";
import { setting, settings } from "../validation";

/** An alias stands in sites between colons, in keys before a dot and in paths. */
export const alias = setting(
  z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/),
  "must be a node's alias: up to 64 letters, digits, _ and -, a letter first",
  'write it like "datanode1"',
);

/** Groups and zones are names of the engine's language. */
export const engineName = (what: string, example: string): z.ZodType<string> =>
  setting(
    z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/),
    "must be up to 64 letters, digits and _, a letter first",
    `write ${what} like "${example}"`,
  );

export const zoneName = engineName("the zone", "zone1");

const site = <H>(host: z.ZodType<H>) => ({ host, alias: alias.optional(), port: port.optional() });

export const controllerSettings = <H>(host: z.ZodType<H>) => settings(site(host));
export const agentSettings = <H>(host: z.ZodType<H>) => settings(site(host));
export const dataNodeSettings = <H>(host: z.ZodType<H>) => settings({ ...site(host), zone: zoneName.optional() });
export const computeNodeSettings = <H>(host: z.ZodType<H>) =>
  settings({ ...site(host), group: engineName("the group", "orca").optional(), zone: zoneName.optional() });

export const portSettings = settings({
  controller: port.default(8800),
  agent: port.default(8801),
  dataNode: port.default(8802),
  computeNode: port.default(8803),
});

export const zoneSettings = settings({
  replicationFactor: setting(
    z.number().int().min(1).max(100),
    "must be a whole number from 1 to 100",
    "give the replicas that the zone keeps",
  ),
});
