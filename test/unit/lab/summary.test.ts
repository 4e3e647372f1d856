import assert from "node:assert/strict";
import { MARIADB, OCEANBASE } from "../../../lab/src/metadb-server";
import { summary, type StackOutputs } from "../../../lab/src/summary";

describe("summary of the demo", () => {
  const instance = (host: string, port: number, version: string, health = "healthy") => ({
    ...{ host, version, health },
    endpoint: `10.0.0.${host.slice(1)}:${port}`,
  });
  const dolphin = (host: string, kind: string, port: number, state = "online") => {
    const { health, ...node } = instance(host, port, "3.00.4.3", state);
    return { ...node, kind, state: health };
  };
  const outputs: StackOutputs = {
    dolphin: {
      urls: ["http://10.0.0.1:8800"],
      nodes: [
        ...["p1", "p2"].flatMap((host) => [dolphin(host, "controller", 8800), dolphin(host, "agent", 8801)]),
        dolphin("p1", "datanode", 8802, "offline"),
        dolphin("p1", "computenode", 8803),
      ],
    },
    odc: {
      url: "http://10.0.0.3/",
      nodes: [instance("p1", 8989, "4.3.1")],
      proxies: [instance("p3", 80, "nginx:1.22", "unhealthy")],
    },
    odp: { nodes: [instance("p1", 2883, "4.2.3")] },
    oms: { url: "http://10.0.0.100:8089/", nodes: [instance("p1", 8089, "4.2.7"), instance("p2", 8089, "4.2.7")] },
  };

  it("is a table with a row for each kind of instance, and lines to paste", () => {
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
      ["odp proxy", "p1", "10.0.0.1:2883", "4.2.3", "healthy"],
      ["oms node", "p1", "10.0.0.1:8089", "4.2.7", "healthy"],
      ["", "p2", "10.0.0.2:8089", "4.2.7", "healthy"],
      ["dolphin controller", "p1", "10.0.0.1:8800", "3.00.4.3", "online"],
      ["", "p2", "10.0.0.2:8800", "3.00.4.3", "online"],
      ["dolphin agent", "p1", "10.0.0.1:8801", "3.00.4.3", "online"],
      ["", "p2", "10.0.0.2:8801", "3.00.4.3", "online"],
      ["dolphin data node", "p1", "10.0.0.1:8802", "3.00.4.3", "offline"],
      ["dolphin compute node", "p1", "10.0.0.1:8803", "3.00.4.3", "online"],
    ]);
    assert.deepEqual(
      text.split("\n").filter((line) => line.startsWith("  ")),
      [
        "  curl -s http://10.0.0.3/api/v2/info",
        "  curl -s http://10.0.0.1:2884/metrics",
        "  curl -s http://10.0.0.100:8089/oms/health",
        "  curl -s http://10.0.0.1:8800",
      ],
    );
    assert.doesNotMatch(text, /MetaDB/);
  });

  it("says aloud that the MetaDB is not OceanBase", () => {
    assert.match(
      summary(outputs, MARIADB),
      /^The MetaDB is MariaDB IN THE PLACE OF OCEANBASE, which the real ODC needs; lab\/down and lab\/up try again to get that\.$/m,
    );
  });
});
