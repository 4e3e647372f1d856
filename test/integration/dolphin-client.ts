import assert from "node:assert/strict";
import { join } from "node:path";
import { waitFor } from "../../lab/src/wait";
import { pythonPrograms } from "../python-programs";
import type { NodeAddress } from "./dolphin-stand-in";

/** The vendor's client, in the version whose bytes were recorded. */
const CLIENT = "dolphindb==3.0.6.1";

/** What the vendor's client does; see test/fixtures/dolphin/client.py. */
export interface ClientTask {
  node: Pick<NodeAddress, "host" | "port">;
  password?: string;
  sites?: readonly NodeAddress[];
  reconnect?: boolean;
  scripts?: readonly string[];
}

export interface ClientLine {
  connected?: boolean;
  value?: unknown;
  error?: string;
}

async function clientCommand({ node, sites, ...task }: ClientTask, more = {}): Promise<[string, string[]]> {
  const sent = { ...node, ...task, sites: sites?.map(({ host, port }) => `${host}:${port}`), ...more };
  const python = join(await pythonPrograms([CLIENT]), "python");
  return [python, ["test/fixtures/dolphin/client.py", JSON.stringify(sent)]];
}

/** The lines among what the client writes that are the fixture's. */
const linesOf = (text: string): ClientLine[] =>
  text.split("\n").flatMap((line) => (line.startsWith("{") ? [JSON.parse(line) as ClientLine] : []));

/** Runs scripts with the vendor's client. */
export async function vendorClient(task: ClientTask): Promise<ClientLine[]> {
  const { execa } = await import("execa");
  const { stdout } = await execa(...(await clientCommand(task)), { timeout: 60_000, stdin: "ignore" });
  return linesOf(stdout);
}

/** The vendor's client running scripts again and again, until it is stopped. */
export class ClientLoop {
  readonly lines: ClientLine[] = [];

  private constructor(private readonly process: { stdin: NodeJS.WritableStream; done: Promise<unknown> }) {}

  static async start(task: ClientTask): Promise<ClientLoop> {
    const { execa } = await import("execa");
    const running = execa(...(await clientCommand(task, { forever: true })), { reject: false });
    const loop = new ClientLoop({ stdin: running.stdin, done: running });
    let rest = "";
    running.stdout.on("data", (data: Buffer) => {
      rest += data.toString();
      const end = rest.lastIndexOf("\n") + 1;
      loop.lines.push(...linesOf(rest.slice(0, end)));
      rest = rest.slice(end);
    });
    return loop;
  }

  /** Waits for so many answers without an error, from now on. */
  async untilMore(count: number, seconds = 30): Promise<void> {
    const from = this.lines.length;
    await waitFor("the client did not get its answers", seconds, () => {
      const found = this.lines.slice(from).filter((line) => "value" in line).length;
      assert.ok(found >= count, `${found} answers, last of all: ${JSON.stringify(this.lines.at(-1))}`);
      return Promise.resolve();
    });
  }

  async stop(): Promise<ClientLine[]> {
    this.process.stdin.end();
    await this.process.done;
    return this.lines;
  }
}
