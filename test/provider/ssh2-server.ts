import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import type { AddressInfo, Socket } from "node:net";
import { Algorithms, AuthContext, Connection, Server, ServerChannel, Session } from "ssh2";
import type { Properties } from "./plugin-client";

export interface Ssh2ServerOptions {
  /** File with the server's private key. */
  hostKeyFile: string;
  /** Decides on a login; undefined when it answers by itself. @default everything but "none" is let in */
  authenticate?: (context: AuthContext) => boolean | undefined;
  /** Instead of running a command: whatever the server is to do with it. `count` starts at 1. */
  onExec?: (exec: { command: string; channel: ServerChannel; connection: Connection; count: number }) => boolean;
  /** What it offers to agree on. */
  algorithms?: Algorithms;
  /** Called when a connection has logged in. */
  onReady?: (connection: Connection) => void;
  /** Lets nobody open a session. */
  refuseSessions?: boolean;
  /** @default a free one */
  port?: number;
  /** Called for each new connection's socket. */
  onSocket?: (socket: Socket) => void;
}

/** An SSH server inside the test, for everything that a real one does not do on request. Runs commands by sh. */
export interface Ssh2Server {
  port: number;
  /** Commands it was asked to run. */
  commands: string[];
  /** Connections that logged in. */
  logins: () => number;
  stop: () => Promise<void>;
}

export async function startSsh2Server(options: Ssh2ServerOptions): Promise<Ssh2Server> {
  const commands: string[] = [];
  let logins = 0;
  const { algorithms } = options;
  const server = new Server({ hostKeys: [readFileSync(options.hostKeyFile)], algorithms }, (connection) => {
    connection.on("error", () => undefined);
    connection.on("authentication", (context) => {
      const authenticate = options.authenticate ?? (({ method }: AuthContext) => method !== "none");
      const allowed = authenticate(context);
      if (allowed === true) {
        context.accept();
      } else if (allowed === false) {
        context.reject(["publickey", "password", "keyboard-interactive"]);
      }
    });
    connection.on("ready", () => {
      logins += 1;
      options.onReady?.(connection);
    });
    connection.on("session", (accept, reject) => {
      if (options.refuseSessions === true) {
        reject();
        return;
      }
      const session: Session = accept();
      session.on("exec", (acceptExec, _reject, { command }) => {
        commands.push(command);
        const channel = acceptExec();
        if (options.onExec?.({ command, channel, connection, count: commands.length }) !== true) {
          run(command, channel);
        }
      });
    });
  });
  const sockets = new Set<Socket>();
  // ssh2's server hides the net.Server it is built on but for this.
  const plain = (server as unknown as { _srv: import("node:net").Server })._srv;
  plain.on("connection", (socket: Socket) => {
    sockets.add(socket);
    options.onSocket?.(socket);
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    commands,
    logins: () => logins,
    stop: () =>
      new Promise((resolve) => {
        sockets.forEach((socket) => socket.destroy());
        server.close(() => resolve());
      }),
  };
}

/** The data of a host that is such a server. */
export function ssh2Host(server: Ssh2Server, publicKey: string, more: Properties = {}): Properties {
  return { name: "p1", address: "127.0.0.1", port: server.port, user: "root", hostKeys: [publicKey], ...more };
}

function run(command: string, channel: ServerChannel): void {
  // As a process group of its own, as every SSH server does.
  const child = spawn("sh", ["-c", command], { detached: true });
  channel.pipe(child.stdin).on("error", () => undefined);
  channel.on("close", () => child.stdin.end());
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  child.on("close", (code) => {
    channel.exit(code ?? 255);
    channel.end();
  });
}
