import assert from "node:assert/strict";
import { renderOdcEnvironment } from "../../../components/odc/environment";

describe("environment of an ODC node", () => {
  it("holds the documented variables with the node's own address", () => {
    const environment = renderOdcEnvironment({
      metaDb: { host: "10.0.0.9", port: 2883, username: "odc@meta#ob", password: "a b=$c'\"", database: "odc_metadb" },
      adminPassword: "aaAA11..",
      profileMode: "alipay",
      address: "10.0.0.1",
      port: 8990,
    });
    assert.deepEqual(environment, [
      "DATABASE_HOST=10.0.0.9",
      "DATABASE_PORT=2883",
      "DATABASE_USERNAME=odc@meta#ob",
      "DATABASE_PASSWORD=a b=$c'\"",
      "DATABASE_NAME=odc_metadb",
      "ODC_PROFILE_MODE=alipay",
      "ODC_ADMIN_INITIAL_PASSWORD=aaAA11..",
      "ODC_SERVER_PORT=8990",
      "ODC_HOST=10.0.0.1",
      "ODC_MAPPING_PORT=8990",
    ]);
  });
});
