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

/** More than a fast line holds in a tenth of a second; whoever sends more waits. */
const LINE_BYTES = 16 * 2 ** 20;

/** Hands on what comes after half a round trip, in order, with the end of the stream last. */
function relay(from: Socket, to: Socket, delayMs: number): void {
  let onTheWay = 0;
  from.on("data", (data) => {
    onTheWay += data.length;
    if (onTheWay > LINE_BYTES) from.pause();
    setTimeout(() => {
      const deliver = (): void => {
        onTheWay -= data.length;
        from.resume();
      };
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
      relay(client, upstream, options.roundTripMs / 2);
      relay(upstream, client, options.roundTripMs / 2);
      client.resume();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return (server.address() as AddressInfo).port;
}

/** Serves until its parent disconnects; tells the ports in the order of the targets. */
async function delayProxy(): Promise<void> {
  const options = JSON.parse(process.argv[2] ?? "") as DelayOptions;
  const ports = await Promise.all(options.targets.map((target) => open(options, target)));
  process.send?.(ports);
  process.on("disconnect", () => process.exit(0));
}

void delayProxy();
