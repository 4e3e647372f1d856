import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as yaml from "yaml";
import { inject, start } from "../../lab/src/faults";
import type { HostName } from "../../lab/src/lab";
import { askAll } from "./clients";
import { engines } from "./engines";
import { emptyMetaDb, labFolder, labHosts, on, theLab } from "./hosts";
import { devConfig, type Config, type OdcSection } from "./odc-config";
import { TestStack } from "./stack";

interface OdcOutputs {
  nodes: { host: string; version: string; health: string }[];
  proxies: { host: string; version: string; health: string; active: boolean }[];
  backups: { path: string }[];
}

const names: HostName[] = ["p1", "p2", "p3"];
const lost = "p3";
const address = (name: HostName): string => labHosts()[name].address;
const virtualAddress = (): string => address("p1").replace(/\d+$/, "100");

for (const engine of engines())
  describe(`A host of ODC that is gone for good, with the ${engine.name}`, function () {
    this.timeout(300_000);
    let stack: TestStack;
    let folder: string;

    /** The lab's inventory without some hosts, and with one marked as lost. */
    function inventory({ without = [] as string[], lost = "" }): string {
      const file = join(folder, `without-${without.join("-")}-lost-${lost}.yaml`);
      const { hosts } = yaml.parse(readFileSync(join(labFolder, "hosts.yaml"), "utf8")) as {
        hosts: { name: string }[];
      };
      const kept = hosts.filter(({ name }) => !without.includes(name));
      writeFileSync(
        file,
        yaml.stringify({ hosts: kept.map((host) => (host.name === lost ? { ...host, lost: true } : host)) }),
      );
      return file;
    }

    /** Three nodes, of which p3 is the first, and nginx on p3 and p1; p3 has the address and makes the backups. */
    function config(
      known: Parameters<typeof inventory>[0] = {},
      change: (odc: OdcSection) => void = () => undefined,
    ): Config {
      return {
        ...devConfig((odc) => {
          odc.nodes = ["p3", "p1", "p2"];
          Object.assign(odc.proxy, { hosts: ["p3", "p1"], virtualIp: { address: `${virtualAddress()}/24` } });
          change(odc);
        }),
        "dbha-stacks:inventory": inventory(known),
        "dbha:connectTimeout": "5",
      };
    }

    const withoutLost = (odc: OdcSection): void => {
      odc.nodes = ["p1", "p2"];
      odc.proxy.hosts = ["p2", "p1"];
    };

    const outputs = async (): Promise<OdcOutputs> => (await stack.outputs()).odc as OdcOutputs;
    const health = async (): Promise<string[]> => {
      const { nodes, proxies } = await outputs();
      return [...nodes, ...proxies].map((one) => `${one.host} ${one.version} ${one.health}`);
    };
    /** Names of the resources in the state that have the host's name in theirs. */
    const resourcesOf = async (host: HostName): Promise<string[]> => {
      const { deployment } = JSON.parse(await stack.exported()) as { deployment: { resources: { urn: string }[] } };
      const names = deployment.resources.map(({ urn }) => urn.split("::").at(-1) ?? "");
      return names.filter((name) => name.split("-").includes(host)).sort();
    };
    const container = (host: HostName): Promise<string> => on(host, "docker inspect -f '{{.Id}}' obodc");
    const turnOff = (): Promise<unknown> => inject(theLab(), lost, { kind: "stopped", power: "lost" });
    /** What docs/odc-ha.md says of a host that comes back after it was removed. */
    const clear = (host: HostName): Promise<string> => {
      const page = readFileSync("docs/odc-ha.md", "utf8");
      const [, commands = ""] = /```sh\n(systemctl disable --now dbha-vip-[^`]*)```/.exec(page) ?? [];
      assert.notEqual(commands, "", "the page has the commands");
      return on(host, commands);
    };

    before(async () => {
      await emptyMetaDb();
      folder = mkdtempSync(join(tmpdir(), "dbha-lost-"));
      stack = new TestStack(engine);
      await stack.init(config());
      await stack.up();
      await turnOff();
    });

    after(async () => {
      stack.remove();
      rmSync(folder, { recursive: true });
      for (const host of names) await on(host, "rm -rf /var/backups/odc /var/data /var/log/odc");
      // what stays on a lost host would be this test's until the next destroy on it
      await on(lost, "docker images -q | sort -u | xargs -r docker rmi -f >/dev/null; rm -rf /var/lib/dbha");
    });

    it("stops every run as long as nobody has said that it is gone", async () => {
      const { code, text } = await stack.run("preview");
      assert.notEqual(code, 0);
      assert.match(text, new RegExp(`host p3 \\(${address(lost)}\\)`));
    });

    it("is passed over by one up when it is marked as lost, which changes the other hosts meanwhile", async () => {
      const before = await Promise.all([container("p1"), container("p2")]);
      stack.configure(config({ lost }, (odc) => (odc.cpus = 3)));
      await stack.up();
      const after = await Promise.all([container("p1"), container("p2")]);
      assert.ok(
        before.every((id, i) => id !== after[i]),
        "both nodes were replaced",
      );
      assert.deepEqual(await health(), [
        "p3 unknown lost",
        "p1 4.3.1 healthy",
        "p2 4.3.1 healthy",
        "p3 unknown lost",
        "p1 nginx:1.22 healthy",
      ]);
      assert.equal((await outputs()).backups.length, 1, "p1 makes the backups from now on");
      assert.deepEqual(
        (await outputs()).proxies.map(({ active }) => active),
        [false, true],
      );
      const upstream = await on("p1", "grep -o 'server .*:8989' /etc/dbha/odc-nginx/nginx.conf");
      assert.equal(upstream, `server ${address("p1")}:8989\nserver ${address("p2")}:8989`);
      const answers = Object.values(await askAll("p1"));
      assert.deepEqual([...new Set(answers)].sort(), [address("p1"), address("p2")]);
    });

    it("is no difference afterwards", async () => {
      await stack.up("--expect-no-changes");
    });

    it("stops a refresh, by the docker provider, until it is out of the lists", async () => {
      const { code, text } = await stack.run("refresh", "--yes", "--skip-preview");
      assert.notEqual(code, 0);
      assert.match(text, /odc-(node|proxy-nginx)-p3/);
      assert.match(text, new RegExp(`ssh://${labHosts()[lost].user}@${address(lost)}:22`));
      assert.doesNotMatch(text, /host p3 \(/, "the dbha plugin leaves it alone");
    });

    it("is looked at and repaired when it comes back and is marked no more", async () => {
      await start(theLab(), lost);
      await on(lost, "docker rm -f obodc; rm /etc/dbha/odc-nginx/nginx.conf");
      stack.configure(config());
      await stack.up("--refresh");
      assert.deepEqual(
        (await health()).filter((line) => line.endsWith(" healthy")),
        ["p3 4.3.1 healthy", "p1 4.3.1 healthy", "p2 4.3.1 healthy", "p3 nginx:1.22 healthy", "p1 nginx:1.22 healthy"],
      );
      await stack.up("--refresh", "--expect-no-changes");
    });

    it("leaves the lists while it is off, then the inventory", async () => {
      await turnOff();
      stack.configure(config({ lost }));
      await stack.up();
      stack.configure(config({ lost }, withoutLost));
      await stack.up();
      assert.deepEqual(await resourcesOf(lost), ["p3"]);
      stack.configure(config({ without: [lost] }, withoutLost));
      await stack.up();
      assert.deepEqual(await resourcesOf(lost), []);
      await stack.up("--refresh", "--expect-no-changes");
      assert.deepEqual(await health(), [
        "p1 4.3.1 healthy",
        "p2 4.3.1 healthy",
        "p2 nginx:1.22 healthy",
        "p1 nginx:1.22 healthy",
      ]);
    });

    it("takes part again after what was left on it has been cleared away", async () => {
      await start(theLab(), lost);
      await clear(lost);
      stack.configure(config());
      await stack.up();
      assert.deepEqual(new Set((await health()).map((line) => line.split(" ")[2])), new Set(["healthy"]));
    });

    it("does not keep the stack from being destroyed while it is off, though nobody has marked it", async () => {
      await turnOff();
      stack.configure({ ...config(), "dbha-stacks:throwAway": true });
      const shown = await stack.dbha("destroy");
      assert.equal(shown.code, 10, shown.text);
      assert.match(
        shown.text,
        new RegExp(`^- p3 \\(${address(lost)}\\) does not answer \\(.*\\); it keeps .*container`, "m"),
      );
      const { code, text } = await stack.dbha("destroy", "--yes-i-know");
      assert.equal(code, 11, text);
      assert.match(text, /^Destroyed, but for what p3 keeps\.$/m);
      assert.deepEqual((await stack.recorded()).resources, []);
      assert.equal(text.match(/^ *warning: host p3 \(\S+\) is marked as lost: nothing is removed there/gm)?.length, 1);
      const kept = [...text.matchAll(/^ *host p3 keeps (.*)$/gm)].map(([, thing]) => thing);
      assert.deepEqual(kept.sort(), [
        "container obodc",
        "container odc-nginx",
        "directories /var/data/odc, /var/log/odc",
        "directory /etc/dbha/odc-nginx and file /etc/dbha/odc-nginx/nginx.conf",
        "directory /etc/dbha/vip-odc-vip and files /etc/dbha/vip-odc-vip/check, /etc/dbha/vip-odc-vip/keepalived.conf",
        "directory /var/backups/odc",
        "image nginx:1.22",
        "image oceanbase/odc:4.3.1",
        "unit dbha-vip-odc-vip.service",
      ]);
      assert.doesNotMatch(text, /host p[12] (keeps|\()/);
      for (const host of ["p1", "p2"] as const)
        assert.equal(await on(host, "docker ps -aq; ls -d /etc/dbha* 2>/dev/null || true"), "");
      await start(theLab(), lost);
      assert.match(await on(lost, "docker ps --format '{{.Names}}' | sort"), /^obodc\nodc-nginx$/);
      await clear(lost);
      assert.equal(await on(lost, "docker ps -aq; ls -d /etc/dbha* 2>/dev/null || true"), "");
    });
  });
