import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as yaml from "yaml";
import { recorded } from "../cli/recordings";
import { asTexts, deployedBy } from "./example-stacks";

const isStack = (resource: string): boolean => resource.startsWith("pulumi:pulumi:Stack ");

/** Resources of a recorded preview: type and name, the stack left out. */
const resourcesOf = (name: string): string[] =>
  (JSON.parse(recorded(name)) as { steps: { urn: string }[] }).steps
    .map(({ urn }) => urn.split("::"))
    .map(([, , types = "", own = ""]) => `${types.split("$").at(-1) ?? ""} ${own}`)
    .filter((resource) => !isStack(resource))
    .sort();

describe("Recorded previews of stack dev", function () {
  this.timeout(60_000);
  const files = mkdtempSync(join(tmpdir(), "dbha-dev-"));
  after(() => rmSync(files, { recursive: true }));

  it("are of the resources that it has: record them anew where this fails (test/fixtures/previews/trim.ts)", async () => {
    const hosts = [1, 2, 3].map((n) => ({ name: `p${n}`, address: `10.0.0.1${n}`, acceptUnknownHostKey: true }));
    const write = (name: string, text: string): void => writeFileSync(join(files, name), text);
    write("hosts.yaml", yaml.stringify({ hosts }));
    write("metadb.password", "the password");
    write("metadb.server", "10.0.0.10:2881");
    write("virtual-ip", "10.0.0.100/24");
    const dev = readFileSync("Pulumi.dev.yaml", "utf8").replaceAll(".lab/demo/", `${files}/`);
    const { config } = yaml.parse(dev) as { config: Record<string, unknown> };
    delete config["dbha:privateKeyFile"];
    config["dbha:agent"] = true;
    const { resources } = await deployedBy(asTexts(config), hosts, 64 * 2 ** 30);
    const made = resources
      .map(({ type, name }) => `${type} ${name}`)
      .filter((resource) => !isStack(resource))
      .sort();
    for (const name of ["first-deployment", "destroy"]) assert.deepEqual(resourcesOf(name), made, name);
  });
});
