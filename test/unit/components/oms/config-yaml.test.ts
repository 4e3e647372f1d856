import assert from "node:assert/strict";
import fc from "fast-check";
import { parse } from "yaml";
import { CONFIG_KEYS, renderOmsConfig, type OmsConfig } from "../../../../components/oms/config-yaml";

/** The sample of "Deploy OMS Community Edition on multiple nodes in a single region". */
const sample: OmsConfig = {
  metaDb: { host: "10.10.10.1", port: 2883, username: "root@oms#obcluster", password: "oms" },
  databases: { rm: "oms_rm", cm: "oms_cm", heartbeat: "oms_cm_heartbeat" },
  cm: {
    url: "http://10.10.10.2:8088",
    location: 100,
    region: "cn-anhui",
    regionCn: "Anhui",
    isDefault: true,
    nodes: ["10.10.10.2", "10.10.10.3"],
  },
  drc: { user: "drc_user_name", password: "OceanBase#oms" },
  tsdb: { service: "INFLUXDB", url: "10.10.10.5:8086", username: "username", password: "123456" },
};

describe("config.yaml of OMS", () => {
  it("is the document's sample for a region of two nodes, its strings quoted", () => {
    assert.equal(
      renderOmsConfig(sample),
      `oms_meta_host: "10.10.10.1"
oms_meta_port: 2883
oms_meta_user: "root@oms#obcluster"
oms_meta_password: "oms"
drc_rm_db: "oms_rm"
drc_cm_db: "oms_cm"
drc_cm_heartbeat_db: "oms_cm_heartbeat"
drc_user: "drc_user_name"
drc_password: "OceanBase#oms"
cm_url: "http://10.10.10.2:8088"
cm_location: 100
cm_region: "cn-anhui"
cm_region_cn: "Anhui"
cm_is_default: true
cm_nodes:
  - "10.10.10.2"
  - "10.10.10.3"
tsdb_service: "INFLUXDB"
tsdb_enabled: true
tsdb_url: "10.10.10.5:8086"
tsdb_username: "username"
tsdb_password: "123456"
`,
    );
  });

  it("is the document's sample for another region of one node, with nothing that was not given", () => {
    assert.equal(
      renderOmsConfig({
        metaDb: sample.metaDb,
        databases: { rm: "oms_rm", cm: "oms_cm", heartbeat: "oms_cm_heartbeat_2" },
        cm: {
          url: "http://10.10.20.1:8088",
          location: 0,
          region: "cn-jiangsu",
          isDefault: false,
          nodes: ["10.10.20.1"],
        },
      }),
      `oms_meta_host: "10.10.10.1"
oms_meta_port: 2883
oms_meta_user: "root@oms#obcluster"
oms_meta_password: "oms"
drc_rm_db: "oms_rm"
drc_cm_db: "oms_cm"
drc_cm_heartbeat_db: "oms_cm_heartbeat_2"
cm_url: "http://10.10.20.1:8088"
cm_location: 0
cm_region: "cn-jiangsu"
cm_region_cn: "cn-jiangsu"
cm_is_default: false
cm_nodes:
  - "10.10.20.1"
tsdb_enabled: false
`,
    );
  });

  it("has ports, audit and further keys at its end", () => {
    const { drc, tsdb, ...rest } = sample;
    assert.ok(drc && tsdb);
    const text = renderOmsConfig({
      ...rest,
      ports: { ghana: 9090, console: 9089, cm: 9088, supervisor: 9100, sshd: 2024 },
      slsAudit: {
        accessKey: "AKID",
        accessSecret: "s3cret",
        endpoint: "cn-hangzhou.log.aliyuncs.com",
        opsSiteTopic: "ops",
        userSiteTopic: "user",
      },
      settings: { new_key: "off", new_flag: true, new_number: 1.5, on: "yes" },
    });
    assert.equal(
      text.slice(text.indexOf("tsdb_enabled")),
      `tsdb_enabled: false
ghana_server_port: 9090
nginx_server_port: 9089
cm_server_port: 9088
supervisor_server_port: 9100
sshd_server_port: 2024
apsara_audit_sls_access_key: "AKID"
apsara_audit_sls_access_secret: "s3cret"
apsara_audit_sls_endpoint: "cn-hangzhou.log.aliyuncs.com"
apsara_audit_sls_ops_site_topic: "ops"
apsara_audit_sls_user_site_topic: "user"
new_key: "off"
new_flag: true
new_number: 1.5
"on": "yes"
`,
    );
    assert.equal(Object.keys(CONFIG_KEYS).length, 30);
  });

  it("escapes what a YAML 1.1 reader takes for a line break, or refuses", () => {
    const password = "a\u0085b\u2028c\u2029d\u007fe\u0080f\ufeffg😀h杭ü";
    const [line] =
      /^oms_meta_password.*$/m.exec(renderOmsConfig({ ...sample, metaDb: { ...sample.metaDb, password } })) ?? [];
    assert.equal(line, String.raw`oms_meta_password: "a\u0085b\u2028c\u2029d\u007fe\u0080f\ufeffg\U0001f600h杭ü"`);
  });

  it("gives every text back as it was, to readers of YAML 1.1 and 1.2", function () {
    this.timeout(60_000);
    const text = fc.oneof(
      fc.string({ unit: "binary", minLength: 1 }),
      fc.string({ unit: "grapheme-ascii", minLength: 1 }),
      fc.constantFrom(
        "123456",
        "0x1f",
        "1:20",
        "yes",
        "off",
        "~",
        "null",
        "1e3",
        " a ",
        "# x",
        "a: b",
        "'",
        '"',
        "\\",
        "!!str",
      ),
    );
    fc.assert(
      fc.property(text, text, text, (password, secret, value) => {
        const rendered = renderOmsConfig({
          ...sample,
          metaDb: { ...sample.metaDb, password },
          drc: { user: "drc", password: secret },
          settings: { further: value },
        });
        for (const version of ["1.1", "1.2"] as const) {
          const read = parse(rendered, { version }) as Record<string, unknown>;
          assert.deepEqual(
            [read.oms_meta_password, read.drc_password, read.further, read.tsdb_password, read.cm_location],
            [password, secret, value, "123456", 100],
          );
        }
        // every string on its own line: no break within one
        assert.equal(rendered.split(/[\n\r\u0085\u2028\u2029]/).length, 24);
      }),
      { numRuns: 1000 },
    );
  });
});
