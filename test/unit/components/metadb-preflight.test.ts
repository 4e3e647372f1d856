import assert from "node:assert/strict";
import { clockProblems, type HostClock } from "../../../components/metadb/clock";
import {
  databasesToMake,
  metaDbProblems,
  type MetaDbDemands,
  type MetaDbLook,
  type Reach,
} from "../../../components/metadb/preflight";

describe("preflight of a MetaDB", () => {
  const metaDb = {
    host: "10.0.0.9",
    port: 2883,
    username: "odc@meta#ob",
    password: "secret-db",
  };
  const databases = { "metaDb.database": "odc_metadb" };
  const demands: MetaDbDemands = { metaDb, databases, connectionsPerNode: 115 };
  const all: Reach[] = [{ host: "p1" }, { host: "p2" }];
  const refused = "connection refused";
  const unreached = (host: string): string =>
    `host ${host}: does not reach the MetaDB at 10.0.0.9 port 2883: connection refused; fix: mend metaDb.host and metaDb.port, or the network and firewalls between`;
  const cases: [name: string, reach: Reach[], look: MetaDbLook, expected: string[]][] = [
    ["nothing where there is room", all, { max_connections: 241, Threads_connected: 61, own: 50 }, []],
    ["nothing where three nodes just fit", [...all, { host: "p3" }], { max_connections: 345 }, []],
    ["nothing of OceanBase's default", all, { max_connections: 4294967295, max_user_connections: 0 }, []],
    ["nothing of a database that tells no limit", all, {}, []],
    [
      "too little room beside other clients",
      all,
      { max_connections: 240, Threads_connected: 61, own: 50 },
      [
        "host p1: the MetaDB allows 240 connections, of which others have 11, and the 2 nodes take 230; fix: set max_connections there to 241 at least",
      ],
    ],
    [
      "too little room for three nodes",
      [...all, { host: "p3" }],
      { max_connections: 344 },
      [
        "host p1: the MetaDB allows 344 connections, of which others have 0, and the 3 nodes take 345; fix: set max_connections there to 345 at least",
      ],
    ],
    [
      "too little room for one node",
      all.slice(0, 1),
      { max_connections: 114 },
      [
        "host p1: the MetaDB allows 114 connections, of which others have 0, and the node takes 115; fix: set max_connections there to 115 at least",
      ],
    ],
    [
      "a limit of the user's own",
      all,
      { max_connections: 1000, max_user_connections: 229 },
      [
        "host p1: the MetaDB allows 229 connections of one user, and the 2 nodes take 230; fix: set max_user_connections there to 230 at least",
      ],
    ],
    [
      "a host without tools to back up",
      all,
      { lacks: "neither mysqldump nor mariadb-dump", max_connections: 1000 },
      [
        "host p1: has neither mysqldump nor mariadb-dump, and the MetaDB is backed up from there before an upgrade; fix: install MySQL's or MariaDB's client tools (Debian: mariadb-client)",
      ],
    ],
    [
      "a wrong password",
      all,
      { error: "ERROR 1045 (28000): Access denied for user" },
      ["host p1: the MetaDB refuses user odc@meta#ob with this password; fix: mend metaDb.username or metaDb.password"],
    ],
    [
      "a database that the user may not use",
      all,
      { refusals: [{ database: "odc_metadb", error: "ERROR 1044 (42000): Access denied" }] },
      [
        "host p1: the MetaDB does not let user odc@meta#ob into the database odc_metadb; fix: grant it all privileges on odc_metadb",
      ],
    ],
    [
      "a missing database",
      all,
      { refusals: [{ database: "odc_metadb", error: "ERROR 1049 (42000): Unknown database" }] },
      ["host p1: the MetaDB has no database odc_metadb; fix: create it, or mend metaDb.database"],
    ],
    [
      "whatever else the client says",
      all,
      { error: "ERROR 2026 (HY000): TLS/SSL error" },
      [
        "host p1: the MetaDB cannot be asked (ERROR 2026 (HY000): TLS/SSL error); fix: see the client's message, and mend metaDb or the database",
      ],
    ],
    [
      "every node that does not reach it, once",
      all.map(({ host }) => ({ host, problem: refused })),
      { error: "ERROR 2002 (HY000): Can't connect" },
      [unreached("p1"), unreached("p2")],
    ],
    ["a node that alone does not reach it", [{ host: "p1" }, { host: "p2", problem: refused }], {}, [unreached("p2")]],
  ];
  for (const [name, reach, look, expected] of cases)
    it(`tells ${name}`, () => assert.deepEqual(metaDbProblems(reach, look, demands), expected));

  describe("of several databases", () => {
    const several = { rm: "drc_rm", cm: "drc_cm", heartbeat: "drc_hb" };
    const look: MetaDbLook = {
      max_connections: 1000,
      account: "odc@meta@10.%",
      refusals: [
        { database: "drc_cm", error: "ERROR 1049 (42000): Unknown database 'drc_cm'" },
        { database: "drc_hb", error: "ERROR 1044 (42000): Access denied for user 'odc'@'%' to database 'drc_hb'" },
      ],
    };
    const demanded: MetaDbDemands = { metaDb, databases: several, connectionsPerNode: 400 };

    it("tells all that are missing or closed, each by its argument", () => {
      assert.deepEqual(metaDbProblems(all, look, demanded), [
        "host p1: the MetaDB has no database drc_cm; fix: create it, or mend cm",
        "host p1: the MetaDB does not let user odc@meta#ob into the database drc_hb; fix: grant it all privileges on drc_hb",
      ]);
    });

    it("that are made where the user may, tells only those that it may not, with the statements for them", () => {
      assert.deepEqual(metaDbProblems(all, look, { ...demanded, makesDatabases: true }), [
        "host p1: the MetaDB has no database drc_hb that user odc@meta#ob may use, and lets it make none; fix: run there as an administrator: CREATE DATABASE IF NOT EXISTS drc_hb DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci; GRANT ALL PRIVILEGES ON drc_hb.* TO 'odc@meta'@'10.%';",
      ]);
      assert.deepEqual(databasesToMake(look), ["drc_cm"]);
      assert.deepEqual(databasesToMake({}), []);
    });
  });

  it("reckons with the connections that a node of that software takes", () => {
    assert.deepEqual(metaDbProblems(all, { max_connections: 700 }, { metaDb, databases, connectionsPerNode: 400 }), [
      "host p1: the MetaDB allows 700 connections, of which others have 0, and the 2 nodes take 800; fix: set max_connections there to 800 at least",
    ]);
  });
});

