import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import packageJson from "pulumi-dbha/package.json";
import { EngineLog } from "./engine-log";
import { createPlugin } from "./plugin";
import type { ComponentMaker } from "./resources/component-order";
import { service } from "./server";

/** How often the parent is looked for, in milliseconds. */
const parentInterval = 1_000;

/**
 * Serves the plugin on a port of its own and tells it on stdout, as the engine wants; ends the process where it cannot.
 * @param loadComponents loads what makes components for programs of other languages; called when the first one is asked for.
 */
export function serve(loadComponents: () => ComponentMaker): void {
  listenToEngine(loadComponents).catch((error: unknown) => {
    process.stderr.write(`dbha plugin: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  });
}

async function listenToEngine(loadComponents: () => ComponentMaker): Promise<void> {
  const log = new EngineLog();
  // The engine gives its address as an argument, or later by Handshake or Attach.
  const engineAddress = process.argv.slice(2).find((argument) => !argument.startsWith("-"));
  if (engineAddress !== undefined) {
    log.attach(engineAddress);
  }
  const plugin = createPlugin(log);

  // Before the port is told: from then on the engine may send signals.
  watchParent(() => process.exit(0));
  process.on("SIGTERM", () => process.exit(0));
  // Ctrl-C may reach the plugin beside the engine, which decides, by Cancel, what is still to be finished. When all is, the
  // engine ends its plugins by this signal, and waits five seconds for each that does not go.
  process.on("SIGINT", () => {
    if (plugin.session.cancelled && plugin.session.callsUnderWay === 0) {
      process.exit(0);
    }
  });

  // once: it keeps the hosts of the run
  let maker: ComponentMaker | undefined;
  const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(
    ResourceProviderService,
    service({
      version: packageJson.version,
      attach: (address) => log.attach(address),
      engine: () => log.address,
      components: () => (maker ??= loadComponents()),
      plugin,
    }),
  );
  process.stdout.write(`${await listen(server)}\n`);
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) {
        resolve(port);
      } else {
        reject(error);
      }
    });
  });
}

/** A killed engine leaves its plugins behind; they are adopted by another process then. */
function watchParent(end: () => void): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) {
      end();
    }
  }, parentInterval);
}
