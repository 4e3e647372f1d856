import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe as told, differences } from "../../../../components/adopt/differences";
import { toldByArguments } from "../../../../components/oms/adopt";
import {
  initialisationDifferences,
  rowDifferences,
  servesByHand,
  versionDifferences,
} from "../../../../components/oms/adopt-proof";
import { configDifferences } from "../../../../components/oms/config-differences";
import { renderOmsConfig, type OmsConfig } from "../../../../components/oms/config-yaml";
import { ownAssignments, ownContainers } from "../../../../components/oms/own-containers";
import { versionInName } from "../../../../components/oms/versions";
import type { FoundContainer } from "../../../../provider/resources";
import { madeByHand } from "../made-by-hand";
import { influxDb, oneRegion, refused, withValues, type Args } from "./samples";

/** As the document's command makes it. */
const byHand = madeByHand({
  image: "sha256:a",
  reference: "oceanbase/oms-ce:feature_4.2.7_ce",
  environment: ["OMS_HOST_IP=10.0.0.11"],
  imageEnvironment: ["PATH=/bin"],
  privileged: true,
  ulimits: ["nproc=65535:65535"],
  mounts: [
    { source: "/data/config.yaml", target: "/home/admin/conf/config.yaml", readOnly: false },
    { source: "/data/oms/oms_logs", target: "/home/admin/logs", readOnly: false },
  ],
});
const certificate = { source: "/data/oms/https_crt", target: "/etc/pki/nginx/oms_server.crt", readOnly: false };

const wanted = {
  image: "sha256:a",
  envs: ["OMS_HOST_IP=10.0.0.11"],
  networkMode: "host",
  restart: "unless-stopped",
  privileged: true,
  ulimits: [{ name: "nproc", soft: 65535, hard: 65535 }],
  labels: [{ label: "dbha.oms", value: "oms" }],
  volumes: [
    { hostPath: "/data/config.yaml", containerPath: "/home/admin/conf/config.yaml" },
    { hostPath: "/data/oms/oms_logs", containerPath: "/home/admin/logs" },
  ],
};
const linesOf = (found: Partial<FoundContainer>, more: object = {}): string[] =>
  differences({ ...byHand, ...found }, { ...wanted, ...more }, toldByArguments({}, "p1")).map(told);

/** What differs of every container that was made as the document says, and stays. */
const always = [
  "restart: it has no, and the arguments say unless-stopped",
  "labels: it has none, and the arguments say dbha.oms=oms",
];

