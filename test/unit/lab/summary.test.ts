import assert from "node:assert/strict";
import { MARIADB, OCEANBASE } from "../../../lab/src/metadb-server";
import { summary } from "../../../lab/src/summary";

describe("summary of the demo", () => {
  const outputs = {
    odc: {
      url: "http://10.0.0.3/",
      nodes: [{ host: "p1", endpoint: "10.0.0.1:8989", version: "4.3.1", health: "healthy" }],
      proxies: [{ host: "p3", endpoint: "10.0.0.3:80", version: "nginx:1.22", health: "unhealthy" }],
    },
  };

  it("is a table with a row for each instance, and a line to paste", () => {
    const text = summary(outputs, OCEANBASE);
    const cells = text
      .split("\n")
      .filter((line) => line.startsWith("│"))
      .map((line) =>
        line
          .split("│")
          .map((cell) => cell.trim())
          .slice(1, -1),
      );
    assert.deepEqual(cells, [
      ["component", "host", "endpoint", "version", "health"],
      ["odc node", "p1", "10.0.0.1:8989", "4.3.1", "healthy"],
      ["odc proxy", "p3", "10.0.0.3:80", "nginx:1.22", "unhealthy"],
    ]);
    assert.match(text, /^ {2}curl -s http:\/\/10\.0\.0\.3\/api\/v2\/info$/m);
    assert.doesNotMatch(text, /MetaDB/);
  });

  it("says aloud that the MetaDB is not OceanBase", () => {
    assert.match(
      summary(outputs, MARIADB),
      /^The MetaDB is MariaDB IN THE PLACE OF OCEANBASE, which the real ODC needs; lab\/down and lab\/up try again to get that\.$/m,
    );
  });
});
