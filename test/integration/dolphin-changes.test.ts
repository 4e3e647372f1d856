import assert from "node:assert/strict";
import { HOST_NAMES, type HostName } from "../../lab/src/name";
import { vendorClient } from "./dolphin-client";
import { COUNT, TABLE } from "./dolphin-rows";
import {
  dolphinConfig,
  dolphinNode,
  dolphinOutputs,
  type DolphinSection,
  endDolphin,
  LICENSE,
  pidOf,
} from "./dolphin-stack";
import { engines } from "./engines";
import { on } from "./hosts";
import type { Config } from "./odc-config";
import { TestStack } from "./stack";

const [engine] = engines();
/** Of another client, for which the engine has nodes restart. */
const OTHER = LICENSE.replace("lab", "other");

describe("Changes of a DolphinDB cluster", function () {
  this.timeout(240_000);
  let stack: TestStack;
  let password = "First.Password+1";

  /** Data and compute nodes on some of the hosts, with a controller on each. */
  const config = (hosts: HostName[], change: (dolphin: DolphinSection) => void = () => undefined): Config =>
    dolphinConfig((dolphin) => {
      const nodes = hosts.map((host) => ({ host }));
      Object.assign(dolphin, { agents: nodes, dataNodes: nodes, computeNodes: nodes, adminPassword: password });
      change(dolphin);
    });
  const changed = ({ parameters }: DolphinSection): void => {
    parameters.controllers = { ...parameters.controllers, maxConnections: 300 };
    parameters.nodes = { ...parameters.nodes, maxConnections: 300 };
  };
  /** Process IDs of data and compute nodes. */
  const workers = (): Promise<string[]> =>
    Promise.all(HOST_NAMES.map((host) => on(host, "pgrep -f -- '[-]home /var/lib/dolphin-dolphin/p' | sort")));
  const pids = (): Promise<string[]> => Promise.all(HOST_NAMES.map((host) => pidOf(host, "controller")));
  const states = async (): Promise<Record<string, string>> =>
    Object.fromEntries((await dolphinOutputs(stack)).nodes.map(({ alias, state }) => [alias, state]));
  const counted = async (host: HostName, kind: "datanode" | "computenode"): Promise<unknown> =>
    (await vendorClient({ node: dolphinNode(host, kind), password, scripts: [COUNT] }))[1];

  before(async () => {
    assert.ok(engine);
    stack = new TestStack(engine);
    await stack.init(config(["p1", "p2"]));
    await stack.up();
    const written = await vendorClient({ node: dolphinNode("p1", "datanode"), password, scripts: [TABLE] });
    assert.deepEqual(written, [{ connected: true }, { value: 30 }]);
  });
  after(() => endDolphin(stack));

  it("adds the nodes of another host while all others serve, which preview says", async () => {
    const before = await pids();
    stack.configure(config(["p1", "p2", "p3"]));
    const preview = await stack.succeed("preview");
    assert.match(preview, /datanode p3-datanode on [\d.]+ is added, while all others serve/);
    await stack.up();
    const found = await states();
    assert.deepEqual(
      ["p3-agent", "p3-datanode", "p3-computenode"].map((alias) => found[alias]),
      ["online", "online", "online"],
    );
    assert.deepEqual(await pids(), before);
    assert.deepEqual(await counted("p3", "computenode"), { value: 30 });
    await stack.succeed("preview", "--refresh", "--expect-no-changes");
  });

  it("changes admin's password", async () => {
    const former = password;
    password = "Second.Password+2";
    stack.configure(config(["p1", "p2", "p3"]));
    await stack.up();
    assert.deepEqual(await vendorClient({ node: dolphinNode("p2", "datanode"), password: former }), [
      { connected: false },
    ]);
    assert.deepEqual(await counted("p2", "datanode"), { value: 30 });
  });

  it("restarts controllers one after the other for another parameter of theirs, the leader last", async () => {
    const { leader } = await dolphinOutputs(stack);
    const before = await pids();
    stack.configure(
      config(["p1", "p2", "p3"], ({ parameters }) => {
        parameters.controllers = { ...parameters.controllers, maxConnections: 300 };
      }),
    );
    await stack.up();
    const started = await Promise.all(
      HOST_NAMES.map(async (host) => ({
        host,
        at: Number(
          await on(
            host,
            "systemctl show --property=ActiveEnterTimestampMonotonic --value dbha-dolphin-dolphin-controller",
          ),
        ),
      })),
    );
    const after = await pids();
    assert.deepEqual(
      after.filter((pid) => before.includes(pid)),
      [],
    );
    assert.equal(`${started.sort((a, b) => a.at - b.at).at(-1)?.host}-controller`, leader);
    assert.deepEqual(await counted("p1", "computenode"), { value: 30 });
  });

  it("tells nodes a parameter that they take while they run, and restarts none", async () => {
    const before = await workers();
    stack.configure(config(["p1", "p2", "p3"], changed));
    await stack.up();
    assert.deepEqual(await workers(), before);
    const [, found] = await vendorClient({
      node: dolphinNode("p2", "datanode"),
      password,
      scripts: ["getConfig(`maxConnections)"],
    });
    assert.equal((await dolphinOutputs(stack)).clusterConfig.maxConnections, "300", JSON.stringify(found));
  });

  it("has all nodes take another licence while they run", async () => {
    const before = await workers();
    const later = (dolphin: DolphinSection): void => {
      changed(dolphin);
      dolphin.license = LICENSE.replace("2099.12.31", "2100.12.31");
    };
    stack.configure(config(["p1", "p2", "p3"], later));
    await stack.up();
    assert.deepEqual(await workers(), before);
    assert.equal((await dolphinOutputs(stack)).license.end, "2100-12-31");
    await stack.succeed("preview", "--refresh", "--expect-no-changes");
  });

  it("restarts all nodes one after the other for a licence that they do not take while they run", async () => {
    const before = [...(await workers()), ...(await pids())];
    const other = (dolphin: DolphinSection): void => {
      changed(dolphin);
      dolphin.license = OTHER;
    };
    stack.configure(config(["p1", "p2", "p3"], other));
    assert.match((await stack.run("preview")).text, /it is for another client than the one in force; .*licenseUpdate/);
    stack.configure(config(["p1", "p2", "p3"], (dolphin) => (other(dolphin), (dolphin.licenseUpdate = "offline"))));
    assert.match(await stack.succeed("preview"), /12 nodes restart for it, one after the other/);
    await stack.up();
    const after = [...(await workers()), ...(await pids())];
    assert.deepEqual(
      after.filter((pid) => before.includes(pid)),
      [],
    );
    assert.equal((await dolphinOutputs(stack)).license.end, "2099-12-31");
    assert.deepEqual(await counted("p2", "computenode"), { value: 30 });
    await stack.succeed("preview", "--refresh", "--expect-no-changes");
  });

  it("takes the nodes of a host away when their replicas have moved", async () => {
    stack.configure(
      config(["p1", "p2"], (dolphin) => {
        changed(dolphin);
        dolphin.license = OTHER;
      }),
    );
    assert.match(await stack.succeed("preview"), /datanode p3-datanode goes, when its replicas have moved to others/);
    await stack.up();
    assert.equal(
      Object.keys(await states()).some((alias) => /^p3-(agent|data|comp)/.test(alias)),
      false,
    );
    assert.equal((await on("p3", "pgrep -a dolphindb | grep -cv -- '-mode controller' || true")).trim(), "0");
    assert.deepEqual(await counted("p1", "datanode"), { value: 30 });
    await stack.succeed("preview", "--refresh", "--expect-no-changes");
  });
});
