import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pluginSchema } from "../../../provider/schema";
import * as resources from "../../../provider/resources";

type Spec = Record<string, Record<string, Record<string, unknown>>>;

describe("the plugin's schema", () => {
  const file = join(__dirname, "..", "..", "..", "provider", "schema.json");

  it("is checked in as it is made", () => {
    const made: unknown = JSON.parse(JSON.stringify(pluginSchema("")));
    assert.deepEqual(JSON.parse(readFileSync(file, "utf8")), made, "run: npx tsx test/write-schema.ts");
  });

  it("describes the resources that programs import, and refers to types that it has", () => {
    const schema = pluginSchema("") as Spec;
    const classes = [
      "Archive",
      "Directory",
      "DolphinAdmin",
      "DolphinCheck",
      "DolphinClusterConfig",
      "DolphinLicense",
      "DolphinNodes",
      "DolphinServer",
      "File",
      "Files",
      "Image",
      "ObproxyConfig",
      "Probe",
      "Service",
    ];
    assert.deepEqual(
      Object.keys(schema.resources ?? {}),
      classes.map((name) => `dbha:index:${name}`),
    );
    assert.ok(classes.every((name) => name in resources));
    const references = [...JSON.stringify(schema).matchAll(/"#\/types\/([^"]+)"/g)].map((match) => match[1] ?? "");
    assert.ok(references.length > 10);
    assert.deepEqual(
      references.filter((name) => !(name in (schema.types ?? {}))),
      [],
    );
  });

  it("marks the secrets of the configuration", () => {
    const { config } = pluginSchema("") as { config: { variables: Record<string, { secret?: boolean }> } };
    const secret = Object.entries(config.variables).filter(([, variable]) => variable.secret === true);
    assert.deepEqual(secret.map(([name]) => name).sort(), ["credentials", "passphrase", "password", "privateKey"]);
  });
});
