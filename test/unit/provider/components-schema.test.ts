import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pluginSchema, wholeSchema } from "../../../provider/schema";
import { componentsSchema } from "../../components-schema";

type Property = Record<string, unknown> & { description?: string };
interface Resource {
  isComponent?: boolean;
  description: string;
  inputProperties: Record<string, Property>;
  requiredInputs: string[];
  properties: Record<string, Property>;
}
interface Schema {
  resources: Record<string, Resource>;
  types: Record<string, { properties: Record<string, Property>; required: string[] }>;
}

describe("the components in the plugin's schema", function () {
  this.timeout(60_000);
  const file = join(__dirname, "..", "..", "..", "provider", "components-schema.json");
  const made = componentsSchema() as unknown as Schema;

  it("are checked in as their interfaces and comments have them", () => {
    const checkedIn: unknown = JSON.parse(readFileSync(file, "utf8"));
    assert.deepEqual(checkedIn, JSON.parse(JSON.stringify(made)), "run: npx tsx test/write-schema.ts");
  });

  it("are all that a program makes by itself, each with prose for itself, its arguments, their fields and its outputs", () => {
    assert.deepEqual(
      Object.keys(made.resources),
      [
        "Certificate",
        "DolphinHaCluster",
        "Host",
        "LoadBalancer",
        "OdcHaDeployment",
        "OdpWithWatchdog",
        "OmsMultiNode",
        "VirtualIp",
      ].map((name) => `dbha:index:${name}`),
    );
    const bare = Object.entries(made.resources).flatMap(([token, resource]) => [
      ...(resource.isComponent === true && resource.description !== "" ? [] : [token]),
      ...[resource.inputProperties, resource.properties].flatMap((properties) => undescribed(token, properties)),
    ]);
    const fields = Object.entries(made.types).flatMap(([token, { properties }]) => undescribed(token, properties));
    assert.deepEqual([...bare, ...fields], []);
  });

  it("take hosts as resources, secrets as such, and plain values where they are needed at once", () => {
    const { inputProperties, requiredInputs, properties } = made.resources["dbha:index:OdcHaDeployment"] as Resource;
    const host = { $ref: "#/resources/dbha:index:Host", plain: true };
    assert.deepEqual(bareOf(inputProperties.nodes), { type: "array", items: host, plain: true });
    assert.deepEqual(bareOf(inputProperties.port), { type: "integer", plain: true });
    assert.deepEqual(bareOf(inputProperties.cpus), { type: "number", plain: true });
    assert.deepEqual(bareOf(inputProperties.adminPassword), { type: "string", secret: true });
    assert.deepEqual(bareOf(inputProperties.metaDb), { $ref: "#/types/dbha:index:OdcMetaDb" });
    assert.deepEqual(requiredInputs, ["nodes", "image", "metaDb", "proxy"]);
    assert.equal(
      inputProperties.port?.description,
      "TCP port on which ODC listens (ODC_SERVER_PORT).\n\nDefault: 8989",
    );
    assert.deepEqual(bareOf(properties.nodes), {
      type: "array",
      items: { $ref: "#/types/dbha:index:OdcNodeStatus" },
    });
  });

  it("let Host refer to no type of its own, as types refer to it: Python's package could not import them", () => {
    const { inputProperties } = made.resources["dbha:index:Host"] as Resource;
    assert.ok(!JSON.stringify(inputProperties).includes("#/types/"));
    const { description = "", ...type } = inputProperties.bastion ?? {};
    assert.deepEqual(type, {
      type: "object",
      additionalProperties: { $ref: "pulumi.json#/Any", plain: true },
      plain: true,
    });
    assert.match(description, /Fields: `address`, `port`, `user`, `hostKeys`, `acceptUnknownHostKey`$/);
  });

  it("refer to types and resources that the schema has, and take no name of the plugin's own ones", async () => {
    const whole = (await wholeSchema("1.0.0")) as unknown as Schema;
    const references = [...JSON.stringify(whole).matchAll(/"#\/(types|resources)\/([^"]+)"/g)];
    assert.ok(references.length > 50);
    assert.deepEqual(
      references.filter(([, kind = "", name = ""]) => !(name in whole[kind as "types"])).map(([text]) => text),
      [],
    );
    const own = pluginSchema("") as unknown as Schema;
    const taken = [...Object.keys(own.resources), ...Object.keys(own.types)];
    const names = [...Object.keys(made.resources), ...Object.keys(made.types)];
    assert.deepEqual(
      names.filter((name, i) => taken.includes(name) || names.indexOf(name) !== i),
      [],
    );
  });
});

const bareOf = (property: Property = {}): unknown =>
  Object.fromEntries(Object.entries(property).filter(([key]) => key !== "description"));

const undescribed = (token: string, properties: Record<string, Property>): string[] =>
  Object.entries(properties)
    .filter(([, { description }]) => description === undefined || description === "")
    .map(([name]) => `${token}.${name}`);
