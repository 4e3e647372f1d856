import assert from "node:assert/strict";
import { renderOdcEnvironment } from "../../../components/odc/environment";

const node = {
  metaDb: { host: "10.0.0.9", port: 2883, username: "odc@meta#ob", password: "a b=$c'\"", database: "odc_metadb" },
  adminPassword: "aaAA11..",
  profileMode: "alipay",
  address: "10.0.0.1",
  port: 8990,
  mappingPort: 18990,
  logDirectory: "/opt/odc/log",
  jvm: {},
};

describe("environment of an ODC node", () => {
  it("holds the documented variables with the node's own address, and leaves the others to the image", () => {
    assert.deepEqual(renderOdcEnvironment(node), [
      "DATABASE_HOST=10.0.0.9",
      "DATABASE_PORT=2883",
      "DATABASE_USERNAME=odc@meta#ob",
      "DATABASE_PASSWORD=a b=$c'\"",
      "DATABASE_NAME=odc_metadb",
      "ODC_PROFILE_MODE=alipay",
      "ODC_ADMIN_INITIAL_PASSWORD=aaAA11..",
      "ODC_LOG_DIR=/opt/odc/log",
      "ODC_SERVER_PORT=8990",
      "ODC_HOST=10.0.0.1",
      "ODC_MAPPING_PORT=18990",
    ]);
  });

  it("holds the options of Java and of the server when they are given", () => {
    const jvm = {
      heap: "-Xmx2048m -Xms2048m",
      gc: "-XX:+UseZGC",
      outOfMemory: "-XX:+CrashOnOutOfMemoryError",
      extra: "-Da=b",
    };
    const extraArgs = "--server.servlet.session.timeout=10m";
    const environment = renderOdcEnvironment({ ...node, jvm, extraArgs });
    assert.deepEqual(environment.slice(8), [
      "ODC_JVM_HEAP_OPTIONS=-Xmx2048m -Xms2048m",
      "ODC_JVM_GC_OPTIONS=-XX:+UseZGC",
      "ODC_JVM_OOM_OPTIONS=-XX:+CrashOnOutOfMemoryError",
      "ODC_JVM_EXTRA_OPTIONS=-Da=b",
      "ODC_SERVER_PORT=8990",
      "ODC_HOST=10.0.0.1",
      "ODC_MAPPING_PORT=18990",
      "ODC_APP_EXTRA_ARGS=--server.servlet.session.timeout=10m",
    ]);
  });
});
