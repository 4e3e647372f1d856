import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { Host } from "../../../components";
import { adoptable } from "../../../components/container";
import type { FoundContainer, HostFacts } from "../../../provider/resources";
import { madeByHand } from "./made-by-hand";
import { fitHost, valueOf } from "./mocks";

const byHand = madeByHand({
  id: "by-hand",
  memory: 64,
});

interface Made {
  /** What the engine is asked to import. */
  imported: string;
  ignored: string[];
  environment: unknown;
  notes: Record<string, unknown>[];
}

/** What becomes of a container `web` that is to have some memory, on a host with such facts and, perhaps, a container of that name. */
async function deployed(adopt: boolean, memory: number, adopted: HostFacts["adopted"], found?: FoundContainer) {
  const made: Made = { imported: "", ignored: [], environment: undefined, notes: [] };
  await pulumi.runtime.setMocks(
    {
      newResource: ({ name, id, inputs }) => {
        // one that is left alone keeps its ID
        const kept = made.ignored.length > 0 ? found?.id : undefined;
        return { id: id || (kept ?? `${name}-id`), state: inputs as object };
      },
      call: ({ token, inputs }) => {
        if (token === "dbha:index:getHostFacts") return { ...fitHost, containers: ["web"], adopted };
        if (token === "dbha:index:getContainer") return found === undefined ? {} : { container: found };
        if (token === "dbha:index:noteAdoption") made.notes.push(inputs as Record<string, unknown>);
        return {};
      },
    },
    "project",
    "stack",
    false,
  );
  spyOn((request) => {
    if (request.getType() !== "docker:index/container:Container") return;
    made.imported = request.getImportid();
    made.ignored = request.getIgnorechangesList();
    made.environment = request.getObject()?.toJavaScript().envs;
  });
  const host = new Host("p1", { address: "10.0.0.11", acceptUnknownHostKey: true });
  const parent = new pulumi.ComponentResource("test:index:Parent", "parent");
  const { id } = adoptable(
    "web-p1",
    host,
    { name: "web", image: "sha256:1", memory, envs: ["A=1"] },
    { parent },
    {
      adopt,
      told: { image: "image", memory: "memory" },
    },
  );
  assert.equal(await valueOf(id), made.ignored.length > 0 ? found?.id : "web-p1-id");
  for (let turn = 0; adopt && made.notes.length === 0 && turn < 100; turn += 1)
    await new Promise((resolve) => setImmediate(resolve));
  return made;
}

/** Looks at what is asked of the engine: the mocks are not told the options. */
function spyOn(look: (request: RegisterResourceRequest) => void): void {
  const monitor = pulumi.runtime.getMonitor() as {
    registerResource: (request: RegisterResourceRequest, ...more: unknown[]) => unknown;
  };
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, ...more) => {
    look(request);
    return register(request, ...more);
  };
}

describe("A container of a deployment that may take over one that was made by hand", () => {
  it("is imported with all that may differ, and noted with what it is to be", async () => {
    const { imported, ignored, environment, notes } = await deployed(true, 64, [], byHand);
    assert.deepEqual([imported, environment], ["by-hand", []]);
    for (const setting of ["image", "volumes", "restart", "logOpts", "hostname"]) assert.ok(ignored.includes(setting));
    for (const setting of ["destroyGraceSeconds", "mustRun", "envs"]) assert.ok(!ignored.includes(setting));
    const [{ name, id, image, wanted } = {}] = notes;
    assert.deepEqual([name, id, image], ["web", "by-hand", "sha256:1"]);
    assert.match(String(wanted), /^[0-9a-f]{64}$/);
  });

  it("stays as it is while it is to be the same, and is like any other when it is to be something else", async () => {
    const { notes } = await deployed(true, 64, [], byHand);
    const adopted = [{ container: "web", id: "by-hand", wanted: String(notes[0]?.wanted) }];
    for (const adopt of [true, false]) {
      const same = await deployed(adopt, 64, adopted, byHand);
      assert.deepEqual([same.imported, same.ignored.includes("restart"), same.notes], ["", true, []]);
      const other = await deployed(adopt, 65, adopted, byHand);
      assert.deepEqual([other.imported, other.ignored, other.environment], ["", [], ["A=1"]]);
    }
  });

  it("is made as the arguments say where what was taken over is gone", async () => {
    const { notes } = await deployed(true, 64, [], byHand);
    const adopted = [{ container: "web", id: "by-hand", wanted: String(notes[0]?.wanted) }];
    for (const adopt of [true, false])
      for (const there of [undefined, { ...byHand, id: "another" }]) {
        if (adopt && there) continue; // that one is taken over in its turn
        const { imported, ignored, environment } = await deployed(adopt, 64, adopted, there);
        assert.deepEqual([imported, ignored, environment], ["", [], ["A=1"]]);
      }
  });

  it("is made where there is none, and noted as the stack's own", async () => {
    const { imported, ignored, notes } = await deployed(true, 64, []);
    assert.deepEqual([imported, ignored, notes.map(({ id, wanted }) => [id, wanted])], ["", [], [["web-p1-id", ""]]]);
  });

  it("is nobody's to take without the argument", async () => {
    const { imported, ignored } = await deployed(false, 64, [], byHand);
    assert.deepEqual([imported, ignored], ["", []]);
  });
});
