import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as yaml from "yaml";
import { makeCertificate } from "../components/certificates";
import { fitHost, mockEngine, valueOf } from "../components/mocks";
import { placing } from "../components/placing";

export const folder = "stacks/examples";
export const examples = ["test", "staging", "prod"] as const;
export type Example = (typeof examples)[number];

type Section = Record<string, unknown>;
interface Https {
  provided?: Record<string, { file: string }>;
}
/** What is completed of a component's section. */
interface Component {
  metaDb: object;
  proxy?: { https?: Https };
  https?: Https;
}
interface Inventory {
  hosts: { name: string; address: string }[];
}

/** What an example says, as it lies there. */
export const written = (name: Example): Record<string, unknown> =>
  (yaml.parse(readFileSync(join(folder, `Pulumi.${name}.yaml`), "utf8")) as { config: Section }).config;

/** The hosts of an example. */
export const inventoryOf = (name: Example): Inventory["hosts"] =>
  (yaml.parse(readFileSync(join(folder, `hosts.${name}.yaml`), "utf8")) as Inventory).hosts;

/** A stack's configuration as Pulumi hands it to the program: texts, sections as JSON. */
export const asTexts = (config: Section): Record<string, string> =>
  Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );

/**
 * What the program is given of an example whose owner has done what it asks for: the passwords are set, and files are there.
 * @param files where they are.
 */
export async function ready(name: Example, files: string): Promise<Record<string, string>> {
  const config = JSON.parse(
    JSON.stringify(written(name)).replaceAll('"dolphindb.lic"', '"lab/dolphindb.lic"'),
  ) as Section;
  for (const section of ["odc", "oms"]) {
    const { metaDb, proxy, https } = config[`dbha-stacks:${section}`] as Component;
    Object.assign(metaDb, { password: `the password of ${section}` });
    const provided = (proxy?.https ?? https)?.provided;
    if (provided === undefined) continue;
    const addresses = [1, 2, 3, 4, 5].map((n) => `10.3.0.1${n}`);
    const made = await makeCertificate({
      commonName: `${section}.example.com`,
      names: [`${section}.example.com`],
      addresses: [...addresses, "10.3.0.100", "10.3.0.102"],
    });
    for (const [part, text] of [
      ["chain", made.certificate],
      ["privateKey", made.key],
    ] as const) {
      const file = join(files, `${section}-${part}`);
      writeFileSync(file, text);
      provided[part] = { file };
    }
  }
  return asTexts({ ...config, "dbha-stacks:inventory": join(folder, String(config["dbha-stacks:inventory"])) });
}

/**
 * What the program of the stacks makes of a configuration.
 * @param hosts of its inventory.
 * @param memoryBytes of each.
 */
export async function deployedBy(config: Record<string, string>, hosts: Inventory["hosts"], memoryBytes: number) {
  const facts = Object.fromEntries(
    hosts.map(({ name, address }) => [
      name,
      {
        keepalivedVersion: "2.2.7",
        memoryBytes,
        cores: 16,
        disks: fitHost.disks,
        addresses: [{ interface: "eth0", address, prefixLength: 24 }],
      },
    ]),
  );
  const resources = await mockEngine(config, facts, {}, undefined, undefined, { "oms-backup-p1": "{}" });
  const { transformations, placed } = placing();
  const load = createRequire(__filename);
  const entry = load.resolve("../../../stacks/index");
  Reflect.deleteProperty(load.cache, entry);
  let outputs: Record<string, unknown> = {};
  await pulumi.runtime.runInPulumiStack(() => {
    for (const one of transformations) pulumi.runtime.registerStackTransformation(one);
    outputs = load(entry) as Record<string, unknown>;
    return Promise.resolve();
  });
  const known = (await valueOf(pulumi.output(outputs))) as unknown as Record<string, unknown>;
  return { resources, placed: await placed(), outputs: known };
}
