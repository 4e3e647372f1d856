import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as yaml from "yaml";
import { findExecutable, foldersOf } from "../../lab/engine/executable";
import { architecture } from "../../lab/src/docker";
import { HOST_NAMES } from "../../lab/src/name";
import { hostArguments, labFolder, theLab } from "./hosts";
import { virtualAddress } from "./oms-stack";

/** Whether the real CLI can run programs in a language, such as yaml. */
export const isThere = (language: string): boolean =>
  findExecutable(`pulumi-language-${language.toLowerCase()}`, foldersOf(process.env.PATH)) !== undefined;

/** Files of the lab by the names that the examples give them; relative ones are of the program's folder. */
export function filesForLab(): Record<string, string> {
  const { packages, servers } = theLab();
  const image = (name: string) => resolve(labFolder, `images/${name}-${architecture()}.tar.gz`);
  return {
    "images/odc-4.3.1.tar.gz": image("odc-4.3.1"),
    "images/oms-4.2.7.tar.gz": image("oms-4.2.7"),
    "images/nginx.tar.gz": image("nginx"),
    "packages/obproxy-4.2.3.tar.gz": resolve(packages["obproxy-4.2.3"]),
    "packages/DolphinDB_Linux64_V3.00.4.3.zip": resolve(servers["3.00.4.3"]),
    "dolphindb.lic": resolve("lab/dolphindb.lic"),
  };
}

/** What the examples have, and the lab has another value of; the MetaDB's port and the virtual IP are not in all of them. */
function pointed(file: string): string {
  const { address, port, username } = theLab().metadb;
  const text = readFileSync(file, "utf8")
    .replace("2883", String(port))
    .replace("10.0.0.100", virtualAddress())
    .replaceAll("amd64", architecture());
  return Object.entries({ "10.0.0.9": address, "odc@meta#ob": username }).reduce((known, [example, own]) => {
    if (!known.includes(example)) throw new Error(`${file} has no ${example}`);
    return known.replaceAll(example, own);
  }, text);
}

/** Arguments by the resource's name. */
export type YamlResources = Record<string, { properties: Record<string, unknown> }>;

/** An example in YAML for the lab: the text of its Pulumi.yaml. @param change of its arguments */
export function yamlForLab(
  example: "yaml" | "yaml-all",
  change: (resources: YamlResources) => void = () => undefined,
): string {
  const program = yaml.parse(pointed(`examples/${example}/Pulumi.yaml`)) as { resources: YamlResources };
  for (const host of HOST_NAMES)
    program.resources[host] = { ...program.resources[host], properties: hostArguments(host) };
  change(program.resources);
  return yaml.stringify(program);
}

/** examples/python for the lab: the text of its program. */
export function pythonForLab(): string {
  return HOST_NAMES.reduce((program, host, i) => {
    const { hostKeys, address, ...more } = hostArguments(host);
    const given = Object.entries({ address, host_keys: hostKeys, ...more }).map(([name, value]) => {
      return `${name}=${value === true ? "True" : JSON.stringify(value)}`;
    });
    const example = `address="10.0.0.1${i + 1}", host_keys=["ssh-ed25519 AAAA...${i + 1}"]`;
    if (!program.includes(example)) throw new Error(`examples/python has no ${example}`);
    return program.replace(example, given.join(", "));
  }, pointed("examples/python/__main__.py"));
}
