import assert from "node:assert/strict";
import { inject, start } from "../../lab/src/faults";
import type { HostName } from "../../lab/src/lab";
import { askAll, ClientsLoop } from "./clients";
import { engines } from "./engines";
import { emptyMetaDb, eventually, labHosts, on, theLab } from "./hosts";
import { devConfig, type Config } from "./odc-config";
import { limitHere, RequestLoop, type Seen } from "./request-loop";
import { TestStack } from "./stack";

const unit = "dbha-vip-odc-vip";
const names: HostName[] = ["p1", "p2", "p3"];
const address = (name: HostName): string => labHosts()[name].address;
const virtualAddress = (): string => address("p1").replace(/\d+$/, "100");

/** What a stack says beyond the dev stack. */
interface Wanted {
  nodes?: HostName[];
  proxies?: HostName[];
}

function config({ nodes = ["p1", "p2"], proxies = ["p3", "p1"] }: Wanted = {}): Config {
  return devConfig((odc) => {
    odc.nodes = nodes;
    Object.assign(odc.proxy, { hosts: proxies, virtualIp: { address: `${virtualAddress()}/24` } });
  });
}

/** The same with other arguments of ODC; objects are merged. */
function changed(change: Record<string, unknown>): Config {
  const whole = config();
  const odc = whole["dbha-stacks:odc"] as Record<string, object>;
  for (const [name, value] of Object.entries(change))
    odc[name] = typeof value === "object" ? { ...odc[name], ...value } : (value as object);
  return whole;
}

/** ID of a container and when it was started; another one, or a restart, makes a difference. */
const container = (host: HostName, name: string): Promise<string> =>
  on(host, `docker inspect -f '{{.Id}} {{.State.StartedAt}}' ${name}`);
const workers = (host: HostName): Promise<string> =>
  on(host, "pgrep -P $(docker inspect -f '{{.State.Pid}}' odc-nginx) | sort");
/** When a container ended last, in seconds. */
const ended = async (host: HostName, name: string): Promise<number> => {
  const events = `docker events --since 10m --until "$(($(date +%s) + 1))" --filter container=${name} --filter event=die --format '{{.TimeNano}}'`;
  return Number((await on(host, events)).split("\n").at(-1)) / 1e9;
};
/** When nginx.conf was written last, in seconds. */
const written = async (host: HostName): Promise<number> =>
  Number(await on(host, "stat -c %.9Y /etc/dbha/odc-nginx/nginx.conf"));

async function holders(hosts: HostName[]): Promise<HostName[]> {
  const shown = await Promise.all(hosts.map((name) => on(name, "ip -o -4 address show dev eth0")));
  return hosts.filter((_, i) => shown[i]?.includes(` ${virtualAddress()}/`));
}

/** The requests of a client through the virtual IP while something happens, and until it has been answered once more. */
async function duringRequests(action: () => Promise<unknown>, again?: () => Promise<unknown>): Promise<Seen> {
  const loop = new RequestLoop(`http://${virtualAddress()}/api/v1/heartbeat/isHealthy`);
  try {
    await eventually("a first answer", 5, () => Promise.resolve(loop.has("200 ")), Boolean);
    await action();
    await again?.();
  } catch (error) {
    await loop.stop();
    throw error;
  }
  const seen = await loop.stop();
  console.log(`      no answer for ${seen.outage} ms, ${seen.failures.length} of ${seen.sent} requests failed`);
  return seen;
}

