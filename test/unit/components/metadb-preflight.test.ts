import assert from "node:assert/strict";
import { metaDbProblems, type MetaDbDemands, type MetaDbLook, type Reach } from "../../../components/metadb/preflight";

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
      { error: "ERROR 1044 (42000): Access denied" },
      [
        "host p1: the MetaDB does not let user odc@meta#ob into the database odc_metadb; fix: grant it all privileges on odc_metadb",
      ],
    ],
    [
      "a missing database",
      all,
      { error: "ERROR 1049 (42000): Unknown database" },
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

  it("tells which of several databases is the one, by its argument", () => {
    const several = { rm: "drc_rm", cm: "drc_cm" };
    const look = { max_connections: 1000, database: "drc_cm", error: "ERROR 1049 (42000): Unknown database 'drc_cm'" };
    assert.deepEqual(metaDbProblems(all, look, { metaDb, databases: several, connectionsPerNode: 400 }), [
      "host p1: the MetaDB has no database drc_cm; fix: create it, or mend cm",
    ]);
  });

  it("reckons with the connections that a node of that software takes", () => {
    assert.deepEqual(metaDbProblems(all, { max_connections: 700 }, { metaDb, databases, connectionsPerNode: 400 }), [
      "host p1: the MetaDB allows 700 connections, of which others have 0, and the 2 nodes take 800; fix: set max_connections there to 800 at least",
    ]);
  });
});
