import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { DolphinCluster } from "../../../../components/dolphin/cluster";
import { instanceOf } from "../../../../components/dolphin/instance";
import { licenseProblems } from "../../../../components/dolphin/license-check";
import { urlsOf } from "../../../../components/dolphin/outputs";
import { dolphinDemands, dolphinProblems } from "../../../../components/dolphin/preflight";
import { renderAgentUnit, renderControllerUnit } from "../../../../components/dolphin/unit";
import { renderControllerCfg } from "../../../../components/dolphin/controller-cfg";
import { dolphinWarnings } from "../../../../components/dolphin/warnings";
import { reasonIn } from "../../../../provider/dolphin/log-reasons";
import type { HostFacts } from "../../../../provider/resources";
import { NoLicense, onlineProblems, parseLicense } from "../../../../provider/resources/dolphin/license";
import { versionProblems } from "../../../../provider/resources/dolphin/upgrade-path";
import { fitHost } from "../mocks";
import { known, nodesOf, refused, settled, vendors } from "./samples";

/** What hosts that are like this one are refused for. */
function found(facts: Partial<HostFacts>, values = {}): string[] {
  const args = vendors(values);
  const nodes = nodesOf(args).filter(({ hostName }) => hostName === "p1");
  const demands = dolphinDemands(settled(args), nodes, [], "/var/lib/dolphin-db");
  return dolphinProblems([{ name: "p1", facts: { ...fitHost, memoryBytes: 2 ** 37, ...facts }, demands }]);
}

const licenseText = (line: string): string => `${line}\nU2VjcmV0\n`;
const terms = parseLicense(licenseText("2027.01.31,64,16,6,client,2,-1,,0"));

function refusedLicense(text: string): string {
  try {
    parseLicense(text);
  } catch (error) {
    assert.ok(error instanceof NoLicense);
    return error.message;
  }
  return "";
}

