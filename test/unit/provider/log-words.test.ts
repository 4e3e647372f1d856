import assert from "node:assert/strict";
import { quoted, secretsIn } from "../../../provider/probing/log-words";

describe("The end of a log", () => {
  it("is its last six lines, short, without colours and what controls a terminal", () => {
    const log = ["1", "2", "", "3", "\u001b[31m4 red\u001b[0m\r", "5\u0007\u00005", "6", "7".repeat(300), "8"];
    assert.deepEqual(quoted(log, []), ["3", "4 red", "5 5", "6", `${"7".repeat(239)}…`, "8"]);
  });

  it("is led by the last complaint, where that came before", () => {
    const log = ["ERROR one", "ERROR two", ...["1", "2", "3", "4", "5", "6", "7"]];
    assert.deepEqual(quoted(log, []), ["ERROR two", "…", "2", "3", "4", "5", "6", "7"]);
  });

  it("has no stack frames", () => {
    const log = [
      "java.lang.IllegalStateException: no",
      "\tat com.oceanbase.odc.Main.run(Main.java:7)",
      "\t... 12 more",
    ];
    assert.deepEqual(quoted(log, []), ["java.lang.IllegalStateException: no"]);
  });

  it("has none of the secrets given, as they are or as in a URL, and none that a name gives away", () => {
    const log = [
      "cmd=java --db.password=hunter2 --port=1",
      "url mysql://odc:s3cr3t@db/x and jdbc:x?user=a&password=p%26q&x=1",
      'connected with "Meta Pass+1", Meta%20Pass%2B1',
      "Access denied for user 'odc' (using password: YES)",
      '{"access_token":"abc","secret": "d"}',
    ];
    assert.deepEqual(quoted(log, ["Meta Pass+1"]), [
      "cmd=java --db.password=[secret] --port=1",
      "url mysql://odc:[secret]@db/x and jdbc:x?user=a&password=[secret]&x=1",
      'connected with "[secret]", [secret]',
      "Access denied for user 'odc' (using password: YES)",
      '{"access_token":"[secret]","secret": "[secret]"}',
    ]);
  });

  it("knows the secrets of a container by the names of its environment", () => {
    const environment = ["DATABASE_PASSWORD=a=b\nc", "API_KEY=k", "PATH=/bin", "EMPTY_TOKEN=", "LANG"];
    assert.deepEqual(secretsIn(environment.map((entry) => JSON.stringify(entry))), ["a=b\nc", "k"]);
  });
});
