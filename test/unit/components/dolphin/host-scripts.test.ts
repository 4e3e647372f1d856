import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { leaderProbe } from "../../../../components/dolphin/leader-probe";
import { renderUnpack } from "../../../../components/dolphin/unpack";

describe("What is done on a host of DolphinDB before its nodes start", function () {
  this.timeout(20_000);
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "dolphin-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const run = (script: string, procedure: string): { status: number | null; stdout: string; stderr: string } =>
    spawnSync("sh", ["-s", procedure], { input: script, encoding: "utf8" });
  const succeed = (script: string, procedure: string): string => {
    const { status, stdout, stderr } = run(script, procedure);
    assert.deepEqual([status, stderr], [0, ""]);
    return stdout.trim();
  };

  /** A package's directory with these entries. */
  function release(version: string, ...entries: string[]): string {
    const path = join(root, version);
    mkdirSync(path);
    for (const entry of entries) writeFileSync(join(path, entry), `${entry} of ${version}\n`);
    chmodSync(join(path, "dolphindb"), 0o755);
    return path;
  }

  it("unpacks a package that lies there once, keeps former versions, and says what is wrong with it", () => {
    const base = join(root, "base");
    const pack = (name: string): string => {
      const path = release(name, "dolphindb");
      const archive = join(root, `${name}.tar.gz`);
      spawnSync("tar", ["-czf", archive, "-C", root, name]);
      rmSync(path, { recursive: true });
      return archive;
    };
    const args = { base, stripComponents: 1, keep: 1 };
    const unpack = (archive: string, more = {}): string =>
      succeed(renderUnpack({ ...args, archive, ...more }), "unpack");
    const archives = ["a", "b", "c"].map(pack) as [string, string, string];
    const [first, second] = archives.map((archive) => unpack(archive)) as [string, string, string];
    const third = unpack(archives[2]);
    assert.equal(readFileSync(join(third, "dolphindb"), "utf8"), "dolphindb of c\n");
    assert.deepEqual(
      [first, second, third].map((path) => existsSync(path)),
      [false, true, true],
    );
    assert.equal(unpack(archives[1]), second);
    const refused = (archive: string, more = {}): string =>
      run(renderUnpack({ ...args, archive, ...more }), "unpack")
        .stderr.replaceAll(root, "DIR")
        .trim();
    assert.equal(
      refused(join(root, "none.zip")),
      "there is no DIR/none.zip; fix: put the package there, or mend server.hostArchives",
    );
    assert.equal(
      refused(archives[0], { stripComponents: 2 }),
      "DIR/a.tar.gz has more than a directory at the top; fix: lower server.stripComponents",
    );
    succeed(renderUnpack({ ...args, archive: "" }), "remove");
    assert.equal(existsSync(base), false);
  });

  it("asks a controller who leads, and tells what it says where it knows nobody", async () => {
    let answer = "";
    let asked = "";
    const server = createServer((socket) => {
      let heard = "";
      socket.on("data", (data) => {
        heard += data.toString();
        // the request comes in as many pieces as the shell writes
        if (!heard.endsWith("}")) return;
        asked = heard;
        socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${answer.length}\r\n\r\n${answer}`);
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const node = { host: "127.0.0.1", port, alias: "c1" } as Parameters<typeof leaderProbe>[0];
    const { command, about } = leaderProbe(node, false);
    assert.equal(about, "controller c1 knows a leader");
    const look = async (text: string): Promise<[number, string]> => {
      answer = text;
      const child = spawn("sh", ["-s"], { stdio: ["pipe", "pipe", "inherit"] });
      child.stdin.end(command);
      let said = "";
      child.stdout.on("data", (data: Buffer) => (said += data.toString()));
      const [code] = (await once(child, "close")) as [number];
      return [code, said];
    };
    try {
      const led = '{"object":[{"form":"scalar","type":"string","value":"c2"}]}';
      assert.deepEqual(await look(led), [0, `${led}\n`]);
      assert.match(
        asked,
        /^POST \/ HTTP\/1\.1\r\nHost: 127\.0\.0\.1\r\n[^]*Content-Length: 62\r\n[^]*\r\n\r\n\{.*"getActiveMaster".*\}$/,
      );
      const none = '{"object":[{"form":"scalar","type":"string","value":""}]}';
      assert.deepEqual(await look(none), [1, `it knows no leader: ${none}\n`]);
      const waiting = '{"sessionID": "967", "resultCode": "1", "msg": "Current node is not the real leader"}';
      assert.deepEqual(await look(waiting), [1, "it knows no leader: Current node is not the real leader\n"]);
      const closed = '{"msg":"Please login in first before executing any web API function."}';
      assert.deepEqual(await look(closed), [0, `${closed}\n`]);
    } finally {
      server.close();
    }
    assert.deepEqual(leaderProbe(node, true), { tcp: { address: "127.0.0.1", port } });
  });
});
