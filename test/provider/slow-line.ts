import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { DelayOptions } from "../bench/delay-proxy";

/** A way to a server that takes its time there and back, in milliseconds; in a process of its own. */
export async function startSlowLine(address: string, port: number, roundTripMs: number) {
  const options: DelayOptions = { roundTripMs, source: "0.0.0.0", targets: [{ address, port }] };
  const proxy = fork(join(__dirname, "..", "bench", "delay-proxy.ts"), [JSON.stringify(options)]);
  const [[opened = 0]] = (await once(proxy, "message")) as [number[]];
  return { port: opened, stop: () => proxy.disconnect() };
}
