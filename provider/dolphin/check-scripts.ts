/** The one table of a check's database; a database with others is not a check's. */
export const CHECK_TABLE = "dbha_check";

/** Partitions of the table, so that several chunks come about. */
const PARTITIONS = 4;

const url = (database: string): string => JSON.stringify(`dfs://${database}`);
const table = (database: string): string => `loadTable(${url(database)}, "${CHECK_TABLE}")`;

/** Scripts of a check, with a value each that the JSON interface has a form for. */
export const checkScripts = {
  exists: (database: string): string => `existsDatabase(${url(database)})`,

  tables: (database: string): string => `getTables(database(${url(database)}))`,

  drop: (database: string): string => `dropDatabase(${url(database)})`,

  create: (database: string): string => `db = database(${url(database)}, VALUE, 0..${PARTITIONS - 1})
db.createPartitionedTable(table(1:0, \`id\`part, [INT, INT]), \`${CHECK_TABLE}, \`part)
1`,

  /** One transaction: all rows, or none. */
  append: (database: string, rows: number): string => `ids = 0..${rows - 1}
${table(database)}.append!(table(ids as id, ids % ${PARTITIONS} as part))
1`,

  count: (database: string): string => `exec count(*) from ${table(database)}`,
};
