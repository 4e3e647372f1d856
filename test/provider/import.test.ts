import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer, Server } from "node:http";
import { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as yaml from "yaml";
import { readLab } from "../../lab/src/lab";
import { labName } from "../test-lab";
import { Bench, hostOf, startBench } from "./cases";
import { LabBench, startLabBench, withoutCurl } from "./lab-host";
import { PluginClient, PluginError, Properties } from "./plugin-client";
import { freePort } from "./sshd";

const sha256 = (content: string) => createHash("sha256").update(content).digest("hex");

const signature = "4dabf18193072939515e22adb298388d";
const plainOf = (properties: Properties): Properties =>
  Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [
      name,
      typeof value === "object" && value !== null && signature in value ? (value as Properties).value : value,
    ]),
  );
const secretsIn = (properties: Properties): string[] =>
  Object.keys(properties).filter((name) => plainOf(properties)[name] !== properties[name]);

/** Imports as the engine does, and makes sure that the arguments of a program, and a refresh, find nothing to change. */
async function imported(plugin: PluginClient, type: string, id: string, args: Properties): Promise<Properties> {
  const read = await plugin.read(type, id, {});
  assert.ok(read);
  const [inputs, state] = [plainOf(read.inputs), plainOf(read.state)];
  for (const program of [inputs, args]) {
    const checked = await plugin.check(type, program, inputs);
    assert.deepEqual(checked.failures, {});
    assert.deepEqual((await plugin.diff(type, id, state, checked.inputs)).detailed, {});
  }
  assert.deepEqual(await plugin.read(type, id, state), { inputs, state });
  return read.state;
}

async function refusal(action: Promise<unknown>): Promise<string> {
  try {
    await action;
  } catch (error) {
    assert.ok(error instanceof PluginError);
    return error.message;
  }
  return assert.fail("this should have been refused");
}

