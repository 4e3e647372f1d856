import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as yaml from "yaml";
import { HOST_NAMES } from "../../lab/src/name";
import { hostArguments, theLab } from "./hosts";
import { devConfig, type OdcSection } from "./odc-config";

/** Values of the lab in the place of those that the examples have. */
function labValues(): Record<string, string> {
  const odc = devConfig()["dbha-stacks:odc"] as OdcSection & { proxy: { image: OdcSection["image"] } };
  const { host, port, username } = theLab().metadb;
  return {
    "images/odc-4.3.1.tar.gz": resolve(odc.image.tarballs.amd64 ?? ""),
    "images/nginx.tar.gz": resolve(odc.proxy.image.tarballs.amd64 ?? ""),
    "10.0.0.9": host,
    "2883": String(port),
    "odc@meta#ob": username,
  };
}

/** An example with the lab's MetaDB and image files. */
function pointed(file: string): string {
  const text = readFileSync(file, "utf8");
  return Object.entries(labValues()).reduce((known, [example, own]) => {
    if (!known.includes(example)) throw new Error(`${file} has no ${example}`);
    return known.replace(example, own);
  }, text);
}

/** examples/yaml for the lab: the text of its Pulumi.yaml. */
export function yamlForLab(): string {
  const program = yaml.parse(pointed("examples/yaml/Pulumi.yaml")) as {
    resources: Record<string, { properties: unknown }>;
  };
  for (const host of HOST_NAMES) (program.resources[host] as { properties: unknown }).properties = hostArguments(host);
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
