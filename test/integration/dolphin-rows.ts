/** Scripts of clients by which tests see that rows stay. */

/** Makes a table of 30 rows in chunks of three days, through a data node; answers their count. */
export const TABLE = `
  db = database("dfs://kept", VALUE, 2024.01.01..2024.01.03)
  pt = db.createPartitionedTable(table(1:0, \`id\`day\`v, [INT, DATE, DOUBLE]), \`pt, \`day)
  pt.append!(table(0..29 as id, take(2024.01.01..2024.01.03, 30) as day, rand(1.0, 30) as v))
  exec count(*) from pt`;

export const COUNT = 'exec count(*) from loadTable("dfs://kept", "pt")';

/** One row more, and the count. */
export const APPEND = `
  loadTable("dfs://kept", "pt").append!(table([100] as id, [2024.01.02] as day, [1.0] as v))
  ${COUNT}`;