/** What a user meets, by the FAQ of the vendor's page, and what is told then. */
const told: [question: string, what: string, is: unknown, wanted: unknown][] = [
  [
    "Q1",
    "a port is occupied, before anything is changed",
    found({ ports: [{ port: 8800, protocol: "tcp", address: "0.0.0.0", process: "java" }] }),
    ["host p1: port 8800 is taken by java; fix: stop that, or change the port of controller1"],
  ],
  [
    "Q1",
    "a port is occupied, in the log of a node",
    reasonIn([
      "2026.11.29 18:00:00.000000000 <INFO> :starting",
      "2026.11.29 18:00:00.000000000 <ERROR> :Failed to bind the socket on port 8800 with error code 98",
      "2026.11.29 18:00:00.000000000 <INFO> :The node ended.",
    ]),
    "another program has port 8800, or the former process, which writes what it has in memory before it ends; fix: see who listens there (ss -ltnp), and end it or give the node another port",
  ],
  [
    "Q1",
    "a port is occupied, when an agent starts a node",
    reasonIn(["<ERROR> :failed to try bind port 8802 with error code 98"]),
    "another program has port 8802, or the former process, which writes what it has in memory before it ends; fix: see who listens there (ss -ltnp), and end it or give the node another port",
  ],
  [
    "Q1",
    "the first line of cluster.nodes is empty",
    reasonIn([
      "<ERROR> :Failed to load the nodes file [/home/DolphinDB/server/clusterDemo/config/cluster.nodes] with error: The input file is empty.",
    ]),
    "/home/DolphinDB/server/clusterDemo/config/cluster.nodes is empty, or its first line is; fix: delete the line, and start the controller",
  ],
  [
    "Q1",
    "the licence is over, or too small",
    licenseProblems({ ...terms, nodes: 5 }, settled(vendors()), nodesOf(vendors()), "2027-02-01"),
    [
      "license: it ended on 2027-01-31: no node starts, and those that run stop 15 days after it; fix: give one that is in force",
      "license: it has 5 nodes, and 6 data and compute nodes are described; fix: describe fewer, or ask for more",
    ],
  ],
  [
    "Q1",
    "the licence is none",
    ["", "no licence", "2027.01.31,64,16", "2027.01.31,64,16,6,client,2,-1,,0"].map(refusedLicense),
    [
      'its first line is empty, for which the engine says "Invalid license file."',
      "its first line does not begin with a date like 2042.01.01",
      "its first line has fewer than the six values end, GB, cores, nodes, client, kind",
      "the signature below its first line is missing",
    ],
  ],
  [
    "Q1",
    "the licence, in the log of a node",
    [
      "The license has expired. The expiration date is 2026.01.31.",
      "Invalid license file.",
      "The license format is out of date. Please contact DolphinDB for a new license.",
      "The number of nodes exceeds the max number of nodes [3] of the license.",
    ].map((line) => reasonIn([line])),
    [
      "the licence is over; fix: give a later one in license",
      "its dolphindb.lic is none for this server; fix: give the text of the file that the vendor sent in license",
      "its dolphindb.lic is none for this server; fix: give the text of the file that the vendor sent in license",
      "the licence is for fewer nodes than cluster.nodes has; fix: describe fewer, or ask for another licence",
    ],
  ],
  [
    "Q1",
    "nothing that is known",
    reasonIn(["2026.11.29 18:00:00 <INFO> :Job scheduler initialization completed."]),
    undefined,
  ],
  [
    "Q2",
    "units that end what they started, by its process and not by words in command lines",
    [renderControllerUnit, renderAgentUnit].map((render) =>
      render({ instance: instanceOf("db"), stopTimeout: 60 })
        .split("\n")
        .filter((line) => /^(Exec\w+|KillMode|Type|TimeoutStopSec)=/.test(line))
        .map((line) => line.split(" -console ")[0]),
    ),
    [
      ["ExecStart=/opt/dbha/dolphin-db/server/dolphindb", "TimeoutStopSec=60", "KillMode=mixed"],
      ["ExecStart=/opt/dbha/dolphin-db/server/dolphindb", "TimeoutStopSec=60", "KillMode=process"],
    ],
  ],
  [
    "Q3",
    "addresses of the web interface are those that browsers know",
    urlsOf({ nodes: nodesOf(vendors()), settings: settled(vendors()), https: false } as unknown as DolphinCluster),
    ["http://19.56.128.21:8800", "http://19.56.128.22:8800", "http://19.56.128.23:8800"],
  ],
  [
    "Q4",
    "the former package alone, in the place of one that does not start",
    versionProblems({ from: "3.00.5", to: "3.00.4", mode: "offline", keys: [] }),
    [
      "3.00.5 runs, and 3.00.4 does not read its metadata; fix: give the package of 3.00.5 or later, or rollback with the backup that was made of 3.00.4",
    ],
  ],
  [
    "Q5",
    "a licence that nodes do not take while they run",
    onlineProblems(
      { ...terms, kind: "commercial" },
      { ...terms, kind: "commercial", client: "other", cores: 8, end: "2027-01-31" },
    ),
    [
      "it is for another client than the one in force",
      "it has 8 cores, and the one in force 16",
      "it ends on 2027-01-31, not later than the one in force on 2027-01-31",
    ],
  ],
  [
    "Q6",
    "the address by which a cloud server is reached is not its own",
    found({
      addresses: [
        { interface: "lo", address: "127.0.0.1", prefixLength: 8 },
        { interface: "eth0", address: "172.16.0.5", prefixLength: 24 },
        { interface: "eth0", address: "fe80::1", prefixLength: 64 },
      ],
    }),
    [
      "host p1: 10.0.0.80 is none of its addresses (172.16.0.5), and a node's localSite has one of them; fix: give addresses.p1 the one by which the other hosts reach it, and 10.0.0.80 to publicNames.p1 where browsers need it",
    ],
  ],
  [
    "Q6",
    "the host's own address is named",
    found(
      { addresses: [{ interface: "eth0", address: "172.16.0.5", prefixLength: 24 }] },
      { addresses: { p1: "172.16.0.5" } },
    ),
    [],
  ],
  [
    "Q7",
    "volumes that are no paths for the engine",
    refused(vendors({ "parameters.nodes.volumes": ["DFS", "/VOL 1"] })),
    [
      'parameters.nodes.volumes[0] = "DFS": must be an absolute path of ASCII characters without spaces, commas and quotes; fix: write it like /ssd1/dolphin/<ALIAS>',
      'parameters.nodes.volumes[1] = "/VOL 1": must be an absolute path of ASCII characters without spaces, commas and quotes; fix: write it like /ssd1/dolphin/<ALIAS>',
    ],
  ],
  [
    "Q7",
    "the page's volume of all data nodes, where a host has two of them",
    refused(
      vendors({
        "dataNodes.3": { host: "p1", alias: "datanode4", port: 8812 },
        "parameters.aliases": { "datanode%": { volumes: ["/VOL1"] } },
      }),
    ),
    [
      'parameters.aliases.datanode%.volumes = ["/VOL1"]: datanode1 and datanode4 on p1 would share the directory /VOL1/; fix: have <ALIAS> in volumes, or give each of them its own in parameters.aliases',
    ],
  ],
  [
    "Q8",
    "a parameter that the engine passes over in silence",
    dolphinWarnings(settled(vendors({ "parameters.controllers.settings": { raftElectTick: 400 } })), known),
    [
      "parameters.controllers.settings.raftElectTick: no parameter of controller.cfg is known by this name, and the engine ignores such in silence; is raftElectionTick meant?",
    ],
  ],
];

describe("The FAQ of the vendor's page", () => {
  for (const [question, what, is, wanted] of told) it(`${question}, ${what}`, () => assert.deepEqual(is, wanted));

  it("Q6, nodes hear each other without UDP unless it is asked for", () => {
    const [controller] = nodesOf(vendors());
    const text = renderControllerCfg({
      controller: controller as never,
      parameters: settled(vendors()).parameters.controllers,
      version: "3.00.4",
      zones: {},
    });
    assert.match(text, /^lanCluster=0$/m);
  });

  it("is answered in the page, each entry", () => {
    const page = readFileSync("docs/dolphin-ha.md", "utf8");
    const section = page.slice(page.indexOf("## When something is wrong"), page.indexOf("## Units"));
    const answered = [...section.matchAll(/^\| (Q\d):/gm)].map(([, question]) => question);
    assert.deepEqual([...new Set(answered)], ["Q1", "Q2", "Q3", "Q4", "Q5", "Q6", "Q7", "Q8"]);
  });
});