for (const engine of engines())
  describe(`Operating ODC, with the ${engine.name}`, function () {
    this.timeout(300_000);
    let stack: TestStack;
    const states = async (): Promise<string[]> => {
      const { nodes, proxies } = (await stack.outputs()).odc as Record<string, { host: string; health: string }[]>;
      return [...(nodes ?? []), ...(proxies ?? [])].map(({ host, health }) => `${host} ${health}`);
    };
    const up = (wanted: Wanted): Promise<string> => {
      stack.configure(config(wanted));
      return stack.up();
    };

    before(async () => {
      await emptyMetaDb();
      stack = new TestStack(engine);
      await stack.init(config());
      await stack.up();
      assert.deepEqual(await holders(["p1", "p3"]), ["p3"]);
    });

    after(async () => {
      stack.remove();
      for (const host of names) await on(host, "rm -rf /var/backups/odc /var/data /var/log/odc");
    });

    it("tells in preview which arguments change and what becomes of each, also of secrets", async () => {
      stack.configure(changed({ memory: 1536, extraArgs: "--a.b=1", metaDb: { password: "another" } }));
      const { code, text } = await stack.run("preview");
      assert.notEqual(code, 0, "the MetaDB refuses the password");
      assert.match(text, /what changes, and how:/);
      for (const line of [
        "- metaDb.password: node by node: each node gets a new container when the one before is healthy",
        "- extraArgs: node by node: each node gets a new container when the one before is healthy; since 4.3.2",
        "- memory: node by node: each node gets a new container when the one before is healthy, as Java takes",
      ])
        assert.ok(text.includes(line), `${line} is missing in\n${text}`);
      assert.doesNotMatch(text, /another/);
    });

    const refusals: [change: Record<string, unknown>, problem: string][] = [
      [{ containerName: "odc2" }, "containerName: refused: a container keeps its name"],
      [{ proxy: { containerName: "web" } }, "proxy.containerName: refused: a container keeps its name"],
      [{ adminPassword: "aaAA11.." }, "adminPassword: the node on p1 serves, so ODC has taken the former one"],
    ];
    for (const [change, problem] of refusals)
      it(`refuses ${JSON.stringify(change)} before anything changes, and forgets it`, async () => {
        const before = await Promise.all([container("p1", "obodc"), container("p3", "odc-nginx")]);
        stack.configure(changed(change));
        for (const command of [["preview"], ["up", "--yes", "--skip-preview"]]) {
          const { code, text } = await stack.run(...command);
          assert.notEqual(code, 0);
          assert.match(text, /OdcHaDeployment odc: a change was refused \(1 problem\); nothing was changed:/);
          assert.ok(text.includes(problem), text);
        }
        assert.deepEqual(await Promise.all([container("p1", "obodc"), container("p3", "odc-nginx")]), before);
        stack.configure(config());
        await stack.up("--expect-no-changes");
      });

    const faults: [what: string, holder: HostName, next: HostName, cause: (host: HostName) => Promise<unknown>][] = [
      [
        "keepalived is killed on the host with the address",
        "p3",
        "p1",
        (host) => on(host, `kill -9 $(cat /run/${unit}/*.pid)`),
      ],
      ["the same happens on the next one", "p1", "p3", (host) => on(host, `kill -9 $(cat /run/${unit}/*.pid)`)],
      [
        "the host with the address dies",
        "p3",
        "p1",
        (host) => inject(theLab(), host, { kind: "stopped", power: "lost" }),
      ],
    ];
    for (const [what, holder, next, cause] of faults)
      it(`answers again within 2 s when ${what}`, async () => {
        const moved = () =>
          eventually(
            `${next} has the address`,
            10,
            () => holders([next]),
            (found) => found.length === 1,
          );
        const { outage } = await duringRequests(() => cause(holder), moved);
        assert.ok(outage <= limitHere(2_000), `no answer for ${outage} ms`);
        await start(theLab(), holder);
        await eventually(
          "it is back",
          30,
          () => on(holder, `systemctl is-active ${unit} || true`),
          (state) => state === "active",
        );
      });

    it("fails only those users whose node is killed, and repairs it", async () => {
      const pins = Object.entries(await askAll("p1"));
      const pinned = (host: HostName): string[] =>
        pins.flatMap(([client, node]) => (node === address(host) ? [client] : []));
      assert.ok(pinned("p1").length > 0 && pinned("p2").length > 0, "users are on both nodes");
      const loop = new ClientsLoop("p1");
      await on("p2", "docker kill obodc");
      await eventually(
        "p1 serves everybody",
        30,
        () => askAll("p1"),
        (answers) => Object.values(answers).every((node) => node === address("p1")),
      );
      const { failed } = await loop.stop();
      assert.ok(failed.length > 0, "somebody noticed");
      assert.deepEqual(
        failed.filter((client) => !pinned("p2").includes(client)),
        [],
      );
      const untouched = await container("p1", "obodc");
      await stack.up("--refresh");
      assert.equal(await container("p1", "obodc"), untouched);
      assert.deepEqual(await states(), ["p1 healthy", "p2 healthy", "p3 healthy", "p1 healthy"]);
    });

    it("takes a node more without a failed request: nginx reloads, and nothing else changes", async () => {
      const look = () =>
        Promise.all([
          container("p1", "obodc"),
          container("p2", "obodc"),
          container("p1", "odc-nginx"),
          container("p3", "odc-nginx"),
        ]);
      const [before, reloaded] = [await look(), await Promise.all([workers("p1"), workers("p3")])];
      const clients = new ClientsLoop("p1");
      const { failures, sent } = await duringRequests(() => up({ nodes: ["p1", "p2", "p3"] }));
      const seen = await clients.stop();
      assert.deepEqual([failures, seen.failed], [[], []]);
      assert.ok(sent > 50 && seen.rounds > 5, `${sent} requests, ${seen.rounds} rounds`);
      assert.deepEqual(await look(), before);
      for (const [i, host] of (["p1", "p3"] as const).entries()) assert.notEqual(await workers(host), reloaded[i]);
      assert.deepEqual([...new Set(Object.values(await askAll("p1")))].sort(), names.map(address));
    });

    it("gives a node up without a failed request: nginx leaves it out before it is stopped", async () => {
      const clients = new ClientsLoop("p1");
      const { failures } = await duringRequests(() => up({ nodes: ["p1", "p2"] }));
      const seen = await clients.stop();
      assert.deepEqual([failures, seen.failed], [[], []]);
      assert.ok(seen.nodes.includes(address("p3")), "p3 had users");
      const stopped = await ended("p3", "obodc");
      for (const host of ["p1", "p3"] as const)
        assert.ok((await written(host)) < stopped, `nginx on ${host} came first`);
      assert.deepEqual([...new Set(Object.values(await askAll("p1")))].sort(), [address("p1"), address("p2")]);
    });

    it("moves the nginx without the address to another host without a failed request", async () => {
      const [holder] = await holders(["p1", "p3"]);
      assert.equal(holder, "p1");
      const since = await on("p1", "date +%s");
      const { failures } = await duringRequests(() => up({ proxies: ["p1", "p2"] }));
      assert.deepEqual(failures, []);
      assert.deepEqual(await holders(names), ["p1"]);
      for (const host of names)
        assert.doesNotMatch(await on(host, `journalctl -q -u ${unit} --since @${since}`), /Entering MASTER STATE/);
      assert.equal(
        await on("p3", `docker ps -aq; ls /etc/dbha /etc/systemd/system/${unit}.service 2>/dev/null || true`),
        "",
      );
    });

    it("moves the nginx with the address: the new one serves before the old one goes", async () => {
      const { outage } = await duringRequests(() => up({ proxies: ["p2", "p3"] }));
      assert.ok(outage <= limitHere(2_000), `no answer for ${outage} ms`);
      const made = new Date((await container("p3", "odc-nginx")).split(" ")[1] ?? "").getTime() / 1000;
      assert.ok(made < (await ended("p1", "odc-nginx")), "p3 came first");
      assert.deepEqual(await holders(names), ["p2"]);
      assert.deepEqual(await states(), ["p1 healthy", "p2 healthy", "p2 healthy", "p3 healthy"]);
      await stack.up("--refresh", "--expect-no-changes");
    });

    it("is destroyed without a trace of keepalived and nginx", async () => {
      await stack.destroy();
      for (const host of names)
        assert.equal(await on(host, `docker ps -aq; ls -d /etc/dbha* /run/${unit} 2>/dev/null || true`), "");
    });
  });
