import assert from "node:assert/strict";
import type { Status } from "../../cli/status/status";
import { faultsInForce, inject, start } from "../../lab/src/faults";
import type { HostName } from "../../lab/src/lab";
import { makeCertificate } from "../unit/components/certificates";
import { engines } from "./engines";
import { eventually, labHosts, on, snapshot, theLab } from "./hosts";
import { limitHere, RequestLoop, type Seen } from "./request-loop";
import { TestStack } from "./stack";

type Names = [HostName, ...HostName[]];
const both: Names = ["p1", "p2"];
const virtualAddress = (): string => labHosts().p1.address.replace(/\d+$/, "100");
const unit = "dbha-vip-web-vip.service";
const conf = "/etc/dbha/vip-web-vip";

/** Configuration of the program: nginx on these hosts, behind the virtual IP where there are two. */
function config(change: { hosts?: HostName[]; greeting?: string; commonName?: string; containerName?: string } = {}) {
  const { hosts = both, ...rest } = change;
  const settings = { greeting: "hello", commonName: "one", image: theLab().images.nginx?.tarball, ...rest };
  return {
    "dbha:privateKeyFile": theLab().privateKeyFile,
    "balanced:hosts": hosts.map((name) => labHosts()[name]),
    ...(hosts.length > 1 ? { "balanced:address": `${virtualAddress()}/24` } : {}),
    ...Object.fromEntries(Object.entries(settings).map(([key, value]) => [`balanced:${key}`, value])),
  };
}

/** The hosts that have the virtual IP now; one that is off has nothing. */
async function holders(): Promise<HostName[]> {
  const found: HostName[] = [];
  for (const name of both) {
    if ((await faultsInForce(theLab(), name)).includes("stopped")) continue;
    if ((await on(name, "ip -o -4 address show dev eth0")).includes(` ${virtualAddress()}/`)) found.push(name);
  }
  return found;
}

async function holder(): Promise<HostName> {
  const [only] = await eventually("exactly one host has the address", 10, holders, (found) => found.length === 1);
  return only as HostName;
}

const otherThan = (name: HostName): HostName => (name === "p1" ? "p2" : "p1");
const inspect = (name: HostName, field: string): Promise<string> =>
  on(name, `docker inspect -f '{{${field}}}' web-nginx`);
/** What a deployment could leave, beyond files and units: addresses, processes, files in /run. */
const traces = (name: HostName): Promise<string> =>
  on(
    name,
    "ip -o address show dev eth0 | awk '{ print $4 }'; pgrep -a 'keepalived|nginx' || true; ls /run | grep -E 'dbha|keepalived' || true",
  );

