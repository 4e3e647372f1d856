import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cmMoveLibrary, renderCmMoveScript } from "../../../../components/oms/cm-move-script";
import { influxDbUserLibrary, renderInfluxDbUser } from "../../../../components/oms/influxdb-user";
import { initLibrary, renderInitScript } from "../../../../components/oms/init-script";
import { renderOmsNginx } from "../../../../components/oms/nginx";
import { renderPortGuard } from "../../../../components/oms/port-guard";
import { servicesCommand, startServices } from "../../../../components/oms/services";
import { renderUpgradeScript, upgradeLibrary } from "../../../../components/oms/upgrade-script";
import { asWritten, variablesOf } from "../shell-source";

const init = renderInitScript({
  host: "p1",
  container: "oms_427",
  logs: "/data/oms/oms_logs",
  byImage: false,
  timeout: 900,
  cmUrl: "http://10.0.0.101:8088",
  config: "0123",
  name: "oms",
  prefix: "oms",
  backup: "/var/backups/oms/oms-20261129T180000Z-4.2.6.sql.gz",
  secrets: ["it's \\1", "p#w"],
});
const influxDbUser = renderInfluxDbUser({
  container: "oms-influxdb",
  image: "sha256:1",
  directory: "/data/oms-influxdb",
  port: 8086,
  username: "oms",
  password: "p #w",
  timeout: 300,
});
const upgrade = (problem = ""): string =>
  renderUpgradeScript(
    {
      name: "oms",
      prefix: "oms",
      container: "oms_4210",
      record: "/var/backups/oms/oms-upgrade.txt",
      trigger: "oms_4210 after 4.2.7, p1 oms_427 now",
      problem,
    },
    upgradeLibrary.names,
  );
const move = renderCmMoveScript(
  {
    container: "oms_427",
    address: "10.0.0.11",
    plan: { made: "2026-11-29T12:00:00.000Z", stopped: ["10.0.0.11"], again: ["10.0.0.12"] },
    record: "",
    problem: "it's full",
  },
  cmMoveLibrary.names,
);

/** What a shell says of services that supervisord tells of, with a docker that prints that. */
function states(status: string) {
  const docker = `docker() { cat <<'EOF'\n${status}\nEOF\n}\n`;
  return spawnSync("sh", ["-c", docker + servicesCommand("oms_427")], { encoding: "utf8" });
}

