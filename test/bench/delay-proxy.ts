import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** What {@link delayProxy} is started with, as JSON in its only argument. */
export interface DelayOptions {
  /** There and back. */
  roundTripMs: number;
  /** Address that its own connections come from. */
  source: string;
  targets: { address: string; port: number }[];
}

/** What went over one connection to a host's sshd. */
export interface LineUse {
  /** Port of whoever made the connection, on this machine. */
  clientPort: number;
  /** How often it spoke after it had heard something: so many round trips it waited for, one after the other. */
  roundTrips: number;
}

/** More than a fast line holds in a tenth of a second; whoever sends more waits. */
const LINE_BYTES = 16 * 2 ** 20;

/** All connections so far, those that still are among them. */
const lines: LineUse[] = [];

/** Hands on what comes after half a round trip, in order, with the end of the stream last. */
function relay(from: Socket, to: Socket, delayMs: number, on: { came?: () => void; handed?: () => void }): void {
  let onTheWay = 0;
  from.on("data", (data) => {
    on.came?.();
    onTheWay += data.length;
    if (onTheWay > LINE_BYTES) from.pause();
    setTimeout(() => {
      const deliver = (): void => {
        onTheWay -= data.length;
        from.resume();
      };
      on.handed?.();
      if (to.writable) to.write(data, deliver);
    }, delayMs);
  });
  from.on("end", () => setTimeout(() => to.end(), delayMs));
  // one side's failure is the other side's reset
  from.on("error", () => to.destroy());
  from.on("close", () => setTimeout(() => to.destroy(), delayMs + 1000).unref());
}

/** Opens a port for each target; TCP's handshake takes a whole round trip, all that follows half of one. */
async function open(options: DelayOptions, target: DelayOptions["targets"][number]): Promise<number> {
  const server = createServer({ noDelay: true }, (client) => {
    client.pause();
    void sleep(options.roundTripMs).then(() => {
      const upstream = connect({
        host: target.address,
        port: target.port,
        localAddress: options.source,
        noDelay: true,
      });
      let heard = false;
      const line: LineUse = { clientPort: client.remotePort ?? 0, roundTrips: 0 };
      lines.push(line);
      const came = (): void => {
        if (heard) line.roundTrips += 1;
        heard = false;
      };
      const handed = (): void => {
        heard = true;
      };
      relay(client, upstream, options.roundTripMs / 2, { came });
      relay(upstream, client, options.roundTripMs / 2, { handed });
      client.resume();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return (server.address() as AddressInfo).port;
}

/** Serves until its parent disconnects; tells the ports in the order of the targets, and when asked what its lines were used for. */
async function delayProxy(): Promise<void> {
  const options = JSON.parse(process.argv[2] ?? "") as DelayOptions;
  const ports = await Promise.all(options.targets.map((target) => open(options, target)));
  process.send?.(ports);
  process.on("message", () => process.send?.(lines.splice(0)));
  process.on("disconnect", () => process.exit(0));
}

void delayProxy();