describe("A container of OMS that was made by hand", () => {
  it("may differ in what the document leaves to Docker", () => {
    assert.deepEqual(linesOf({}), always);
    assert.deepEqual(linesOf({ privileged: false, ulimits: [] }).slice(1, 3), [
      "privileged: it has false, and the arguments say true",
      "ulimits: it has none, and the arguments say nproc=65535:65535",
    ]);
  });

  it("must have its address, its directories and its host's network", () => {
    const [config, logs] = byHand.mounts;
    const lines = linesOf({
      environment: ["OMS_HOST_IP=10.0.0.12"],
      networkMode: "bridge",
      mounts: [{ ...(config as (typeof byHand.mounts)[number]), source: "/root/config.yaml" }, logs as never],
    });
    assert.deepEqual(
      lines.filter((line) => line.includes("fix:")),
      [
        "network: it has bridge, and the arguments say host; fix: OMS works on its host's network alone: make it anew with --net host, as its document says",
        "mount /home/admin/conf/config.yaml: it has /root/config.yaml, and the arguments say /data/config.yaml; fix: give configFile as it has it",
        'OMS_HOST_IP: it has "10.0.0.12", and the arguments say "10.0.0.11"; fix: give regions.nodeAddresses with p1 as it has it',
      ],
    );
  });

  it("must serve HTTPS where the arguments say so and nowhere else, with any certificate", () => {
    const both = [...wanted.volumes, { hostPath: "/data/https_crt", containerPath: certificate.target }];
    const mounts = [...byHand.mounts, certificate];
    assert.deepEqual(linesOf({ mounts }).slice(0, 1), [
      `mount ${certificate.target}: it has /data/oms/https_crt, and the arguments say nothing; fix: give https as it has it`,
    ]);
    assert.deepEqual(linesOf({}, { volumes: both }).slice(0, 1), [
      `mount ${certificate.target}: it has nothing, and the arguments say /data/https_crt; fix: give https as it has it`,
    ]);
    assert.deepEqual(linesOf({ mounts }, { volumes: both }).slice(0, 1), [
      `mount ${certificate.target}: it has /data/oms/https_crt, and the arguments say /data/https_crt`,
    ]);
  });

  it("must be of the version that its image's name tells, where that tells one", () => {
    assert.deepEqual(versionDifferences(byHand, "4.2.7"), []);
    assert.deepEqual(versionDifferences({ ...byHand, reference: "oms:latest" }, "4.2.10"), []);
    assert.deepEqual(versionDifferences(byHand, "4.2.10").map(told), [
      "version: it has 4.2.7 (oceanbase/oms-ce:feature_4.2.7_ce), and the arguments say 4.2.10; fix: give version as it has it",
    ]);
  });

  it("has the version of its name", () => {
    const known = {
      oms_427: "4.2.7",
      oms_4210: "4.2.10",
      "oms_427-bp1": "4.2.7-bp1",
      oms_old: undefined,
      oms: undefined,
    };
    for (const [name, version] of Object.entries(known)) assert.equal(versionInName(name, "oms"), version);
    assert.equal(versionInName("odc_427", "oms"), undefined);
  });
});

describe("config.yaml that was written by hand", () => {
  const config: OmsConfig = {
    metaDb: { host: "10.0.0.9", port: 2883, username: "root@oms#ob", password: "secret-one" },
    databases: { rm: "oms_rm", cm: "oms_cm", heartbeat: "oms_cm_heartbeat" },
    cm: { url: "http://10.0.0.101:8088", location: 100, isDefault: true, nodes: ["10.0.0.11", "10.0.0.12"] },
  };
  /** As the document's template has it. */
  const theirs = `# The information about OMS MetaDB.
oms_meta_host: 10.0.0.9
oms_meta_port: 2883
oms_meta_user: root@oms#ob
oms_meta_password: 'secret-one'
drc_rm_db: oms_rm
drc_cm_db: oms_cm
drc_cm_heartbeat_db: oms_cm_heartbeat
drc_user: drc_user_name
drc_password: 'OceanBase#oms'
cm_url: http://10.0.0.101:8088/
cm_location: 100
cm_nodes:
 - 10.0.0.11
 - 10.0.0.12
nginx_server_port: 8089
# tsdb_enabled: false
tsdb_service: 'INFLUXDB'
`;
  const lines = (found: string, version = "4.2.7"): string[] =>
    configDifferences(found, renderOmsConfig(config), version).map(told);

  it("means the same in any form, with OMS's defaults said or not, and with keys that nothing reads", () => {
    assert.deepEqual(lines(theirs), []);
    assert.deepEqual(lines(renderOmsConfig(config)), []);
    const named = { ...config, cm: { ...config.cm, region: "cn-anhui" } };
    assert.deepEqual(configDifferences(`${theirs}cm_region: cn-anhui\n`, renderOmsConfig(named), "4.2.7"), []);
  });

  it("is told key by key where it does not, without a secret", () => {
    const changed = theirs
      .replace("'secret-one'", "secret-two")
      .replace("cm_location: 100", "cm_location: 1")
      .replace(" - 10.0.0.12\n", "")
      .replace("nginx_server_port: 8089", "nginx_server_port: 8189")
      .replace("# tsdb_enabled: false", "tsdb_enabled: true\nsome_new_key: 7");
    assert.deepEqual(lines(changed), [
      "oms_meta_password of config.yaml: it has [secret], and the arguments say another [secret]; fix: give metaDb.password as it has it",
      "cm_location of config.yaml: it has 1, and the arguments say 100; fix: give regions.location as it has it",
      "cm_nodes of config.yaml: it has 10.0.0.11, and the arguments say 10.0.0.11, 10.0.0.12; fix: give regions.nodes as it has it",
      "tsdb_enabled of config.yaml: it has true, and the arguments say false; fix: give tsdb as it has it",
      "nginx_server_port of config.yaml: it has 8189, and the arguments say 8089; fix: give ports.console as it has it",
      "some_new_key of config.yaml: it has 7, and the arguments say nothing; fix: give settings.some_new_key as it has it",
      "tsdb_service of config.yaml: it has INFLUXDB, and the arguments say nothing; fix: give tsdb.service as it has it",
    ]);
    assert.doesNotMatch(lines(changed).join("\n"), /secret-|OceanBase/);
    assert.deepEqual(lines(theirs, "4.1.0").slice(0, 1), [
      "drc_user of config.yaml: it has drc_user_name, and the arguments say nothing; fix: give drc.user as it has it",
    ]);
  });

  it("is refused where it cannot be read", () => {
    for (const text of ["a: [", "- a\n", "", "a: &x [*x]\n"])
      assert.match(lines(text).join("\n"), /^config\.yaml: it has what is no list of keys in YAML, [^\n]*$/, text);
  });
});

