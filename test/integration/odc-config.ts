import { readFileSync } from "node:fs";
import * as yaml from "yaml";
import { labFolder } from "./hosts";

/** Configuration of a stack: keys with namespace, values plain or structured. */
export type Config = Record<string, unknown>;

/** A section of the configuration, to be changed by tests. */
export type OdcSection = { proxy: Record<string, unknown>; image: { tarballs: Record<string, string> } } & Record<
  string,
  unknown
>;

/** The dev stack's hosts and ODC as this repository describes them, pointed at the lab of the tests. */
export function devConfig(change: (odc: OdcSection) => void = () => undefined): Config {
  const text = readFileSync("Pulumi.dev.yaml", "utf8").replaceAll(".lab/demo/", `${labFolder}/`);
  const { config } = yaml.parse(text) as { config: Config };
  const kept = ["dbha:privateKeyFile", "dbha-stacks:inventory", "dbha-stacks:odc"];
  change(config["dbha-stacks:odc"] as OdcSection);
  return Object.fromEntries(kept.map((key) => [key, config[key]]));
}
