import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Status } from "../../cli/status/status";
import type { HostName } from "../../lab/src/lab";
import { HOST_NAMES } from "../../lab/src/name";
import { makeCertificate } from "../unit/components/certificates";
import { ArgumentLists, DockerCalls } from "./argument-lists";
import { engines } from "./engines";
import { eventually, labHosts, on, snapshots } from "./hosts";
import type { DatabaseServer } from "./metadb-server";
import { clearOms, emptyOmsMetaDb, endOms, omsConfig, tarballsOf, virtualAddress } from "./oms-stack";
import { limitHere, RequestLoop } from "./request-loop";
import { TestStack } from "./stack";

interface OmsOutputs {
  url: string;
  regions: { cmUrl: string; holder: HostName }[];
  nodes: { host: HostName; endpoint: string; health: string }[];
  influxDb: { host: string; url: string; username: string; health: string };
  tsdbPassword: string;
  certificate: { trust: string; expires: string };
}

/** What YAML, SQL, InfluxQL, HTTP, JSON, shells and sed give a meaning to; each secret begins with a word that nothing else has. */
const special = `p#w: 'q"\\$x\`&|%{}[]!~ *?<>;,@/=1`;
const METADB = `Mq4-metadb ${special}`;
const TSDB = `Mq4-tsdb ${special}`;
const NEXT_TSDB = `Mq4-next ${special} é`;
const slsAudit = {
  accessKey: `Mq4-key ${special}`,
  accessSecret: `Mq4-secret ${special}`,
  endpoint: "sls.example.com",
  opsSiteTopic: "ops",
  userSiteTopic: "user",
};
/** In any of its forms; in Base64 as HTTP carries it, beside the user. */
const basic = [TSDB, NEXT_TSDB].map((password) => Buffer.from(`oms:${password}`).toString("base64").slice(0, 20));
const MARKED = new RegExp(["Mq4-", ...basic].join("|"));

const address = (): string => virtualAddress(121);

/** Two nodes with ports of their own; nginx on p2 and p3, which share an address; InfluxDB on p2; HTTPS. */
const config = (change: (oms: Record<string, unknown>) => void = () => undefined) =>
  omsConfig((oms) => {
    Object.assign(oms.metaDb, { password: METADB });
    oms.regions = [
      {
        location: 0,
        nodes: ["p1", "p3"],
        virtualIp: { address: `${address()}/24` },
        proxy: { hosts: ["p2", "p3"], image: tarballsOf("nginx"), cmPort: 28088, consolePort: 28089 },
      },
    ];
    Object.assign(oms, {
      ports: { ghana: 19090, console: 19089, cm: 19088, supervisor: 19100, sshd: 12024 },
      https: { privateCa: {}, alternativeNames: ["oms.example.com"] },
      tsdb: { influxDb: { host: "p2", image: tarballsOf("influxdb") }, password: TSDB },
      slsAudit,
    });
    change(oms);
  });

