import assert from "node:assert/strict";
import { HOST_NAMES } from "../../lab/src/name";
import { run } from "../../lab/src/lab";
import { theLab } from "../integration/hosts";
import { call, HOME, nodeOf, pidOf, type NodeKind } from "../integration/dolphin-stand-in";
import { PASSWORD, startDolphinBench, type DolphinBench } from "./dolphin-cluster";
import type { Properties } from "./plugin-client";

const LICENSE = "dbha:index:DolphinLicense";
const PATH = "/opt/dolphin-license/dolphindb.lic";
const IN_PLACE = `${HOME}/server/dolphindb.lic`;
const text = (end: string, nodes = 12): string => `${end},64,16,${nodes},lab,commercial,-1,,0\nc3RhbmQtaW4=\n`;

describe("DolphinLicense", function () {
  this.timeout(180_000);
  let bench: DolphinBench;
  let made: { id: string; inputs: Properties; state: Properties };
  const args = (license: string, more: Properties = {}): Properties => ({
    ...{ ...bench.access, ...bench.limits },
    license,
    path: PATH,
    ...more,
  });
  const change = async (license: string, more: Properties = {}): Promise<void> => {
    made.state = await bench.plugin.change(LICENSE, made.id, made.state, args(license, more));
  };
  const ends = async (): Promise<Record<string, unknown>> => {
    const found: Record<string, unknown> = {};
    for (const name of HOST_NAMES)
      for (const kind of ["controller", "agent", "datanode", "computenode"] as NodeKind[]) {
        const said = await call(nodeOf(name, kind), "license", {}, PASSWORD);
        found[`${name}-${kind}`] = said.form === "dict" ? said.value.expiration : said;
      }
    return found;
  };

  before(async () => {
    bench = await startDolphinBench({}, { units: true });
    await bench.plugin.make("dbha:index:DolphinAdmin", bench.access);
    await bench.plugin.make("dbha:index:DolphinNodes", { ...bench.access, ...bench.limits, nodes: bench.rows });
    // on p2 the nodes still have a file of their own
    for (const name of HOST_NAMES)
      await run(
        theLab(),
        name,
        `mkdir -p ${PATH.slice(0, PATH.lastIndexOf("/"))}; cp ${IN_PLACE} ${PATH}; [ ${name} = p2 ] || ln -sf ${PATH} ${IN_PLACE}`,
      );
  });
  after(async () => {
    for (const name of HOST_NAMES) await run(theLab(), name, "rm -rf /opt/dolphin-license");
    await bench.stop();
  });

  it("takes over what nodes go by already", async () => {
    made = await bench.plugin.make(LICENSE, args(text("2099.12.31")));
    const { end, kind, nodes, cores, memory, pending } = made.state;
    assert.deepEqual(
      { end, kind, nodes, cores, memory, pending },
      {
        ...{ end: "2099-12-31", kind: "commercial", nodes: 12, cores: 16, memory: 64, pending: [] },
      },
    );
    assert.deepEqual(await bench.plugin.read(LICENSE, made.id, made.state), { state: made.state, inputs: made.inputs });
  });

  it("refuses what the engine would, before anything is written", async () => {
    await assert.rejects(change(text("2100.12.31", 6)), {
      message:
        /change the licence: p\d-controller would not take it while it runs: it has 6 nodes, and the one in force 12; give one that they take, or set update to "offline" \(licenseUpdate of DolphinHaCluster\), by which they restart/,
    });
    assert.equal(await run(theLab(), "p1", `cat ${PATH}`), text("2099.12.31").trimEnd());
  });

  it("names the nodes that do not take it when all others have, and goes on with them", async () => {
    await assert.rejects(change(text("2100.12.31")), (error: Error) => {
      assert.match(error.message, /8 of 12 nodes go by it, and 4 do not: /);
      for (const kind of ["controller", "agent", "datanode", "computenode"])
        assert.match(error.message, new RegExp(`p2-${kind}: The expiration date of the new license must be later`));
      assert.doesNotMatch(error.message, /c3RhbmQtaW4/);
      return true;
    });
    const read = await bench.plugin.read(LICENSE, made.id, { ...made.state, license: text("2100.12.31") });
    assert.deepEqual([...(read?.state.pending as string[])].sort(), [
      ...["p2-agent", "p2-computenode", "p2-controller", "p2-datanode"],
    ]);
    await run(theLab(), "p2", `ln -sf ${PATH} ${IN_PLACE}`);
    await change(text("2100.12.31"));
    assert.deepEqual([...new Set(Object.values(await ends()))], ["2100.12.31"]);
    assert.deepEqual([made.state.end, made.state.pending], ["2100-12-31", []]);
  });

  it("shows a file that was changed, and writes it again", async () => {
    await run(theLab(), "p3", `echo other >${PATH}`);
    const read = await bench.plugin.read(LICENSE, made.id, made.state);
    assert.equal(read?.state.license, "other\n");
    made.state = read.state;
    await change(text("2100.12.31"));
    assert.equal(await run(theLab(), "p3", `cat ${PATH}`), text("2100.12.31").trimEnd());
  });

  it("restarts nodes for one that they do not take while they run, and none after the first that does not go by it", async () => {
    const earlier = text("2099.06.30");
    const pids = (): Promise<string[]> =>
      Promise.all(HOST_NAMES.flatMap((name) => (["agent", "datanode"] as const).map((kind) => pidOf(name, kind))));
    const before = await pids();
    await run(theLab(), "p2", `rm ${IN_PLACE}; cp ${PATH} ${IN_PLACE}`);
    await assert.rejects(change(earlier, { update: "offline" }), (error: Error) => {
      assert.match(error.message, /p2-agent has restarted, and goes by one that ends on 2100-12-31/);
      assert.match(error.message, /\n {2}1 of 12 nodes go by it; left with the former one: p2-agent, p3-agent, p1-con/);
      return true;
    });
    const [p1, p1Node, , ...others] = await pids();
    assert.notEqual(p1, before[0]);
    assert.deepEqual([p1Node, ...others], [before[1], ...before.slice(3)]);
    const read = await bench.plugin.read(LICENSE, made.id, { ...made.state, license: earlier });
    assert.equal((read?.state.pending as string[]).length, 11);
    await run(theLab(), "p2", `ln -sf ${PATH} ${IN_PLACE}`);
    await change(earlier, { update: "offline" });
    assert.deepEqual([...new Set(Object.values(await ends()))], ["2099.06.30"]);
    const after = await pids();
    assert.deepEqual(
      after.filter((pid) => before.includes(pid)),
      [],
    );
    assert.deepEqual([made.state.end, made.state.pending], ["2099-06-30", []]);
  });

  it("removes its files", async () => {
    await bench.plugin.delete(LICENSE, made.id, made.state);
    assert.equal(
      await run(theLab(), "p1", `ls ${PATH} 2>&1 || :`),
      `ls: cannot access '${PATH}': No such file or directory`,
    );
  });
});