describe("clock and time zone of a MetaDB", () => {
  const rules = { largestSkewMs: 5_000, reason: "times are compared" };
  const clocks = (...all: [skew: number, offset: number][]): HostClock[] =>
    all.map(([clockSkewMs, utcOffsetMinutes], i) => ({ host: `p${i + 1}`, clockSkewMs, utcOffsetMinutes }));
  const cases: [name: string, look: MetaDbLook, clocks: HostClock[], expected: string[]][] = [
    [
      "are no problem where they agree",
      { clockSkewMs: 4000, utcOffsetMinutes: 480 },
      clocks([9000, 480], [8000, 480]),
      [],
    ],
    ["are no problem where they are not known", { max_connections: 9 }, clocks([0, 60]), []],
    [
      "are told of each host that is too far away, by way of the one that was asked from",
      { clockSkewMs: -5001, utcOffsetMinutes: 0 },
      clocks([1000, 0], [1, 0], [-9100, 0]),
      [
        "host p1: its clock is 5.0 s ahead of that of the MetaDB, and times are compared; at most 5 s are allowed; fix: synchronise both (chrony, ntpd)",
        "host p3: its clock is 5.1 s behind that of the MetaDB, and times are compared; at most 5 s are allowed; fix: synchronise both (chrony, ntpd)",
      ],
    ],
    [
      "are told of each host in another time zone",
      { clockSkewMs: 0, utcOffsetMinutes: 0 },
      clocks([0, 480], [0, 0], [0, -210]),
      [
        "host p1: its time zone is UTC+08:00, that of the MetaDB UTC, and times are compared; fix: set that of the host (timedatectl set-timezone), or of the MetaDB: SET GLOBAL time_zone = '+08:00'",
        "host p3: its time zone is UTC-03:30, that of the MetaDB UTC, and times are compared; fix: set that of the host (timedatectl set-timezone), or of the MetaDB: SET GLOBAL time_zone = '-03:30'",
      ],
    ],
  ];
  for (const [name, look, hosts, expected] of cases)
    it(name, () => assert.deepEqual(clockProblems(look, hosts, rules), expected));
});