for (const engine of engines())
  describe(`OMS with HTTPS, nginx, ports and InfluxDB, with the ${engine.name}`, function () {
    this.timeout(300_000);
    let stack: TestStack;
    let server: DatabaseServer;
    let untouched: string[];
    let folder: string;
    const texts: string[] = [];

    before(async () => {
      folder = mkdtempSync(join(tmpdir(), "dbha-oms-"));
      server = await emptyOmsMetaDb(METADB);
      untouched = await snapshots();
      stack = new TestStack(engine);
      await stack.init(config());
    });
    after(async () => {
      rmSync(folder, { recursive: true });
      await endOms(stack, server);
    });

    const up = async (...args: string[]): Promise<string> => {
      const text = await stack.up(...args);
      texts.push(text);
      return text;
    };
    const outputs = async (): Promise<OmsOutputs> => (await stack.outputs()).oms as OmsOutputs;

    /** curl of this machine, its options on its input. @returns answer and status */
    async function curl(url: string, options: string[] = [], input = ""): Promise<string> {
      const { execa } = await import("execa");
      const args = ["-sS", "-m", "10", "-K", "-", "-w", "\n%{http_code}", ...options, url];
      const { stdout, stderr } = await execa("curl", args, { input, reject: false });
      return stdout + stderr;
    }
    /** The same, with an authority that is trusted. */
    function trusting(authority: string, url: string, ...options: string[]): Promise<string> {
      const file = join(folder, "authority.pem");
      writeFileSync(file, authority);
      return curl(url, ["--cacert", file, ...options]);
    }
    /** A query as the user, or as nobody. */
    const influx = (query: string, password?: string): Promise<string> => {
      const user = password && Buffer.from(`oms:${password}`).toString("base64");
      const form = ["-G", "--data-urlencode", "db=oms", "--data-urlencode", `q=${query}`];
      return curl(
        `http://${labHosts().p2.address}:8086/query`,
        [...(query.startsWith("S") ? [] : ["-X", "POST"]), ...form],
        user === undefined ? "" : `header = "Authorization: Basic ${user}"\n`,
      );
    };

    it("is deployed, with InfluxDB and its user first, and no password in any argument list", async () => {
      await stack.succeed("preview");
      const lists = new ArgumentLists();
      const docker = await DockerCalls.on("p2");
      let calls = "";
      try {
        await up();
      } finally {
        calls = await docker.stop();
      }
      const seen = await lists.stop();
      assert.match(calls, /^docker exec -i oms-influxdb-user influx/m);
      assert.deepEqual(
        [calls, ...seen].filter((list) => MARKED.test(list)),
        [],
      );
      const { url, regions, nodes, influxDb, tsdbPassword } = await outputs();
      assert.equal(url, `https://${address()}:28089/`);
      assert.equal(regions[0]?.cmUrl, `http://${address()}:28088`);
      assert.deepEqual(
        nodes.map(({ host, endpoint, health }) => [host, endpoint, health]),
        (["p1", "p3"] as const).map((host) => [host, `${labHosts()[host].address}:19089`, "healthy"]),
      );
      const { address: p2 } = labHosts().p2;
      assert.deepEqual(influxDb, { host: "p2", url: `${p2}:8086`, username: "oms", health: "healthy" });
      assert.equal(tsdbPassword, TSDB);
    });

    it("takes InfluxDB's user, and nobody else", async () => {
      assert.match(await influx("SHOW USERS", TSDB), /\["oms",true\][^]*\n200$/);
      assert.match(await influx("SHOW USERS"), /unable to parse authentication credentials[^]*\n401$/);
      assert.match(await influx("SHOW USERS", "x"), /authorization failed[^]*\n401$/);
      assert.match(await influx("CREATE USER a WITH PASSWORD 'b' WITH ALL PRIVILEGES"), /\n401$/);
      // both nodes' supervisors report
      await eventually(
        "points of both nodes",
        20,
        () => influx("SELECT COUNT(up) FROM heart_beat GROUP BY host", TSDB),
        (text) => [labHosts().p1, labHosts().p3].every((host) => text.includes(`{"host":"${host.address}"}`)),
      );
      const listens = await on("p2", "ss -Hltn sport = :14444 | awk '{ print $4 }'");
      assert.equal(listens.trim(), "127.0.0.1:14444");
      assert.match(
        await on("p2", "docker inspect -f '{{.HostConfig.RestartPolicy.Name}}' oms-influxdb"),
        /^unless-stopped$/m,
      );
    });

    it("shows no secret anywhere but in the files that are for them, which only root reads", async () => {
      const state = await stack.exported();
      for (const [i, text] of [state, ...texts].entries()) assert.doesNotMatch(text, MARKED, `state, or output ${i}`);
      const where = "/etc /opt /root /home /srv /usr/local /var /run /tmp /data";
      const patterns = ["Mq4-", ...basic].map((one) => `-e ${one}`).join(" ");
      for (const host of HOST_NAMES) {
        const found = await on(
          host,
          `grep -rlsIF ${patterns} --exclude-dir=docker --exclude-dir=containerd ${where} | xargs -r stat -c '%a %U %n' | sed 's/log\\.[0-9].*/log/' | sort -u`,
        );
        const files = ["600 root /data/oms/config.yaml", "600 root /data/oms/oms_logs/docker_init.log"];
        assert.deepEqual(found.split("\n").filter(Boolean), host === "p2" ? [] : files, host);
        const told = await on(
          host,
          `for one in $(docker ps -aq); do docker logs $one; docker inspect $one; done 2>&1; journalctl --no-pager 2>&1`,
        );
        // of docker_init.sh alone OMS keeps what it printed, in its log above
        assert.deepEqual(
          told.split("\n").filter((line) => MARKED.test(line)),
          [],
          host,
        );
      }
      assert.equal((await on("p2", "stat -c '%a %U' /data/oms-influxdb")).trim(), "700 root");
    });

    it("has every secret right in config.yaml", async () => {
      const read =
        "import json, yaml; print(json.dumps(yaml.safe_load(open('/home/admin/conf/config.yaml', encoding='utf-8'))))";
      const text = await on("p1", `docker exec oms_427 python3 -c "${read}"`);
      const values = JSON.parse(text) as Record<string, unknown>;
      assert.deepEqual(
        [values.oms_meta_password, values.tsdb_password, values.tsdb_url],
        [METADB, TSDB, `${labHosts().p2.address}:8086`],
      );
      assert.deepEqual(
        [values.apsara_audit_sls_access_key, values.apsara_audit_sls_access_secret],
        [slsAudit.accessKey, slsAudit.accessSecret],
      );
    });

    it("serves the console by HTTPS alone, through nginx on the host that has the address, and CM by its port", async () => {
      const { certificate, regions } = await outputs();
      const holder = regions[0]?.holder as HostName;
      assert.ok(["p2", "p3"].includes(holder), holder);
      assert.match(await on(holder, "ip -o address show"), new RegExp(` ${address().replaceAll(".", "\\.")}/`));
      assert.match(
        await trusting(certificate.trust, `https://${address()}:28089/oms/health`),
        /"healthy":true[^]*\n200$/,
      );
      const named = ["--resolve", `oms.example.com:28089:${address()}`];
      assert.match(await trusting(certificate.trust, "https://oms.example.com:28089/oms/health", ...named), /\n200$/);
      assert.match(await trusting(certificate.trust, `https://${labHosts().p1.address}:19089/oms/health`), /\n200$/);
      assert.doesNotMatch(await curl(`http://${labHosts().p1.address}:19089/oms/health`), /healthy|\n200$/);
      await on("p1", `timeout 5 bash -c ': </dev/tcp/${address()}/28088'`);
      // each client to one of the nodes
      const log = await on(holder, "docker logs oms-nginx 2>&1");
      const nodes = `(${[labHosts().p1.address, labHosts().p3.address].join("|").replaceAll(".", "\\.")})`;
      for (const port of [19088, 19089]) assert.match(log, new RegExp(` ${nodes}:${port}$`, "m"));
    });

    it("goes on by nginx at CM and console when the container of either node is killed", async () => {
      for (const host of ["p1", "p3"] as const) {
        // the stand-in's CM has nothing to show: that it says so is its answer
        const cm = new RequestLoop(`http://${address()}:28088/`, 1_000, /^404 stand-in/);
        const web = new RequestLoop(`https://${address()}:28089/`, 1_000, /^200 /);
        const both = () => Promise.resolve([cm.sent, web.sent]);
        await eventually("answers of both", 10, () => Promise.resolve(cm.has("404") && web.has("200")), Boolean);
        await on(host, "docker kill oms_427");
        const [ofCm = 0, ofWeb = 0] = await both();
        // 60 of them in 3 s
        await eventually("requests after it", 20, both, ([a = 0, b = 0]) => a > ofCm + 60 && b > ofWeb + 60);
        for (const loop of [cm, web]) {
          const { outage } = await loop.stop();
          assert.ok(outage <= limitHere(2_000), `${outage} ms without an answer when ${host} is killed`);
        }
        await up("--refresh");
      }
    });

    it("finds nothing to do when nothing changed", async () => {
      await up("--refresh", "--expect-no-changes");
    });

    it("makes InfluxDB's user again with another password, or none, and its container on the data that are there", async () => {
      await influx("SET PASSWORD FOR oms = 'x'", TSDB);
      assert.match(await influx("SHOW USERS", TSDB), /\n401$/);
      await up("--refresh");
      assert.match(await influx("SHOW USERS", TSDB), /\n200$/);
      await influx("DROP USER oms", TSDB);
      await on("p2", "docker rm -f oms-influxdb");
      await up("--refresh");
      assert.match(await influx("SHOW USERS", TSDB), /\["oms",true\][^]*\n200$/);
      assert.match(await influx("SELECT COUNT(up) FROM heart_beat", TSDB), /"count"[^]*\n200$/);
      await up("--refresh", "--expect-no-changes");
    });

    it("gets another password and another certificate while everything goes on, though the run is killed on its way", async () => {
      const processes = () =>
        on("p1", "docker inspect -f '{{.Id}} {{.State.Pid}}' oms_427; docker exec oms_427 supervisorctl pid nginx");
      const before = await processes();
      const { certificate, key } = await makeCertificate({
        commonName: "oms.example.com",
        names: ["oms.example.com"],
        addresses: [address()],
      });
      stack.configure(
        config((oms) => {
          oms.https = { provided: { chain: certificate, privateKey: key } };
          Object.assign(oms.tsdb as object, { password: NEXT_TSDB });
        }),
      );
      const apart = "until docker inspect oms-influxdb-user >/dev/null 2>&1; do sleep 0.02; done";
      await stack.killUpAt(on("p2", `timeout 60 sh -c '${apart}'`));
      await up();
      assert.match(await influx("SHOW USERS", NEXT_TSDB), /\n200$/);
      assert.match(await influx("SHOW USERS", TSDB), /\n401$/);
      assert.equal(await on("p2", "docker ps -aqf name=oms-influxdb-user"), "");
      const named = ["--resolve", `oms.example.com:28089:${address()}`];
      assert.match(await trusting(certificate, "https://oms.example.com:28089/oms/health", ...named), /\n200$/);
      assert.equal(await processes(), before, "nginx took it over by a reload");
      const { deployments } = JSON.parse((await stack.dbha("status", "--json")).stdout) as Status;
      assert.deepEqual(
        deployments.flatMap(({ served }) => served).map((one) => [one.host, one.endpoint, one.shows, one.certificate]),
        ["p1" as const, "p3" as const].map((host) => {
          return [host, `${labHosts()[host].address}:19089`, "deployed", "oms-console"];
        }),
        "dbha status sees it at both consoles",
      );
      const { tsdbPassword, influxDb } = await outputs();
      assert.deepEqual([tsdbPassword, influxDb.health], [NEXT_TSDB, "healthy"]);
      const counted = async () =>
        Number(/,(\d+)\]\]/.exec(await influx("SELECT COUNT(up) FROM heart_beat", NEXT_TSDB))?.[1]);
      const had = await counted();
      await eventually("new points", 20, counted, (count) => count > had);
      for (const [i, text] of [await stack.exported(), ...texts].entries())
        assert.doesNotMatch(text, MARKED, `text ${i}`);
      await up("--refresh", "--expect-no-changes");
    });

    it("leaves the hosts as they were when it is destroyed, the data apart", async () => {
      await stack.destroy();
      assert.equal((await on("p2", "ls /data")).trim(), "oms-influxdb");
      await clearOms();
      const now = await snapshots();
      assert.deepEqual(
        now.filter((line) => !untouched.includes(line)),
        [],
      );
    });
  });