for (const engine of engines())
  describe(`nginx on two hosts behind a virtual IP, with the ${engine.name}`, function () {
    this.timeout(300_000);
    let stack: TestStack;
    let untouched: string[][];
    const everything = async (name: HostName): Promise<string[]> => {
      const lines = await snapshot(name);
      // Docker's own ports are others after every start of a host.
      return [...lines.filter((line) => !/^listens 127\.0\.0\.1{1,2}:\d{5}$/.test(line)), await traces(name)];
    };
    const snapshots = () => Promise.all(both.map(everything));

    /** The requests of a client through the virtual IP while something happens, and until `enough` was answered. */
    async function duringRequests(path: string, action: () => Promise<unknown>, enough: string): Promise<Seen> {
      const loop = new RequestLoop(path.replace("VIP", virtualAddress()));
      await eventually("a first answer", 5, () => Promise.resolve(loop.has("200 ")), Boolean);
      try {
        await action();
        await eventually(`the answer "${enough}"`, 20, () => Promise.resolve(loop.has(enough)), Boolean);
      } catch (error) {
        await loop.stop();
        throw error;
      }
      return loop.stop();
    }

    async function assertInOrder(): Promise<void> {
      await stack.up("--refresh", "--expect-no-changes");
    }

    before(async () => {
      untouched = await snapshots();
      stack = new TestStack(engine, "test/fixtures/programs/balanced");
      await stack.init(config());
    });

    after(() => stack.remove());

    it("names in the preview a host that cannot take part", async () => {
      await on("p2", "mv /usr/sbin/keepalived /usr/sbin/keepalived.away");
      const { code, text } = await stack
        .run("preview")
        .finally(() => on("p2", "mv /usr/sbin/keepalived.away /usr/sbin/keepalived"));
      assert.notEqual(code, 0);
      assert.match(text, /VirtualIp web-vip: its hosts are not ready \(1 problem\); nothing was changed:/);
      assert.match(text, /- host p2: keepalived is not installed; fix: install the distribution's package/);
      assert.doesNotMatch(text, /^\s+at /m, "no stack trace");
    });

    it("previews without changing anything", async () => {
      assert.match(await stack.succeed("preview"), /23 to create/);
      assert.deepEqual(await snapshots(), untouched);
    });

    it("serves through the address, which the first host has, HTTP, TLS and streams alike", async () => {
      await stack.up();
      assert.equal(await holder(), "p1");
      const urls = ["http://VIP:8080/", "https://VIP:8443/", "http://VIP:8081/"];
      for (const url of urls) {
        const { failures, answers } = await duringRequests(url, () => Promise.resolve(), "200 hello p1");
        assert.deepEqual({ failures, answers }, { failures: [], answers: ["200 hello p1"] });
      }
      const version = "nginx:1.22";
      const on = { interface: "eth0", healthy: true };
      assert.deepEqual(await stack.outputs(), {
        answersAt: virtualAddress(),
        instances: both.map((host) => ({ host, version, healthy: true })),
        virtualIpHosts: both.map((host) => ({ host, ...on, holder: host === "p1" })),
      });
    });

    it("changes nothing when nothing changed", assertInOrder);

    it("keeps key and certificate in one file that only root reads, and neither in the state", async () => {
      assert.equal(await on("p2", "stat -c '%a %U' /etc/dbha/web-nginx/cert.pem"), "600 root");
      assert.match(
        await on("p2", "cat /etc/dbha/web-nginx/cert.pem"),
        /END CERTIFICATE-----\n-----BEGIN (EC )?PRIVATE/,
      );
      assert.doesNotMatch(await stack.exported(), /BEGIN (EC )?PRIVATE KEY/);
    });

    it("loses no request when the configuration changes, which nginx takes over without a restart", async () => {
      const started = await Promise.all(both.map((name) => inspect(name, ".State.StartedAt")));
      stack.configure(config({ greeting: "good morning" }));
      const seen = await duringRequests("http://VIP:8080/", () => stack.up(), "good morning");
      assert.deepEqual(seen.failures, []);
      assert.deepEqual(seen.answers, ["200 hello p1", "200 good morning p1"]);
      assert.deepEqual(await Promise.all(both.map((name) => inspect(name, ".State.StartedAt"))), started);
      assert.equal(await on("p2", "curl -s http://127.0.0.1:8080/"), "good morning p2");
    });

    it("loses no request when the certificate changes", async () => {
      stack.configure(config({ greeting: "good evening", commonName: "two" }));
      const seen = await duringRequests("https://VIP:8443/", () => stack.up(), "good evening");
      assert.deepEqual(seen.failures, []);
      assert.equal(seen.certificates.length, 2, "both certificates were shown");
      stack.configure(config());
      await stack.up();
    });

    it("is told of by dbha status where nginx shows another certificate than the deployed one, with what to run", async () => {
      const status = async () => JSON.parse((await stack.dbha("status", "--json")).stdout) as Status;
      const shown = ({ deployments }: Status) =>
        deployments.flatMap(({ served }) => served).map(({ host, endpoint, shows }) => [host, endpoint, shows]);
      const reload = "docker exec web-nginx nginx -s reload -c /etc/nginx/dbha/nginx.conf";
      const endpoint = (name: HostName) => `${labHosts()[name].address}:8443`;
      const well = await status();
      assert.deepEqual(
        shown(well),
        both.map((name) => [name, endpoint(name), "deployed"]),
      );
      const file = "/etc/dbha/web-nginx/cert.pem";
      const isOther = (seen: Status) => shown(seen)[1]?.[2] === "other";
      const { certificate, key } = await makeCertificate({ commonName: "other" });
      // nginx takes another one over, and is not told that the deployed one is back
      await on("p2", `cp -p ${file} /root/cert.pem; cat >${file} <<'END'\n${certificate}\n${key}\nEND\n${reload}`);
      await eventually("another one is shown", 10, status, isOther);
      await on("p2", `cp -p /root/cert.pem ${file}; rm /root/cert.pem`);
      const other = await status();
      assert.deepEqual(shown(other), [
        ["p1", endpoint("p1"), "deployed"],
        ["p2", endpoint("p2"), "other"],
      ]);
      assert.deepEqual([other.drift, other.deployments.find(({ name }) => name === "web")?.level], [[], "warning"]);
      const [, fix = ""] = /; fix: run on p2: (.*)$/.exec(other.findings.at(-1)?.problem ?? "") ?? [];
      assert.equal(fix, reload);
      await on("p2", fix);
      const cured = await eventually(
        "the deployed one is shown",
        10,
        status,
        (now) => shown(now)[1]?.[2] === "deployed",
      );
      assert.deepEqual([cured.level, cured.findings], [well.level, well.findings]);
    });

    it("refuses what nginx refuses on the standby already, and changes neither host", async () => {
      stack.configure(config({ greeting: '"' }));
      const { code, text } = await stack.run("up", "--yes", "--skip-preview");
      assert.notEqual(code, 0);
      assert.match(text, /host p2 .*the validation refused the new text, the old file stays .*"return" directive/);
      assert.doesNotMatch(text, /host p1 /);
      for (const name of both) assert.equal(await on(name, "curl -s http://127.0.0.1:8080/"), `hello ${name}`);
      stack.configure(config());
      // the component's own note of its arguments is put back
      assert.match(await stack.up(), /~ 1 updated/);
      await assertInOrder();
    });

    const faults: [
      what: string,
      cause: (name: HostName) => Promise<unknown>,
      cure?: (name: HostName) => Promise<unknown>,
      limit?: number,
    ][] = [
      ["its keepalived is killed", (name) => on(name, "kill -9 $(cat /run/dbha-vip-web-vip/*.pid)")],
      ["keepalived's VRRP process is killed", (name) => on(name, "kill -9 $(cat /run/dbha-vip-web-vip/vrrp.pid)")],
      ["its nginx is killed", (name) => on(name, "docker kill web-nginx"), () => stack.up("--refresh")],
      [
        "its nginx hangs",
        (name) => on(name, "docker pause web-nginx"),
        (name) => on(name, "docker unpause web-nginx"),
        3,
      ],
      [
        "its host is shut down",
        (name) => inject(theLab(), name, { kind: "stopped", power: "off" }),
        (name) => start(theLab(), name),
      ],
      [
        "its host loses power",
        (name) => inject(theLab(), name, { kind: "stopped", power: "lost" }),
        (name) => start(theLab(), name),
      ],
    ];
    for (const [what, cause, cure, limit = 2] of faults)
      it(`answers from the other host within ${limit} s when ${what}, and stays there`, async () => {
        const before = await holder();
        const next = otherThan(before);
        const seen = await duringRequests("http://VIP:8080/", () => cause(before), `hello ${next}`);
        console.log(`      no answer for ${seen.outage} ms, ${seen.failures.length} of ${seen.sent} requests failed`);
        assert.ok(seen.outage < limitHere(limit * 1000), `no answer for ${seen.outage} ms`);
        assert.deepEqual(await holders(), [next]);
        await cure?.(before);
        await eventually(
          "keepalived is back and ready",
          30,
          () => on(before, `${conf}/check >/dev/null && journalctl -q -u ${unit} -o cat -n 1; true`),
          (line) => line.includes("BACKUP"),
        );
        assert.deepEqual(await holders(), [next]);
      });

    it("is as the program says after all of that", assertInOrder);

    it("sees on a host whatever differs from the program, and repairs it", async () => {
      const look = `sha256sum ${conf}/* /etc/dbha/web-nginx/* /etc/systemd/system/${unit}; systemctl is-active ${unit}`;
      const wanted = await on("p2", look);
      const drifts = [
        `sed -i 's/priority .*/priority 1/' ${conf}/keepalived.conf`,
        `rm ${conf}/check`,
        `sed -i 's/RestartSec=1/RestartSec=60/' /etc/systemd/system/${unit}; systemctl stop ${unit}`,
        "sed -i 's/hello/hacked/' /etc/dbha/web-nginx/nginx.conf",
        "rm /etc/dbha/web-nginx/cert.pem",
      ];
      for (const command of drifts) await on("p2", command);
      const { code, text } = await stack.run("refresh", "--preview-only", "--expect-no-changes");
      assert.notEqual(code, 0, `refresh saw nothing:\n${text}`);
      for (const resource of ["web-vip-files-p2", "web-vip-service-p2", "web-files-p2"])
        assert.ok(text.includes(resource), `${resource} is not in\n${text}`);
      await stack.up("--refresh");
      assert.equal(await on("p2", look), wanted);
      assert.equal(await holder(), "p1");
    });

    it("replaces the container of the host without the address first", async () => {
      const before = await holder();
      const standby = otherThan(before);
      stack.configure(config({ containerName: "web-nginx-2" }));
      const seen = await duringRequests("http://VIP:8080/", () => stack.up(), "200 hello");
      console.log(`      no answer for ${seen.outage} ms, ${seen.failures.length} of ${seen.sent} requests failed`);
      // Where the new container is quicker than the next check, the address stays.
      const answers = [`200 hello ${before}`, `200 hello ${standby}`].slice(0, seen.answers.length);
      assert.deepEqual(seen.answers, answers, "the address moved once at most");
      assert.ok(seen.outage < limitHere(2_000), `no answer for ${seen.outage} ms`);
      const made = (name: HostName) => on(name, "docker inspect -f '{{.Created}}' web-nginx-2");
      assert.ok((await made(standby)) < (await made(before)), "the standby came first");
      stack.configure(config());
      await stack.up();
    });

    it("warns when the hosts do not hear each other, and gets over it", async () => {
      for (const name of both) await on(name, "iptables -w 5 -I INPUT -p 112 -j DROP");
      await eventually("both have the address", 10, holders, (found) => found.length === 2);
      const warning = `${virtualAddress()} is on p1 and p2 at once: they do not hear each other; fix: let IP protocol 112`;
      assert.ok((await stack.up()).includes(warning));
      for (const name of both) await on(name, "iptables -w 5 -D INPUT -p 112 -j DROP");
      assert.equal(await holder(), "p1");
      assert.doesNotMatch(await stack.up(), /at once/);
    });

    it("scales to one host without the address, and back to two", async () => {
      const [left, gone] = both;
      stack.configure(config({ hosts: [left] }));
      await stack.up();
      assert.deepEqual(await holders(), []);
      assert.equal(await on(left, "curl -s http://127.0.0.1:8080/"), "hello p1");
      assert.deepEqual(await everything(gone as HostName), untouched[1]);
      stack.configure(config());
      await stack.up();
      assert.equal(await holder(), "p1");
      await assertInOrder();
    });

    it("leaves the hosts as they were when it is destroyed", async () => {
      await stack.destroy();
      assert.deepEqual(await snapshots(), untouched);
    });
  });
