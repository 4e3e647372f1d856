import { AddressInfo, connect, createServer, Socket } from "node:net";

/** A way to a server on which its words can be held back: so a run is killed after a change and before it hears of it. */
export interface Gate {
  port: number;
  /**
   * Holds back all that the server says from the moment on at which `changed` holds. It is asked before anything is let
   * through, so that the answer about a change never passes.
   * @returns when something is held back
   */
  hold(changed: () => boolean | Promise<boolean>): Promise<void>;
  /** Cuts so many connections, one after the other, when so many bytes more have gone to the server. @returns how many it cut so far */
  cut(bytes: number, times: number): () => number;
  /**
   * Lets go of the client when so many bytes more have gone to the server, which is not told.
   * @returns what tells the server, by the end of its connection
   */
  forsake(bytes: number): () => void;
  /** Bytes that went to the server so far. */
  sent(): number;
  stop(): Promise<void>;
}

export async function startGate(address: string, port: number): Promise<Gate> {
  let guard: { changed: () => boolean | Promise<boolean>; held: () => void } | undefined;
  let cutting = { at: Infinity, every: Infinity, left: 0 };
  let sent = 0;
  let forsakeAt = Infinity;
  const forsaken: Socket[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, address);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
    }
    client.on("close", () => forsaken.includes(upstream) || upstream.destroy());
    client.on("data", (chunk: Buffer) => {
      sent += chunk.length;
      if (cutting.left > 0 && sent > cutting.at) {
        cutting.left -= 1;
        cutting.at = sent + cutting.every;
        client.destroy();
      }
      if (sent > forsakeAt) {
        forsakeAt = Infinity;
        forsaken.push(upstream);
        client.unpipe(upstream);
        client.destroy();
      }
    });
    client.pipe(upstream);
    void relay(upstream, client);
  });
  const relay = async (from: Socket, to: Socket) => {
    try {
      for await (const chunk of from) {
        if (guard !== undefined && (await guard.changed())) {
          guard.held();
          guard = undefined;
          return;
        }
        to.write(chunk as Buffer);
      }
      to.end();
    } catch {
      to.destroy();
    }
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    hold: (changed) => new Promise((held) => (guard = { changed, held })),
    cut: (bytes, times) => {
      cutting = { at: sent + bytes, every: bytes, left: times };
      return () => times - cutting.left;
    },
    forsake: (bytes) => {
      forsakeAt = sent + bytes;
      return () => forsaken.splice(0).forEach((upstream) => upstream.destroy());
    },
    sent: () => sent,
    stop: () =>
      new Promise((resolve) => {
        sockets.forEach((socket) => socket.destroy());
        server.close(() => resolve());
      }),
  };
}
