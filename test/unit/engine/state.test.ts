import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { StackFile } from "../../../lab/engine/state/backend";
import type { Deployment } from "../../../lab/engine/state/deployment";
import { lockStack } from "../../../lab/engine/state/lock";
import { Snapshot } from "../../../lab/engine/state/snapshot";
import { stateOf, urnOf } from "./states";

const NOTHING: Deployment = { resources: [], pendingOperations: [] };

describe("state", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "dbha-state-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  describe("file backend", () => {
    const open = (stack: string, directory = folder): StackFile =>
      new StackFile("project", stack, { PULUMI_BACKEND_URL: `file://${directory}` });

    it("takes a directory's name as it stands in a URL", async () => {
      await open("dev", `${folder}/in%20a%20folder`).write(undefined);
      assert(existsSync(join(folder, "in a folder/.pulumi/stacks/project/dev.json")));
    });

    it("keeps a stack where the CLI does, for its owner alone, with the state before it beside it", async () => {
      const file = open("dev");
      const manifest = { time: "t1", magic: "", version: "" };
      await file.write(undefined);
      assert.equal(await file.read(), undefined);
      await file.write({ manifest });
      const path = join(folder, ".pulumi/stacks/project/dev.json");
      assert.deepEqual(JSON.parse(readFileSync(path, "utf8")), {
        version: 3,
        checkpoint: { stack: "organization/project/dev", latest: { manifest } },
      });
      assert.equal(statSync(path).mode & 0o777, 0o600);
      assert.deepEqual(JSON.parse(readFileSync(`${path}.bak`, "utf8")), {
        version: 3,
        checkpoint: { stack: "organization/project/dev" },
      });
      assert.equal(readFileSync(join(folder, ".pulumi/meta.yaml"), "utf8"), "version: 1\n");
      assert.equal(file.exists, true);
      await file.remove();
      assert.equal(file.exists, false);
    });

    it("keeps a state with hooks in the format that the CLI has for it, and reads no other", async () => {
      const file = open("dev");
      const manifest = { time: "t1", magic: "", version: "" };
      const state = { manifest, resources: [{ urn: urnOf("a"), resourceHooks: { BeforeCreate: ["hook"] } }] };
      await file.write(state);
      const path = join(folder, ".pulumi/stacks/project/dev.json");
      const written = JSON.parse(readFileSync(path, "utf8")) as object;
      const checkpoint = { stack: "organization/project/dev", latest: state };
      assert.deepEqual(written, { version: 4, features: ["hooks"], checkpoint });
      assert.deepEqual(await file.read(), state);
      for (const [format, named] of [
        [{ version: 2 }, "2"],
        [{ version: 5, features: ["hooks"] }, "5"],
        [{ version: 4, features: ["hooks", "taint"] }, "4 with taint"],
      ] as const) {
        writeFileSync(path, JSON.stringify({ ...written, ...format }));
        await assert.rejects(file.read(), {
          message: `the fallback engine does not support states of version ${named} (only 3, and 4 with hooks); use the real Pulumi CLI (put it on PATH or name it in DBHA_PULUMI)`,
        });
      }
    });

    it("refuses what it cannot read and where it cannot write, by name", async () => {
      await assert.rejects(open("none").read(), { message: "no stack named 'none' found", exitCode: 6 });
      mkdirSync(join(folder, ".pulumi/stacks/project"), { recursive: true });
      writeFileSync(join(folder, ".pulumi/stacks/project/cut.json"), '{"version":3,');
      await assert.rejects(open("cut").read(), /^UserError: the state file \S+cut\.json is damaged: /);
      assert.throws(
        () => new StackFile("project", "dev", { PULUMI_BACKEND_URL: "s3://bucket" }),
        /does not support the backend "s3:\/\/" \(only file:\/\/\)/,
      );
    });
  });

  describe("lock", () => {
    it("excludes others until it is given back, and names its holder", async () => {
      const release = await lockStack(folder);
      await assert.rejects(
        lockStack(folder),
        new RegExp(`currently locked by \\S+@${hostname()} \\(pid ${process.pid}\\)`),
      );
      release();
      const again = await lockStack(folder);
      again();
      assert.deepEqual(readdirSync(folder), []);
    });

    it("clears away what a dead process left, but nothing of another host", async () => {
      const left = { pid: 4_194_305, username: "u", hostname: hostname(), timestamp: "t" };
      writeFileSync(join(folder, "dead.json"), JSON.stringify(left));
      const release = await lockStack(folder);
      release();
      writeFileSync(join(folder, "far.json"), JSON.stringify({ ...left, hostname: "elsewhere" }));
      await assert.rejects(lockStack(folder), /locked by u@elsewhere \(pid 4194305\) since t\. .*far\.json$/);
    });
  });

  describe("snapshot", () => {
    it("puts what is settled before what is not, and replaces one by the other", () => {
      const [a, b] = [stateOf("a"), stateOf("b")];
      const snapshot = new Snapshot({ ...NOTHING, resources: [a, b] }, () => Promise.resolve());
      const newB = stateOf("b", { id: "new" });
      snapshot.settle(newB, b);
      assert.deepEqual(snapshot.deployment.resources, [newB, a]);
      snapshot.replace(a);
      assert.deepEqual(snapshot.deployment.resources, [newB]);
    });

    it("lets references follow a resource that got another name", () => {
      const old = stateOf("old");
      const provider = stateOf("p", { type: "pulumi:providers:fake", provider: "", id: "7" });
      const user = stateOf("user", {
        parent: old.urn,
        dependencies: [old.urn],
        propertyDependencies: { key: [old.urn] },
        deletedWith: old.urn,
        provider: `${provider.urn}::7`,
      });
      const snapshot = new Snapshot({ ...NOTHING, resources: [old, provider, user] }, () => Promise.resolve());
      snapshot.settle(stateOf("new"), old);
      snapshot.settle(stateOf("q", { type: "pulumi:providers:fake", provider: "", id: "7" }), provider);
      const last = snapshot.deployment.resources[2];
      const name = urnOf("new");
      assert.deepEqual(
        [last?.parent, last?.dependencies, last?.propertyDependencies, last?.deletedWith, last?.provider],
        [name, [name], { key: [name] }, name, `${urnOf("q", "pulumi:providers:fake")}::7`],
      );
    });

    it("notes what is in flight, and forgets an interrupted creation once it is done again", async () => {
      const saved: string[][] = [];
      const interrupted = stateOf("a");
      const save = (deployment: Deployment): Promise<void> => {
        saved.push(deployment.pendingOperations.map(({ type, resource }) => `${type} ${resource.id}`));
        return Promise.resolve();
      };
      const snapshot = new Snapshot(
        { resources: [], pendingOperations: [{ type: "creating", resource: interrupted }] },
        save,
      );
      const again = stateOf("a", { id: "again" });
      const ended = await snapshot.begin("creating", again);
      snapshot.settle(again);
      ended();
      await snapshot.flush();
      assert.deepEqual(saved, [["creating again"], []]);
    });

    it("writes together what changes while it writes, and returns when it is written", async () => {
      const written: number[] = [];
      let finish: () => void = () => undefined;
      const snapshot = new Snapshot(NOTHING, async (deployment) => {
        await new Promise<void>((resolve) => (finish = resolve));
        written.push(deployment.resources.length);
      });
      const first = snapshot.flush();
      await new Promise(setImmediate);
      const later = ["a", "b", "c"].map((name) => {
        snapshot.settle(stateOf(name));
        return snapshot.flush();
      });
      finish();
      await first;
      await new Promise(setImmediate);
      finish();
      await Promise.all(later);
      assert.deepEqual(written, [0, 3]);
    });
  });
});
