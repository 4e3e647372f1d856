import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { createServer } from "mysql2";
import { Bench, startBench } from "./cases";

/** The parts of a connection of mysql2's server that are used, which its types leave out. */
interface ServerConnection {
  serverHandshake(options: Record<string, unknown>): void;
  on(event: "query", answer: (sql: string) => void): void;
  on(event: "error", ignore: () => void): void;
  writeTextResult(rows: Record<string, string>[], columns: Record<string, unknown>[]): void;
  writeOk(): void;
}

interface ProxyServer {
  on(event: "connection", meet: (connection: ServerConnection) => void): void;
  listen(port: number, address: string, done: () => void): void;
  close(): void;
  _server: { address(): AddressInfo };
}

/** A stand-in of OBProxy that knows one parameter and lets everybody in. */
function startProxy(): Promise<{ port: number; value: () => string; stop: () => void }> {
  let value = "1G";
  const columns = ["name", "value", "need_reboot"].map((name) => ({
    ...{
      catalog: "def",
      schema: "",
      table: "",
      orgTable: "",
      name,
      orgName: name,
      characterSet: 33,
      columnLength: 384,
    },
    ...{ columnType: 253, flags: 0, decimals: 0 },
  }));
  // Its types say less than it does.
  const server = (createServer as unknown as () => ProxyServer)();
  server.on("connection", (there) => {
    there.on("error", () => undefined);
    there.serverHandshake({
      ...{ protocolVersion: 10, serverVersion: "5.6.25", connectionId: 1, statusFlags: 2, characterSet: 33 },
      ...{ capabilityFlags: 0x00ff_f7df, authCallback: (_params: unknown, done: (error: null) => void) => done(null) },
    });
    there.on("query", (sql) => {
      const [, changed] = /^alter proxyconfig set proxy_mem_limited = '(.*)'$/.exec(sql) ?? [];
      if (changed !== undefined) value = changed;
      if (sql.startsWith("alter")) there.writeOk();
      else there.writeTextResult([{ name: "proxy_mem_limited", value, need_reboot: "false" }], columns);
    });
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const { port } = server._server.address();
      resolve({ port, value: () => value, stop: () => server.close() });
    });
  });
}

for (const [name, config] of [
  ["through the SSH connection", []],
  ["by the host's own bash, where sshd forbids forwarding", ["AllowTcpForwarding no"]],
] as const)
  describe(`ObproxyConfig ${name}`, function () {
    this.timeout(60_000);
    const type = "dbha:index:ObproxyConfig";
    let bench: Bench;
    let proxy: Awaited<ReturnType<typeof startProxy>>;

    before(async () => {
      bench = await startBench({ config: [...config] });
      proxy = await startProxy();
    });
    after(async () => {
      await bench.stop();
      proxy.stop();
    });

    it("sets and reads what the proxy has", async () => {
      const args = { host: bench.host, port: proxy.port, password: "p", parameters: { proxy_mem_limited: "4G" } };
      const { id, state, inputs } = await bench.plugin.make(type, args);
      assert.equal(proxy.value(), "4G");
      assert.deepEqual(state.shown, { proxy_mem_limited: "4G" });
      assert.deepEqual(await bench.plugin.read(type, id, state), { state, inputs });
    });
  });