describe("OMS that was deployed by hand", () => {
  it("must be initialised and run, and see the config.yaml of its host", () => {
    const of = (values: Record<string, string>): string[] =>
      initialisationDifferences(values, "oms_427", "/data/config.yaml").map(told);
    assert.deepEqual(of({ idle: "", initialised: "yes", otherFile: "" }), []);
    assert.deepEqual(of({ idle: "oms_console STOPPED, sshd missing", initialised: "no", otherFile: "1" }), [
      "initialisation: it has no marker /root/init_flag.txt, and the arguments say that it is done; fix: run docker exec oms_427 bash /root/docker_init.sh there, as its document says",
      "services: it has oms_console STOPPED, sshd missing, and the arguments say that all of them run; fix: docker exec oms_427 supervisorctl start all there",
      "config.yaml: it has another file than /data/config.yaml of its host by now, as an editor leaves it that swaps files, and the arguments say that one; fix: docker restart oms_427 there, once, after which it sees that one",
    ]);
    assert.match(
      of({ idle: "", initialised: "begun" }).join(),
      /it has docker_init\.sh at work, .*; fix: wait for it$/,
    );
  });

  it("must have its rows in the MetaDB", () => {
    const region = { location: 1, cmUrl: "http://10.0.0.101:8088", address: "10.0.0.11" };
    const found = {
      clusters: [{ location: 1, url: "http://10.0.0.101:8088/" }],
      hosts: [{ location: 1, ip: "10.0.0.11" }],
      ...{ plan: "", open: false },
    };
    assert.deepEqual(rowDifferences(found, region, "oms_427"), []);
    const [url, node] = rowDifferences(
      { ...found, clusters: [{ location: 1, url: "http://10.0.0.11:8088" }], hosts: [] },
      region,
      "oms_427",
    ).map(told);
    assert.equal(
      url,
      "cm_url in the MetaDB: it has http://10.0.0.11:8088, and the arguments say http://10.0.0.101:8088; fix: give regions.cmUrl as it has it",
    );
    assert.match(node ?? "", /^MetaDB: it has no node 10\.0\.0\.11 in region 1, /);
    const [region1] = rowDifferences({ ...found, clusters: [] }, region, "oms_427").map(told);
    assert.match(
      region1 ?? "",
      /^MetaDB: it has no row of region 1, .* run docker exec oms_427 bash \/root\/docker_init\.sh there$/,
    );
  });

  it("is asked in a shell for services, marker and file", () => {
    const folder = mkdtempSync(join(tmpdir(), "dbha-oms-adopt-"));
    const file = join(folder, "config.yaml");
    writeFileSync(file, "");
    const command = servesByHand("oms_427", file, file);
    const checked = spawnSync("shellcheck", ["-s", "sh", "-e", "SC2148", "-"], { input: command, encoding: "utf8" });
    assert.equal(checked.stdout, "");
    const ask = (status: string, marked: boolean, top = "", inode = `stat -c %i '${file}'`): unknown => {
      const docker = `docker() {
  case "$*" in
    top*) printf '%s\\n' '${top}' ;;
    *supervisorctl*) printf '%s\\n' '${status}' ;;
    *init_flag*) ${marked ? "true" : "false"} ;;
    *stat*) ${inode} ;;
  esac
}\n`;
      return JSON.parse(execFileSync("sh", ["-euc", docker + command], { encoding: "utf8" }));
    };
    const all = ["nginx", "oms_console", "oms_drc_cm", "oms_drc_supervisor"].map((one) => `${one} RUNNING pid 1`);
    const running = [...all, "sshd RUNNING pid 2"].join("\n");
    assert.deepEqual(ask(running, true), { idle: "", initialised: "yes", otherFile: "" });
    assert.deepEqual(ask(all.join("\n").replace("RUNNING", "FATAL"), false, "", "echo 1"), {
      idle: "nginx FATAL, sshd missing",
      initialised: "no",
      otherFile: "1",
    });
    const begun = ask(running, true, "7 bash /root/docker_init.sh", "false") as Record<string, string>;
    assert.deepEqual([begun.initialised, begun.otherFile], ["begun", ""]);
    rmSync(folder, { recursive: true });
  });

  it("has its containers found by the note of them, beside those with the deployment's label", () => {
    const home = mkdtempSync(join(tmpdir(), "dbha-oms-own-"));
    const records = join(home, ".dbha");
    execFileSync("mkdir", [records]);
    for (const [i, line] of ["adopted oms_427 aaa hash", "adopted obodc bbb hash", "container oms_427"].entries())
      writeFileSync(join(records, String(i)), `${line}\nurn\n`);
    const docker = `id() { echo 1000; }
docker() { case "$*" in *label=dbha.oms=oms*) echo oms_4210 ;; *id=aaa*) echo oms_427 ;; *) echo wrong ;; esac; }\n`;
    const script = `${docker}${ownAssignments({ name: "oms", prefix: "oms" })}${ownContainers.only(["own"])}own -a`;
    const said = execFileSync("sh", ["-euc", script], { encoding: "utf8", env: { ...process.env, HOME: home } });
    assert.equal(said, "oms_4210\noms_427\n");
    rmSync(home, { recursive: true });
  });
});

