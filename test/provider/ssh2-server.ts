import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { AddressInfo, connect, Socket } from "node:net";
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
  /** Called for each new connection, before its login. */
  onConnection?: (connection: Connection) => void;
  /** Called when a connection has logged in. */
  onReady?: (connection: Connection) => void;
  /** Lets nobody open a session. */
  refuseSessions?: boolean;
  /** How many channels a connection may have open at once, forwarded ones too. @default any */
  channels?: number;
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
  /** Channels that it did not open because there were too many. */
  refused: () => number;
  stop: () => Promise<void>;
}

export async function startSsh2Server(options: Ssh2ServerOptions): Promise<Ssh2Server> {
  const commands: string[] = [];
  let logins = 0;
  let refused = 0;
  const { algorithms, channels = Infinity } = options;
  const server = new Server({ hostKeys: [readFileSync(options.hostKeyFile)], algorithms }, (connection) => {
    connection.on("error", () => undefined);
    options.onConnection?.(connection);
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
    // What the manager does not add is refused for shortage.
    const { _chanMgr: manager } = connection as unknown as {
      _chanMgr: { _count: number; add(value: unknown): number };
    };
    const add = manager.add.bind(manager);
    manager.add = (value) => {
      const isFull = manager._count >= channels;
      refused += isFull ? 1 : 0;
      return isFull ? -1 : add(value);
    };
    connection.on("tcpip", (accept, _reject, { destIP, destPort }) => {
      const channel = accept();
      const socket = connect(destPort, destIP);
      socket.on("error", () => channel.destroy());
      channel.pipe(socket).pipe(channel);
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
    refused: () => refused,
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
  child.on("close", (code, signal) => {
    if (code === null) {
      channel.exit(String(signal).replace(/^SIG/, ""));
    } else {
      channel.exit(code);
    }
    channel.end();
  });
}

/** Sends a message of the SSH protocol as it is, for what ssh2's server never says by itself. */
export function sendRaw(connection: Connection, message: Buffer): void {
  const { _protocol: protocol } = connection as unknown as {
    _protocol: {
      _cipher: { encrypt(packet: Buffer): void };
      _packetRW: { write: { alloc(size: number): Buffer; finalize(packet: Buffer): Buffer; allocStart: number } };
    };
  };
  const { write } = protocol._packetRW;
  const packet = write.alloc(message.length);
  message.copy(packet, write.allocStart);
  protocol._cipher.encrypt(write.finalize(packet));
}

/** A text as the SSH protocol writes it. */
export function sshString(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
