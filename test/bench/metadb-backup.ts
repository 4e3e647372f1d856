/** Backs up, proves and restores a large MetaDB by the product's procedures, and tells what that takes. */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { Command } from "commander";
import type { MetaDbBackup } from "../../components/metadb";
import { METADB_PORT } from "../../lab/src/metadb";
import { exec, labDown, labUp, run, type Lab } from "../../lab/src/lab";
import { DIRECTORY, Procedures, type Said } from "../integration/metadb-procedures";
import { DatabaseServer } from "../integration/metadb-server";
import { MarkedProcesses, residentBytes } from "./processes";
import { seconds, table, times } from "./table";

const LAB = "bench-metadb";
/** Of a row of the large table, in the text of a dump. */
const ROW_BYTES = 2060;
/** Rows of one statement: more take more of the server's memory. */
const CHUNK = 10_000;
const MIB = 2 ** 20;

const mibs = (bytes: number): string => `${Math.round(bytes / MIB)} MiB`;

/** What a step took: script and clients together, and their files beyond those that were there. */
interface Figures {
  step: string;
  seconds: number;
  peakMemory: number;
  peakDisk: number;
  lines: string[];
}

/** The host that runs what is measured. */
class Meter {
  private readonly processes = new MarkedProcesses("metadb-backup");
  /** What stands before a command that is to be looked at. */
  readonly within = Object.entries(this.processes.environment).reduce(
    (all, [name, value]) => `${all} ${name}=${value}`,
    "env",
  );

  constructor(private readonly lab: Lab) {}

  async measure(step: string, work: () => Promise<string[]>): Promise<Figures> {
    const before = await this.disk();
    const figures: Figures = { step, seconds: 0, peakMemory: 0, peakDisk: 0, lines: [] };
    let done = false;
    const watch = async (): Promise<void> => {
      for (let turn = 0; !done; turn += 1) {
        figures.peakMemory = Math.max(figures.peakMemory, residentBytes(this.processes.pids()));
        if (turn % 5 === 0) figures.peakDisk = Math.max(figures.peakDisk, (await this.disk()) - before);
        await pause(100);
      }
    };
    const started = performance.now();
    const watching = watch();
    try {
      figures.lines = await work();
      figures.seconds = (performance.now() - started) / 1000;
    } finally {
      done = true;
      await watching;
    }
    return figures;
  }

  /** Files below the backups' directory, and the procedures' own in memory. */
  private async disk(): Promise<number> {
    const { stdout } = await exec(this.lab, "p3", `du -cb ${DIRECTORY} /run/dbha-metadb.* 2>/dev/null | tail -n 1`);
    return Number(stdout.split("\t")[0]);
  }
}

/** A large table whose text is packed to half of its size. */
async function fill(server: DatabaseServer, rows: number): Promise<void> {
  const digits = `(${[...Array(10).keys()].map((digit) => `SELECT ${digit} AS d`).join(" UNION ")})`;
  const hashes = [...Array(16).keys()].map((each) => `SHA2(CONCAT(n, '-${each}'), 512)`).join(", ");
  await server.sql("USE bk_one", "CREATE TABLE large (id INT PRIMARY KEY, body TEXT)");
  for (let first = 0; first < rows; first += CHUNK) {
    const numbers = `SELECT ${first} + a.d + 10 * b.d + 100 * c.d + 1000 * e.d AS n FROM ${digits} a, ${digits} b, ${digits} c, ${digits} e`;
    await server.sql(`INSERT INTO large SELECT n, CONCAT(${hashes}) FROM (${numbers}) x WHERE n < ${rows}`);
  }
}

/** A dump as one makes it by hand. */
async function plainDump(lab: Lab, { address, password }: DatabaseServer, within: string): Promise<string[]> {
  const login = `[client]\nhost=${address}\nport=${METADB_PORT}\nuser=root\npassword=${password}\n`;
  const options = `--defaults-file=/root/plain.cnf --single-transaction --skip-lock-tables --hex-blob --skip-triggers`;
  const limit = "--where='1=(SELECT /*+ QUERY_TIMEOUT(86400000000) */ 1)'";
  await run(lab, "p3", "cat >/root/plain.cnf", { stdin: login });
  const script = `mysqldump ${options} ${limit} bk_one | gzip >${DIRECTORY}/plain.gz\n`;
  await run(lab, "p3", `${within} sh`, { stdin: script });
  return [];
}

/** Bytes of its text and of the file. */
async function plainSizes(lab: Lab): Promise<[number, number]> {
  const sizes = await run(
    lab,
    "p3",
    `gzip -cd ${DIRECTORY}/plain.gz | wc -c; stat -c %s ${DIRECTORY}/plain.gz; rm ${DIRECTORY}/plain.gz`,
  );
  const [text = 0, file = 0] = sizes.split("\n").map(Number);
  return [text, file];
}

async function main(): Promise<void> {
  const { mib } = new Command("metadb-backup")
    .description("Times backup and restore of a large MetaDB, on a lab of its own, beside a plain dump")
    .option("--mib <n>", "size of the dump's text in MiB", Number, 2048)
    .parse()
    .opts<{ mib: number }>();
  const lab = await labUp(LAB);
  try {
    const server = await DatabaseServer.ofLab(lab);
    const metaDb = new Procedures(server);
    const meter = new Meter(lab);
    await server.sql("SET ob_query_timeout = 86400000000");
    await metaDb.prepare();
    const rows = Math.ceil((mib * MIB) / ROW_BYTES);
    await fill(server, rows);

    const plain = await meter.measure("plain dump, gzipped", () => plainDump(lab, server, meter.within));
    const sizes = await plainSizes(lab);
    let made: Said = { status: 1, answer: "", lines: [] };
    const procedure = async (name: string, file?: string): Promise<string[]> => {
      made = await metaDb.run(name, file, meter.within);
      assert.equal(made.status, 0, made.lines.join("\n"));
      return made.lines;
    };
    const backup = await meter.measure("backup, proven", () => procedure("backup"));
    const { path, proof, bytes } = JSON.parse(made.answer) as MetaDbBackup;
    const sum = "SELECT COUNT(*), SUM(CRC32(body)) FROM bk_one.large";
    const before = await server.sql(sum);
    const restore = await meter.measure("restore, tried before", () => procedure("restore", path));
    assert.deepEqual(await server.sql(sum), before);
    await server.close();

    console.log(
      `a dump of ${mibs(sizes[0])}, ${mibs(sizes[1])} packed; backup ${mibs(bytes)}, ${proof}; ${rows} rows\n`,
    );
    const head = ["step", "seconds", "to the plain dump", "peak memory", "peak disk", "lines of progress"];
    const cells = (one: Figures): string[] => [
      one.step,
      seconds(one.seconds),
      times(one.seconds / plain.seconds),
      mibs(one.peakMemory),
      mibs(one.peakDisk),
      String(one.lines.length),
    ];
    console.log(table(head, [plain, backup, restore].map(cells)));
    for (const { step, lines } of [backup, restore]) console.log(`\n${step}:\n  ${lines.join("\n  ")}`);
  } finally {
    await labDown(LAB);
  }
}

void main();