describe("Arguments of an OMS that is taken over", () => {
  const own = { image: { reference: "oceanbase/oms-ce:feature_4.2.7_ce", pull: false }, adopt: true };
  const of = (values: Args): string[] => refused(withValues(oneRegion(), { ...own, ...values }));

  it("name the image that the hosts have, and nothing that would replace what runs", () => {
    assert.deepEqual(of({}), []);
    assert.deepEqual(
      of({
        image: { reference: "oceanbase/oms-ce:feature_4.2.7_ce" },
        rollback: { backup: "/var/backups/oms/a.sql.gz" },
        tsdb: { influxDb },
      }).map((line) => line.replace(/\{.*\}/, "{}")),
      [
        "image.pull = (missing): what runs goes on with the image it has, and its registry may have another one by the same name; fix: give pull: false beside the reference, or tarballs of that image",
        "rollback = {}: replaces what adopt keeps; fix: take it over first, and go back then",
        "tsdb.influxDb = {}: is a new one, and OMS goes on with the time-series database that it has; fix: give url, username and password of that one; leave tsdb out where it has none",
      ],
    );
  });

  it("have a version that the container's name tells", () => {
    const version = { version: "4.10.1", image: { tarballs: { amd64: "oms.tar.gz" } } };
    assert.match(of(version).join("\n"), /^version = "4\.10\.1": the container's name does not tell it, /);
    assert.deepEqual(of({ ...version, adopt: false }), []);
  });
});