describe("Scripts of OMS's nodes", () => {
  for (const [name, text] of Object.entries({
    init: asWritten(init, initLibrary),
    upgrade: asWritten(upgrade(), upgradeLibrary),
    influxDbUser: asWritten(influxDbUser, influxDbUserLibrary),
    move: asWritten(move, cmMoveLibrary),
  }))
    it(`${name} is clean under shellcheck`, () => {
      const checked = spawnSync("shellcheck", ["-s", "sh", "-"], { input: text, encoding: "utf8" });
      assert.equal(checked.stdout, "");
    });

  it("starts containers of the former version alone when no backup could be made", () => {
    const docker = `docker() { echo "docker $*" >&2; if [ "$1" = ps ]; then printf 'oms_427\\noms_425\\noms_4210\\n'; fi; }\n`;
    const { stderr, status } = spawnSync("sh", ["-s", "go"], {
      input: docker + upgrade("no space left"),
      encoding: "utf8",
    });
    assert.deepEqual(
      [status, ...stderr.trim().split("\n")],
      [
        0,
        "docker ps -a --filter label=dbha.oms=oms --format {{.Names}}",
        "starting oms_427 again, as no backup could be made",
        "docker start oms_427",
      ],
    );
  });

  it("take a node that was initialised by hand as it is, and never initialise it", () => {
    const run = (marked: boolean) => {
      const docker = `docker() {
  case "$*" in
    inspect*) echo "true 0" ;;
    *"-s init_flag.txt"*) ${marked ? "true" : "false"} ;;
    *"head -n 1 init_flag.txt"*) echo noon ;;
    "exec -i"*) echo "$*: $(cat)" >&2 ;;
    *docker_init.sh* | *restart*) echo "$*" >&2 ;;
  esac
}
`;
      return spawnSync("sh", ["-s", "init"], { input: docker + init, encoding: "utf8" });
    };
    const { status, stdout, stderr } = run(true);
    assert.deepEqual([status, stdout.trim()], [0, '{"did":"nothing","marker":"noon"}']);
    assert.deepEqual(stderr.trim().split("\n"), [
      "exec -i oms_427 bash -c cat >/root/.dbha-cm-url: http://10.0.0.101:8088",
      "exec -i oms_427 bash -c cat >/root/.dbha-config: 0123",
    ]);
    const refused = run(false);
    assert.equal(refused.status, 1);
    assert.match(
      refused.stderr,
      /^host p1: container oms_427 was made by hand and is not initialised: it has no marker \/root\/init_flag\.txt; fix: run docker exec oms_427 bash \/root\/docker_init\.sh there, then run this again/,
    );
    assert.doesNotMatch(refused.stderr, /^exec/m);
  });

  it("mask secrets in whatever form and place, and what follows a name that tells of one", () => {
    const masked = init.slice(init.indexOf("masked() {"), init.indexOf("tail_of() {"));
    const print = `work=$(mktemp -d)\nprintf '%s\\n' "$secrets" >"$work/secrets"\n${masked}\nmasked\nrm -r "$work"`;
    const input = "connect it's \\1 as p#wp#w\n{'host': 'm', 'password_original': 'x y', 'db': 'z'}\nplain line\n";
    assert.equal(
      execFileSync("sh", ["-c", variablesOf(init) + print], { input, encoding: "utf8" }),
      "connect [secret] as [secret][secret]\n{'host': 'm', 'password_original': [secret]\nplain line\n",
    );
  });

  it("say users and passwords of InfluxDB in its own quotes", () => {
    const render = { container: "c", image: "i", directory: "/d", port: 1, timeout: 1 };
    const script = renderInfluxDbUser({ ...render, username: 'o"m\\s', password: `it's "\\1` });
    assert.equal(
      execFileSync("sh", ["-s"], {
        input: `${variablesOf(script)}printf '%s\\n' "$create" "$change" "$basic"`,
        encoding: "utf8",
      }),
      `CREATE USER "o\\"m\\\\s" WITH PASSWORD 'it\\'s "\\\\1' WITH ALL PRIVILEGES
SET PASSWORD FOR "o\\"m\\\\s" = 'it\\'s "\\\\1'; GRANT ALL PRIVILEGES TO "o\\"m\\\\s"
${Buffer.from(`o"m\\s:it's "\\1`).toString("base64")}
`,
    );
  });

  it("know the five steps in Chinese and English, and nothing else", () => {
    const steps = init.slice(init.indexOf("steps() {"), init.indexOf("spoken() {"));
    const print = `masked() { cat; }\n${steps}\nfile=$(mktemp)\ncat >"$file"\nsteps "$file"\nrm "$file"`;
    const input =
      "# 【步骤二】创建 OMS 元信息库\n# [Step 4] Restart all OMS components.\n# 【结束】全部初始化步骤执行成功\n[Step 1] no heading\n";
    assert.equal(
      execFileSync("sh", ["-c", print], { input, encoding: "utf8" }),
      "2 of 5: 创建 OMS 元信息库\n4 of 5: Restart all OMS components.\n",
    );
  });

  it("tell the services' states, and take no other service for one of them", () => {
    const all = ["nginx", "oms_console", "oms_drc_cm", "oms_drc_supervisor", "sshd"];
    const lines = all.map((service) => `${service}   RUNNING   pid 17, uptime 0:01:00`);
    const well = states([...lines, "crond   FATAL   Exited too quickly"].join("\n"));
    assert.equal(well.status, 0);
    assert.deepEqual(JSON.parse(well.stdout), Object.fromEntries(all.map((service) => [service, "RUNNING"])));
    const ill = states([...lines.slice(1, 4), "sshd   FATAL   Exited too quickly"].join("\n"));
    assert.equal(ill.status, 1);
    assert.deepEqual(JSON.parse(ill.stdout), {
      ...Object.fromEntries(all.map((service) => [service, "RUNNING"])),
      nginx: "missing",
      sshd: "FATAL",
    });
  });

  it("start what does not run, and nothing else", () => {
    const status =
      "nginx STOPPED Not started\noms_console STARTING\nsshd RUNNING pid 1\ncrond FATAL x\noms_drc_cm FATAL x";
    const docker = `docker() { printf '%s\\n' "$*" >&2; printf '%s\\n' ${status
      .split("\n")
      .map((line) => `'${line}'`)
      .join(" ")}; }\nxargs() { cat; }\n`;
    const { stdout } = spawnSync("sh", ["-c", docker + startServices("oms_427")], { encoding: "utf8" });
    assert.equal(stdout, "nginx\noms_drc_cm\n");
  });
});

describe("Texts of OMS's hosts", () => {
  it("close supervisord's port by nftables or iptables, and open it again", () => {
    const unit = renderPortGuard("oms-1");
    const [start = "", stop = ""] = [...unit.matchAll(/^Exec(?:Start|Stop)=\/bin\/sh -c "(.*)"$/gm)].map(
      ([, text]) => text,
    );
    for (const text of [start, stop]) {
      assert.ok(!/["%$]/.test(text), "systemd would read these");
      assert.equal(
        spawnSync("shellcheck", ["-s", "sh", "-e", "SC2148", "-"], { input: text, encoding: "utf8" }).stdout,
        "",
      );
    }
    assert.match(start, /^nft 'add table inet dbha_oms_1; flush table inet dbha_oms_1; add chain /);
    assert.match(start, /add rule inet dbha_oms_1 input iif != lo tcp dport 8084 drop'/);
    assert.match(
      stop,
      /^nft 'delete table inet dbha_oms_1' 2>\/dev\/null; iptables -w -D INPUT ! -i lo -p tcp --dport 8084 /,
    );
  });

  it("forward CM and console by TCP to all nodes, each client to one of them", () => {
    const servers = (port: number) => [
      { address: "10.0.0.1", port },
      { address: "fd00::2", port },
    ];
    const text = renderOmsNginx([
      { name: "cm", listen: 18088, servers: servers(8088) },
      { name: "console", listen: 8089, servers: servers(8089) },
    ]);
    assert.deepEqual(
      [...text.matchAll(/^ +(upstream \w+|hash .*|server .*;|listen .*|proxy_pass .*)/gm)].map(([, line]) => line),
      [
        ...["upstream cm", "hash $remote_addr consistent;"],
        "server 10.0.0.1:8088 max_fails=1 fail_timeout=1s;",
        "server [fd00::2]:8088 max_fails=1 fail_timeout=1s;",
        ...["listen 18088 so_keepalive=on;", "proxy_pass cm;"],
        ...["upstream console", "hash $remote_addr consistent;"],
        "server 10.0.0.1:8089 max_fails=1 fail_timeout=1s;",
        "server [fd00::2]:8089 max_fails=1 fail_timeout=1s;",
        ...["listen 8089 so_keepalive=on;", "proxy_pass console;"],
      ],
    );
  });
});
