import assert from "node:assert/strict";
import * as yaml from "yaml";
import { Host, OmsMultiNode, type OmsMultiNodeArgs } from "../../../../components";
import { isSecret, mockEngine, unwrap, valueOf, type Registered } from "../mocks";

const host = (n: number): Host => new Host(`p${n}`, { address: `10.0.0.${n}`, acceptUnknownHostKey: true });

/** OMS on two nodes with that time-series database. Whoever asks a host by HTTP gets no answer. */
async function deployed(tsdb: OmsMultiNodeArgs["tsdb"]): Promise<{ oms: OmsMultiNode; registered: Registered[] }> {
  const registered = await mockEngine({}, {}, {}, undefined, undefined, { "oms-backup-p1": "{}" });
  const oms = new OmsMultiNode("oms", {
    version: "4.2.7",
    image: { reference: "vendor/oms:feature_4.2.7_ce" },
    metaDb: { host: "10.0.0.9", port: 2883, username: "oms@meta#ob", password: "meta-pass" },
    regions: [{ location: 0, nodes: [host(1), host(2)], cmUrl: "http://10.0.0.100:8088" }],
    tsdb,
  });
  await valueOf(oms.nodes);
  return { oms, registered };
}

/** What config.yaml says of it, which is one secret. */
function configured(registered: Registered[], node: string): Record<string, unknown> {
  const files = registered.find(({ name }) => name === `oms-files-${node}`)?.inputs.files;
  assert.ok(isSecret(files));
  const { content } = (unwrap(files) as Record<string, { content: string }>)["/data/oms/config.yaml"] ?? {
    content: "",
  };
  const values = yaml.parse(content) as Record<string, unknown>;
  return Object.fromEntries(Object.entries(values).filter(([key]) => key.startsWith("tsdb_")));
}

describe("OmsMultiNode's time-series database", () => {
  it("has a random password where none is given: in config.yaml, in InfluxDB and as an output", async () => {
    const { oms, registered } = await deployed({ influxDb: { host: host(3), image: { reference: "influxdb:1.8" } } });
    const { type, inputs } = registered.find(({ name }) => name === "oms-tsdb-password") as Registered;
    assert.equal(type, "random:index/randomPassword:RandomPassword");
    assert.deepEqual([inputs.length, inputs.special], [20, false]);
    const password = "Random.Pass+12";
    assert.equal(await valueOf(oms.tsdbPassword), password);
    for (const node of ["p1", "p2"])
      assert.deepEqual(configured(registered, node), {
        tsdb_enabled: true,
        tsdb_service: "INFLUXDB",
        tsdb_url: "10.0.0.3:8086",
        tsdb_username: "oms",
        tsdb_password: password,
      });
    const user = registered.find(({ name }) => name === "oms-influxdb-user-p3")?.inputs.stdin;
    assert.ok(isSecret(user));
    assert.ok((unwrap(user) as string).includes(`CREATE USER "oms" WITH PASSWORD`));
    assert.ok((unwrap(user) as string).includes(password));
    const shown = registered.filter(({ inputs: all }) => hasInPlain(all, password)).map(({ name }) => name);
    assert.deepEqual(shown, []);
  });

  it("may be CeresDB, of which nothing but its port is asked", async () => {
    const password = "tsdb-pass";
    const { oms, registered } = await deployed({
      service: "CERESDB",
      url: "10.0.0.7:5440",
      username: "ceres",
      password,
    });
    assert.deepEqual(configured(registered, "p2"), {
      tsdb_enabled: true,
      tsdb_service: "CERESDB",
      tsdb_url: "10.0.0.7:5440",
      tsdb_username: "ceres",
      tsdb_password: password,
    });
    assert.equal(await valueOf(oms.influxDb), undefined);
    const made = registered.map(({ name }) => name).filter((name) => /influxdb|tsdb/.test(name));
    assert.deepEqual(made, []);
  });
});

/** Whether a text is in inputs outside of the engine's envelopes of secrets. */
const hasInPlain = (value: unknown, text: string): boolean => {
  if (isSecret(value)) return false;
  if (typeof value === "string") return value.includes(text);
  return typeof value === "object" && value !== null && Object.values(value).some((one) => hasInPlain(one, text));
};
