import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { recordedState, type State, type StateResource } from "./states";

/** Stands for the CLI: it has a state, takes another one, and notes what it was asked. */
const PULUMI = `#!/bin/sh
echo "pulumi $*" >>calls
case "$*" in
"stack export --stack test") cat state.json ;;
"stack export --stack "*) echo "error: no stack named '$4' found" >&2; exit 255 ;;
"config get throwAway --stack test") cat mark 2>/dev/null || { echo "error: configuration key 'throwAway' not found" >&2; exit 255; } ;;
"stack import --stack test --file "*) cp "$6" imported.json; stat -c %a "$6" >mode ;;
"destroy --stack test --yes --skip-preview --non-interactive") echo destroyed; exit "$(cat code 2>/dev/null || echo 0)" ;;
*) exit 254 ;;
esac
`;

const LOOKS = ["pulumi stack export --stack test", "pulumi config get throwAway --stack test"];
const ACT = "pulumi destroy --stack test --yes --skip-preview --non-interactive";

describe("dbha destroy", function () {
  this.timeout(60_000);
  const servers: Server[] = [];
  const ports: Record<string, number> = {};
  let folder: string;

  before(async () => {
    for (const name of ["p1", "p2", "p3"]) {
      const server = createServer((socket) => socket.on("error", () => undefined).end("SSH-2.0-OpenSSH_9.2\r\n"));
      await once(server.listen(0, "127.0.0.1"), "listening");
      ports[name] = (server.address() as AddressInfo).port;
      servers.push(server);
    }
  });
  after(() => servers.forEach((server) => server.close()));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "dbha-destroy-"));
    writeFileSync(join(folder, "pulumi"), PULUMI, { mode: 0o755 });
    writeFileSync(join(folder, "mark"), "true\n");
    has(() => undefined);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Puts the recorded state there, changed. */
  function has(change: (state: State) => void, located = ports): void {
    const state = recordedState(located);
    change(state);
    writeFileSync(join(folder, "state.json"), JSON.stringify(state));
  }

  async function dbha(...args: string[]) {
    const { execa } = await import("execa");
    const { exitCode, stdout, stderr } = await execa(resolve("bin/dbha"), ["destroy", ...args], {
      cwd: folder,
      env: { PATH: `${folder}:${process.env.PATH}` },
      reject: false,
    });
    const file = join(folder, "calls");
    const calls = existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n") : [];
    return { code: exitCode, stdout, stderr, calls };
  }

  const named = ({ deployment }: State, name: string): StateResource => {
    const found = deployment.resources.find(({ urn }) => urn.endsWith(`::${name}`));
    assert.ok(found, name);
    return found;
  };
  /** A port on which nobody listens any more. */
  async function closedPort(): Promise<number> {
    const server = createServer();
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    await new Promise((done) => server.close(done));
    return port;
  }
  const imported = (): State => JSON.parse(readFileSync(join(folder, "imported.json"), "utf8")) as State;

  it("shows what goes and what stays, and changes nothing", async () => {
    const { code, stdout, stderr, calls } = await dbha("--stack", "test");
    assert.deepEqual([code, stderr, calls.sort()], [10, "", [...LOOKS].sort()]);
    assert.equal(
      stdout,
      [
        "## Destroy of `dev` (dbha-stacks)",
        "",
        "### What goes",
        "",
        "- OMS (`oms`) on p1, p2: 43 resources",
        "- DolphinDB (`dolphin`) on p1, p2, p3: 28 resources",
        "- ODC (`odc`) on p1, p2, p3: 19 resources",
        "- OBProxy (`odp`) on p1, p2: 13 resources",
        "  - with all data in `/var/lib/odp-odp` on p1, p2",
        "- hosts: 6 resources",
        "",
        "### What stays",
        "",
        "- MetaDB metadb:2881: `oms_cm`, `oms_cm_heartbeat`, `oms_rm` (the databases of OMS; drop them there where nobody needs them)",
        "- MetaDB metadb:2881: `odc_metadb` (the database of ODC; drop them there where nobody needs them)",
        "- p1: `/data/oms/oms_logs`, `/data/oms/oms_run`, `/data/oms/oms_store` (data and logs of OMS, unless keepData is false)",
        "- p1: `/var/lib/dolphin-dolphin` (data and logs of DolphinDB, unless keepData is false)",
        "- p1: `/var/data/odc`, `/var/log/odc` (data and logs of ODC, unless keepData is false)",
        "- p1: `/var/backups/odc` (backups of ODC if there are any, unless backup.keepOnDestroy is false)",
        "- p1: `/var/backups/oms` (backups of OMS if there are any, unless backup.keepOnDestroy is false)",
        "- p2: `/data/oms/oms_logs`, `/data/oms/oms_run`, `/data/oms/oms_store` (data and logs of OMS, unless keepData is false)",
        "- p2: `/var/lib/dolphin-dolphin` (data and logs of DolphinDB, unless keepData is false)",
        "- p2: `/var/data/odc`, `/var/log/odc` (data and logs of ODC, unless keepData is false)",
        "- p3: `/var/lib/dolphin-dolphin` (data and logs of DolphinDB, unless keepData is false)",
        "",
        "Nothing was changed; with --yes-i-know it is.",
      ].join("\n"),
    );
  });

  it("destroys when it is told that somebody knows", async () => {
    const { code, stdout, calls } = await dbha("--stack", "test", "--yes-i-know");
    assert.deepEqual([code, calls.at(-1), calls.length], [0, ACT, 3]);
    assert.match(stdout, /\ndestroyed$/);
  });

  it("tells when Pulumi failed, with its code", async () => {
    writeFileSync(join(folder, "code"), "255");
    const { code, stderr } = await dbha("--stack", "test", "--yes-i-know");
    assert.equal(code, 1);
    assert.match(stderr, /^pulumi destroy ended with 255: what is left is still in the state; fix what it says/m);
  });

  it("has data and backups among what goes where the arguments say so", async () => {
    has((state) => {
      for (const host of ["p1", "p2"]) {
        const { directories } = named(state, `odc-dirs-${host}`).inputs as { directories: Record<string, object> };
        for (const one of Object.values(directories)) Object.assign(one, { onDelete: "purge" });
        Object.assign(named(state, `odc-dirs-${host}`).outputs as object, { createdPaths: Object.keys(directories) });
      }
      Object.assign(named(state, "odc-backup-dir-p1").inputs as object, { onDelete: "purge" });
      Object.assign(named(state, "dolphin-server").inputs as object, {
        backups: "/var/backups/dolphin",
        keepBackups: false,
      });
    });
    const { stdout } = await dbha("--stack", "test");
    assert.match(stdout, /^ {2}- with all data in `\/var\/data\/odc`, `\/var\/log\/odc` on p1, p2$/m);
    assert.match(stdout, /^ {2}- with all data in `\/var\/backups\/odc` on p1$/m);
    assert.match(stdout, /^ {2}- with all data in `\/var\/backups\/dolphin` on p1, p2, p3$/m);
    assert.doesNotMatch(stdout, /\/var\/data\/odc.* \(data and logs/);
  });

  it("does nothing where a stack is empty", async () => {
    has(({ deployment }) => (deployment.resources = []));
    const { code, stdout, calls } = await dbha("--stack", "test", "--yes-i-know");
    assert.deepEqual([code, stdout, calls], [0, "Nothing is deployed by stack test.", LOOKS.slice(0, 1)]);
  });

  it("tells everything that is in the way at once, and changes nothing", async () => {
    rmSync(join(folder, "mark"));
    has((state) => {
      named(state, "odc-node-p1").protect = true;
      const { inputs } = named(state, "odc-node-p2");
      const urn =
        "urn:pulumi:dev::dbha-stacks::dbha:index:OdcHaDeployment$docker:index/container:Container::odc-node-p4";
      state.deployment.pending_operations = [
        { type: "creating", resource: { urn, type: "docker:index/container:Container", inputs } },
        { type: "deleting", resource: named(state, "odc-node-p2") },
      ];
    });
    const { code, stdout, stderr, calls } = await dbha("--stack", "test", "--yes-i-know");
    assert.deepEqual([code, calls.length, stderr], [1, 2, "Nothing was changed."]);
    assert.deepEqual(stdout.slice(stdout.indexOf("### What is in the way")).split("\n").slice(2), [
      "- throwAway = (not set): only stacks that are named as such are destroyed by this command; fix: pulumi config set throwAway true --stack test, if nobody needs it",
      "- protected: odc-node-p1; Pulumi removes no such resource; fix: pulumi state unprotect --all --stack test, or take protect out of the program and run pulumi up",
      "- a run was killed while it made odc-node-p4: what is there of it would stay on the hosts; fix: pulumi up --stack test, which takes it over, or pulumi refresh --clear-pending-creates --stack test, which forgets it",
    ]);
  });

  describe("with a host that does not answer", () => {
    beforeEach(async () => has(() => undefined, { ...ports, p1: await closedPort() }));

    it("tells what is left there, and destroys the rest", async () => {
      const shown = await dbha("--stack", "test");
      assert.equal(shown.code, 10);
      assert.match(shown.stdout, /^- OMS \(`oms`\) on p2: /m);
      assert.match(
        shown.stdout,
        /^- p1 \(127\.0\.0\.1\) does not answer \(ECONNREFUSED\); it keeps .*container `odc-node-p1`.*unit `odp-service-p1`.*: clear it before it is used again$/m,
      );
      const { code, stdout, calls } = await dbha("--stack", "test", "--yes-i-know");
      assert.deepEqual([code, calls.at(-1)], [11, ACT]);
      assert.match(calls.at(-2) ?? "", /^pulumi stack import --stack test --file /);
      assert.match(stdout, /\nDestroyed, but for what p1 keeps\.$/);
      assert.equal(readFileSync(join(folder, "mode"), "utf8"), "600\n");
    });

    it("has the state say of what is there what pulumi up would with lost: true, and nothing else", async () => {
      await dbha("--stack", "test", "--yes-i-know");
      const before = JSON.parse(readFileSync(join(folder, "state.json"), "utf8")) as State;
      const after = imported();
      const changed = after.deployment.resources.filter(
        (one, i) => !isDeepStrictEqual(one, before.deployment.resources[i]),
      );
      const how = (name: string): unknown => {
        const { inputs, outputs, retainOnDelete } = named(after, name);
        const lost = (of: typeof inputs): unknown => (of?.host as { lost?: boolean } | undefined)?.lost;
        return { retainOnDelete, lost: [lost(inputs), lost(outputs)] };
      };
      assert.deepEqual(how("odc-node-p1"), { retainOnDelete: true, lost: [undefined, undefined] });
      assert.deepEqual(how("oms-cm-stop-p1"), { retainOnDelete: true, lost: [undefined, undefined] });
      // of the row of the other node, too: it would be deleted from there
      assert.deepEqual(how("oms-row-p2"), { retainOnDelete: true, lost: [undefined, undefined] });
      assert.deepEqual(how("odp-service-p1"), { retainOnDelete: undefined, lost: [true, true] });
      const { host, hosts } = named(after, "dolphin-server").inputs as {
        host: { name: string };
        hosts: { host: object }[];
      };
      assert.equal(host.name, "p2", "another one stands for the cluster");
      assert.deepEqual(
        hosts.map((row) => "lost" in row.host),
        [true, false, false],
      );
      const others = changed.map(({ urn }) => urn.split("::").at(-1) ?? "").filter((name) => !name.endsWith("-p1"));
      const ofCluster = ["admin", "cluster-cfg", "license", "nodes", "server"].map((role) => `dolphin-${role}`);
      // steps without a host of their own have run there
      const ofOms = ["cm-move-1", "cm-settled", "databases", "restore", "row-p2", "rows", "trim"].map(
        (role) => `oms-${role}`,
      );
      assert.deepEqual(others.sort(), [...ofCluster, ...ofOms, "odc-restore"].sort());
    });

    it("forgets what a killed run was just making there", async () => {
      has(
        (state) => {
          const made = named(state, "odc-node-p1");
          state.deployment.pending_operations = [{ type: "creating", resource: made }];
        },
        { ...ports, p1: await closedPort() },
      );
      const { code } = await dbha("--stack", "test", "--yes-i-know");
      assert.deepEqual([code, imported().deployment.pending_operations], [11, []]);
    });
  });

  it("leaves out a host that is named, though it answers", async () => {
    const { code, stdout } = await dbha("--stack", "test", "--lost", "p3", "--yes-i-know");
    assert.equal(code, 11);
    assert.match(stdout, /^- p3 \(127\.0\.0\.1\) given up by --lost; it keeps /m);
    assert.deepEqual((named(imported(), "odc-proxy-files-p3").inputs?.host as { lost?: boolean }).lost, true);
  });

  it("does nothing where no host answers, unless all are named", async () => {
    const closed = await closedPort();
    has(() => undefined, { p1: closed, p2: closed, p3: closed });
    const { code, stdout, calls } = await dbha("--stack", "test", "--yes-i-know");
    assert.deepEqual([code, calls.length], [1, 2]);
    assert.match(
      stdout,
      /^- none of the hosts answers \(p1, p2, p3\): that may be the line from this machine; fix: mend it, or name those that are gone for good: --lost p1 --lost p2 --lost p3$/m,
    );
    const all = ["p1", "p2", "p3"].flatMap((name) => ["--lost", name]);
    assert.equal((await dbha("--stack", "test", "--yes-i-know", ...all)).code, 11);
  });

  it("shows no secret", async () => {
    const secret = {
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      ciphertext: "v1:c2VjcmV0",
    };
    has((state) => {
      (named(state, "odc").inputs as { metaDb: object }).metaDb = { host: secret, port: secret, database: secret };
    });
    const { stdout } = await dbha("--stack", "test");
    assert.match(stdout, /^- MetaDB: what is there \(the database of ODC; /m);
    assert.doesNotMatch(stdout, /ciphertext|c2VjcmV0|object Object/);
  });

  for (const [what, args, said] of [
    ["no stack", [], /^dbha: --stack is missing: what is destroyed has to be named\n\nusage: dbha destroy/],
    ["another option", ["--stack", "test", "--yes"], /^dbha: Unknown option '--yes'/],
    ["a host that it has not", ["--stack", "test", "--lost", "p9"], /^dbha: --lost p9: the stack has p1, p2, p3\n/],
  ] as [string, string[], RegExp][])
    it(`refuses ${what} with 2`, async () => {
      const { code, stdout, stderr } = await dbha(...args);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, said);
    });

  it("says what Pulumi says where there is no such stack", async () => {
    const { code, stderr } = await dbha("--stack", "nobody");
    assert.deepEqual([code, stderr], [1, "error: no stack named 'nobody' found"]);
  });
});