describe("import from a real sshd", function () {
  this.timeout(60_000);
  let bench: Bench;
  let root: string;
  let inventory: string;
  let described: string;

  before(async () => {
    bench = await startBench();
    described = `host p1 (127.0.0.1:${bench.sshd.port})`;
    inventory = join(bench.sshd.directory, "hosts.yaml");
    const [p1, p2] = [hostOf(bench.sshd), hostOf(bench.sshd, { name: "p2", address: "localhost" })];
    writeFileSync(inventory, yaml.stringify({ hosts: [p1, p2] }));
  });
  after(() => bench.stop());
  beforeEach(async () => {
    root = bench.directory();
    await configure({ inventory });
  });

  const configure = (more: Properties) =>
    bench.plugin.configure({ privateKeyFile: bench.sshd.privateKeyFile, ...more });
  const refused = (type: string, id: string) => refusal(bench.plugin.read(`dbha:index:${type}`, id, {}));

  describe("Files", () => {
    const type = "dbha:index:Files";

    it("takes directories and texts with modes and owners, and owns no directory", async () => {
      const etc = join(root, "etc");
      mkdirSync(etc);
      writeFileSync(join(etc, "a file"), "größe: 1\n");
      chmodSync(etc, 0o750);
      chownSync(join(etc, "a file"), 65534, 54321);
      const args = {
        host: bench.host,
        directories: { [etc]: { mode: "0750" } },
        files: { [join(etc, "a file")]: { content: "größe: 1\n", owner: "nobody", group: "54321" } },
      };
      const state = await imported(bench.plugin, type, `p1:${etc}:${etc}/a file`, args);
      assert.deepEqual([state.createdPaths, state.due, secretsIn(state)], [[], [], []]);
    });

    it("keeps texts secret of which not everybody may read one there", async () => {
      const [open, closed] = [join(root, "open"), join(root, "closed")];
      writeFileSync(open, "");
      writeFileSync(closed, "hunter2", { mode: 0o600 });
      const files = { [open]: { content: "" }, [closed]: { content: "hunter2", mode: "0600" } };
      const state = await imported(bench.plugin, type, `p1:${open}:${closed}`, { host: bench.host, files });
      assert.deepEqual(secretsIn(state), ["files"]);
    });

    it("refuses nothing, a link, what is no text and what is too long for one", async () => {
      const [link, long, binary] = [join(root, "link"), join(root, "long"), join(root, "binary")];
      symlinkSync("/etc/hosts", link);
      writeFileSync(long, "");
      truncateSync(long, 256 * 1024 + 1);
      writeFileSync(binary, Buffer.from([0xff]));
      const messages = [];
      for (const path of [join(root, "no"), link, binary, long]) messages.push(await refused("Files", `p1:${path}`));
      assert.deepEqual(
        messages,
        [
          `${root}/no: there is nothing at ${root}/no; correct it, or declare it without import, and up makes it`,
          `${link}: what is at ${link} is neither a directory nor a regular file; correct the path`,
          `${binary}: ${binary} is no text; import it as dbha:index:File, which takes any content`,
          `${long}: ${long} is longer than 256 KiB; import it as dbha:index:File`,
        ].map((message) => `${described}: import ${message}`),
      );
    });
  });

  describe("File", () => {
    const type = "dbha:index:File";

    it("takes text, mode and owner as they are", async () => {
      const path = join(root, "a file");
      writeFileSync(path, "größe: 1\n");
      chmodSync(path, 0o755);
      chownSync(path, 65534, 54321);
      const args = { host: bench.host, path, content: "größe: 1\n", mode: "0755", owner: "nobody", group: "54321" };
      const state = await imported(bench.plugin, type, `p1:${path}`, args);
      const defaults = { acceptUnknownHostKey: false, sudo: false };
      assert.deepEqual(state, {
        ...args,
        host: { ...bench.host, ...defaults },
        sha256: sha256("größe: 1\n"),
        size: 11,
      });
    });

    it("takes what is no text in Base64", async () => {
      const path = join(root, "binary");
      const bytes = Buffer.from([0xff, 0x00, 0x41]);
      writeFileSync(path, bytes);
      const args = { host: bench.host, path, contentBase64: bytes.toString("base64") };
      const state = await imported(bench.plugin, type, `p1:${path}`, args);
      assert.equal(state.content, undefined);
    });

    it("keeps a content secret that not everybody may read there", async () => {
      const path = join(root, "key");
      writeFileSync(path, "hunter2", { mode: 0o600 });
      const args = { host: bench.host, path, content: "hunter2", mode: "0600" };
      const state = await imported(bench.plugin, type, `p1:${path}`, args);
      assert.deepEqual(secretsIn(state).sort(), ["content", "sha256"]);
      const read = await bench.plugin.read(type, `p1:${path}`, {});
      assert.deepEqual(secretsIn(read?.inputs ?? {}).sort(), ["content", "sha256"]);
    });

    it("refuses nothing, a link, a directory and what is too long for an argument", async () => {
      const link = join(root, "link");
      const long = join(root, "long");
      symlinkSync("/etc/hosts", link);
      writeFileSync(long, "");
      truncateSync(long, 4 * 1024 * 1024 + 1);
      assert.deepEqual(
        [await refused("File", `p1:${root}/no`), await refused("File", `p1:${link}`)],
        [
          `${described}: import ${root}/no: there is nothing at this path; correct it, or declare the file without import, and up makes it`,
          `${described}: import ${link}: a symbolic link is there; import the file it points to`,
        ],
      );
      assert.deepEqual(
        [await refused("File", `p1:${root}`), await refused("File", `p1:${long}`)],
        [
          `${described}: import ${root}: what is there is not a regular file; correct the path; a directory is imported as dbha:index:Directory`,
          `${described}: import ${long}: it has 4194305 bytes, and at most 4194304 are imported; declare the file with source and without import: up leaves an equal one as it is`,
        ],
      );
    });
  });

  describe("Directory", () => {
    const type = "dbha:index:Directory";

    it("takes mode and owner as they are, and does not own what was there", async () => {
      const path = join(root, "there");
      mkdirSync(path);
      chmodSync(path, 0o2750);
      const args = { host: bench.host, path, mode: "2750" };
      const state = await imported(bench.plugin, type, `p1:${path}`, args);
      assert.deepEqual(state.createdPaths, []);
      await bench.plugin.delete(type, `p1:${path}`, state);
      assert.deepEqual(await bench.plugin.read(type, `p1:${path}`, state).then((read) => read?.state), state);
    });

    it("refuses nothing, and a file", async () => {
      writeFileSync(join(root, "file"), "");
      assert.deepEqual(
        [await refused("Directory", `p1:${root}/no`), await refused("Directory", `p1:${root}/file`)],
        [
          `${described}: import ${root}/no: there is nothing at this path; correct it, or declare the directory without import, and up makes it`,
          `${described}: import ${root}/file: what is there is not a directory; correct the path; a file is imported as dbha:index:File`,
        ],
      );
    });
  });

  describe("Probe", () => {
    const type = "dbha:index:Probe";
    let server: Server;
    let port: number;

    before(async () => {
      server = createServer((request, response) => {
        response.writeHead(request.url === "/up?all=1" ? 200 : 503).end();
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      ({ port } = server.address() as AddressInfo);
    });
    after(() => server.close());

    it("takes a URL as the request", async () => {
      const args = { host: bench.host, http: { port, path: "/up?all=1" } };
      const state = await imported(bench.plugin, type, `p1:http://127.0.0.1:${port}/up?all=1`, args);
      assert.deepEqual([state.healthy, state.detail], [true, "HTTP 200"]);
    });

    it("takes a TCP port", async () => {
      const args = { host: bench.host, tcp: { port } };
      const state = await imported(bench.plugin, type, `p1:tcp://127.0.0.1:${port}`, args);
      assert.deepEqual([state.healthy, state.detail], [true, "connection accepted"]);
    });

    it("takes a command, colons and all", async () => {
      const command = `echo a:b | grep -q ':'`;
      const state = await imported(bench.plugin, type, `p1:command:${command}`, { host: bench.host, command });
      assert.equal(state.command, command);
    });

    it("refuses what is not healthy", async () => {
      const closed = await freePort();
      assert.deepEqual(
        [
          await refused("Probe", `p1:http://127.0.0.1:${port}/`),
          await refused("Probe", `p1:tcp://127.0.0.1:${closed}`),
          await refused("Probe", "p1:command:echo no >&2; exit 3"),
        ],
        [
          `${described}: import probe http://127.0.0.1:${port}/: not healthy: HTTP 503 instead of 200; import it when it is, or declare the probe without import, and up waits`,
          `${described}: import probe tcp://127.0.0.1:${closed}: not healthy: connection refused; import it when it is, or declare the probe without import, and up waits`,
          `${described}: import probe command echo: not healthy: status 3: no; import it when it is, or declare the probe without import, and up waits`,
        ],
      );
    });
  });

  const forms: [type: string, ids: string[], form: string][] = [
    [
      "File",
      ["p1", "/etc/x", "p1:etc/x", "p1:/etc/", "p1:"],
      "HOST:PATH with an absolute path, such as p1:/etc/nginx/nginx.conf",
    ],
    ["Directory", ["p1:/a/../b"], "HOST:PATH with an absolute path, such as p1:/opt/odc"],
    [
      "Image",
      ["p1:nginx", "p1:Nginx:1"],
      "HOST:NAME:TAG with the tag of an image in the Docker Engine, such as p1:oceanbase/odc:4.3.1",
    ],
    ["Service", ["p1:nginx"], "HOST:UNIT with the name of a systemd unit, such as p1:nginx.service"],
    [
      "Probe",
      ["p1:command", "p1:tcp://127.0.0.1", "p1:http://127.0.0.1:99999/", "p1:ftp://127.0.0.1:21"],
      "HOST:URL of http, https or tcp, or HOST:command:COMMAND, such as p1:http://127.0.0.1:8989/health, p1:tcp://127.0.0.1:3306 or p1:command:systemctl is-active nginx",
    ],
  ];
  for (const [type, ids, form] of forms) {
    it(`tells the form of an ID of ${type}`, async () => {
      for (const id of ids) {
        assert.equal(await refused(type, id), `${id} is no ID of a dbha:index:${type}; it is ${form}`);
      }
    });
  }

  describe("with an inventory", () => {
    const asks = () => refused("File", "p1:/etc/hosts");

    it("that is not set, says how to set it", async () => {
      await configure({});
      assert.equal(
        await asks(),
        "p1:/etc/hosts: there is no inventory that says where host p1 is; set DBHA_INVENTORY=hosts.yaml for this command, a YAML list of hosts with name, address and hostKeys; the setting dbha:inventory counts here only after an up that had it",
      );
    });

    it("without the host, says which it has", async () => {
      assert.equal(
        await refused("File", "p9:/etc/hosts"),
        `there is no host p9 in the inventory ${inventory}, which has p1, p2; correct the ID, or add the host`,
      );
    });

    it("that cannot be read, says so", async () => {
      await configure({ inventory: "/nowhere.yaml" });
      assert.equal(
        await asks(),
        "dbha:inventory: /nowhere.yaml: cannot be read; correct the file or the path; relative ones start at the project",
      );
    });

    it("that has mistakes, names them all", async () => {
      const bad = join(root, "bad.yaml");
      const { name, address, hostKeys } = bench.host;
      const hosts = [
        { name, address, hostKeys },
        { name, address: "10.0.0.1", port: 0 },
      ];
      writeFileSync(bad, yaml.stringify({ hosts }));
      await configure({ inventory: bad });
      assert.deepEqual((await asks()).split("\n"), [
        `dbha:inventory: ${bad}: hosts[1].port: must be a whole number from 1 to 65535; fix: give the TCP port, like 8989`,
        `dbha:inventory: ${bad}: hosts[1].hostKeys: a host's key must be pinned, else anyone between could pose as it; fix: list its keys in hostKeys (ssh-keyscan ADDRESS shows them), or set acceptUnknownHostKey: true for a throw-away host`,
        `dbha:inventory: ${bad}: hosts[1].name: is taken by hosts[0] already; fix: give each host its own name`,
      ]);
    });
  });
});

describe("import from a host with systemd and Docker", function () {
  this.timeout(120_000);
  let bench: LabBench;
  let directory: string;
  let described: string;

  before(async () => {
    bench = await startLabBench();
    directory = mkdtempSync(join(tmpdir(), "dbha-import-"));
    const inventory = join(directory, "hosts.yaml");
    writeFileSync(inventory, yaml.stringify({ hosts: [bench.host] }));
    await bench.plugin.configure({ privateKeyFile: readLab(labName).privateKeyFile, inventory });
    described = `host p3 (${String(bench.host.address)})`;
  });
  after(async () => {
    await bench.plugin.stop();
    rmSync(directory, { recursive: true });
  });

  describe("Service", () => {
    const type = "dbha:index:Service";
    const file = "/etc/systemd/system/dbha-import.service";
    const unit = "[Service]\nExecStart=/bin/sleep 1000\n[Install]\nWantedBy=multi-user.target\n";

    afterEach(async () => {
      await bench.on(`systemctl disable --now dbha-import.service 2>/dev/null; rm -f ${file}; systemctl daemon-reload`);
    });

    it("takes the text of the host's own unit, and whether it runs and starts", async () => {
      await bench.on(
        `printf '%s' '${unit}' >${file}; systemctl daemon-reload; systemctl enable --now dbha-import.service`,
      );
      const args = { host: bench.host, name: "dbha-import.service", unit };
      const state = await imported(bench.plugin, type, "p3:dbha-import.service", args);
      assert.deepEqual(
        [state.activeState, state.unitFileState, state.found],
        ["active", "enabled", { active: true, enabled: true }],
      );
      await bench.on("systemctl disable --now dbha-import.service");
      const stopped = { ...args, active: false, enabled: false };
      await imported(bench.plugin, type, "p3:dbha-import.service", stopped);
    });

    it("takes a unit of a package without its text", async () => {
      const state = await imported(bench.plugin, type, "p3:docker.service", {
        host: bench.host,
        name: "docker.service",
      });
      assert.equal(state.unit, undefined);
    });

    it("refuses a unit that nobody knows", async () => {
      assert.equal(
        await refusal(bench.plugin.read(type, "p3:dbha-nosuch.service", {})),
        `${described}: import dbha-nosuch.service: systemd knows no such unit; correct the name, or declare the service with its text and without import, and up makes it`,
      );
    });
  });

  describe("Image", () => {
    const type = "dbha:index:Image";
    const reference = "dbha-import:1";

    before(() => bench.on(`tar -c -C /etc hostname | docker import - ${reference}`));
    after(() => bench.on(`docker rmi -f ${reference}`));

    const takes = async (): Promise<void> => {
      const state = await imported(bench.plugin, type, `p3:${reference}`, { host: bench.host, reference });
      const imageId = await bench.on(`docker image inspect -f '{{.Id}}' ${reference}`);
      assert.deepEqual(
        [state.imageId, state.loadedReference, state.architecture, state.ownedImageIds],
        [imageId, reference, "amd64", []],
      );
    };

    it("takes a tag, and does not own the image", takes);

    it("takes the same by Docker's client where curl does not do it", () => withoutCurl(bench, takes));

    it("refuses what the engine does not have, and what it calls by another name", async () => {
      assert.deepEqual(
        [
          await refusal(bench.plugin.read(type, "p3:dbha-import:2", {})),
          await refusal(bench.plugin.read(type, `p3:docker.io/library/${reference}`, {})),
        ],
        [
          `${described}: import image dbha-import:2: the Docker Engine has no such image; see docker image ls on the host, or declare the image without import, and up brings it`,
          `${described}: import image docker.io/library/${reference}: the image is known there as ${reference}; import it by a tag that it has`,
        ],
      );
    });
  });
});
