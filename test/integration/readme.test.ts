import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as yaml from "yaml";
import type { Status } from "../../cli/status/status";
import { readLab, run as runOn } from "../../lab/src/lab";
import { parseConfig } from "../../stacks/config";
import { eventually } from "./hosts";
import { isTold, told, traces } from "./traces";

/** Blocks of the README in order: language and text. */
function readmeBlocks(): { language: string; text: string }[] {
  return [...readFileSync("README.md", "utf8").matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(
    ([, language = "", text = ""]) => ({ language, text }),
  );
}

/** The block that begins with a line. */
function blockWith(start: string): string {
  const block = readmeBlocks().find(({ text }) => text.startsWith(start));
  assert.ok(block, `the README has no block that begins with ${start}`);
  return block.text;
}

/** The part of the demo's output that the README shows: on a slow machine lines of what is waited for stand before it. */
const table = (text: string): string => text.slice(text.lastIndexOf("┌"));

/** The same, with addresses, the widths that they give the table, and times made alike. */
const shown = (text: string): string =>
  table(text)
    .replace(/\d+\.\d+\.\d+\.\d+:/g, "ADDRESS:")
    .replace(/http:\/\/[\d.]+/g, "http://ADDRESS")
    .replace(/\b\d+ s\b/g, "N s")
    .replace(/─+/g, "─")
    .replace(/ +/g, " ")
    .trim();

/** Runs a command as a user would: the `make` that runs these tests is not to be told of. */
async function run(command: string, env: Record<string, string> = {}): Promise<string> {
  const { execa } = await import("execa");
  const script = `unset MAKELEVEL MAKEFLAGS MFLAGS; ${command}`;
  const { all } = await execa("bash", ["-c", script], { all: true, env, timeout: 600_000 });
  return all;
}

describe("The README's demo", function () {
  this.timeout(900_000);
  let first: string;
  let untouched: string[];

  before(async () => {
    await run("lab/up --name demo");
    untouched = await traces("demo");
    first = await run("make demo");
  });

  it("prints the table that the README shows", () => {
    assert.equal(shown(first), shown(blockWith("┌")));
    assert.equal(table(first).match(/ healthy /g)?.length, 7);
    assert.equal(table(first).match(/ online /g)?.length, 12);
    assert.doesNotMatch(first, /^warning:/m);
  });

  it("prints curl lines that work when pasted, one for each component", async () => {
    const lines = first.split("\n").filter((one) => one.startsWith("  curl "));
    const [odc = "", metrics, oms = "", dolphin = ""] = await Promise.all(lines.map((line) => run(line)));
    assert.equal((JSON.parse(odc) as { data: { version: string } }).data.version, "4.3.1");
    assert.equal(metrics, "odp_standin_up 1");
    assert.deepEqual((JSON.parse(oms) as { data: unknown }).data, { healthy: true });
    assert.match(dolphin, /p1-controller \(controller\): stand-in for the DolphinDB server 3\.00\.4\.3/);
  });

  it("changes nothing the second time", async () => {
    const second = await run("make demo");
    assert.match(second, /\d+ unchanged/);
    assert.doesNotMatch(second, /\d+ (created|updated|deleted|replaced|to create|to update|to delete|to replace)/);
    assert.equal(shown(second), shown(first));
  });

  /** What `npx dbha status` tells of the demo, and the code that it ends with. */
  async function status(): Promise<Status & { code: number; problems: string[] }> {
    const { execa } = await import("execa");
    const script = 'eval "$(lab/env --name demo)" && bin/dbha status --stack dev --json';
    const { exitCode = -1, stdout, stderr } = await execa("bash", ["-c", script], { reject: false, timeout: 120_000 });
    assert.equal(stderr, "");
    const told = JSON.parse(stdout) as Status;
    return { ...told, code: exitCode, problems: told.findings.map(({ problem }) => problem) };
  }

  it("is told of by npx dbha status as the table has it: all is well, one host has the address, one controller leads", async () => {
    const { code, problems, hosts, deployments, drift } = await status();
    assert.deepEqual([code, problems, drift], [0, [], []]);
    assert.deepEqual(
      hosts.map(({ name, state }) => [name, state]),
      [
        ["p1", "reached"],
        ["p2", "reached"],
        ["p3", "reached"],
      ],
    );
    const parts = deployments.flatMap((one) => one.parts);
    // those of the table, and the two hosts of the virtual IP
    const expected = (table(first).match(/ (healthy|online) /g)?.length ?? 0) + 2;
    assert.deepEqual([parts.length, new Set(parts.map(({ health }) => health))], [expected, new Set(["healthy"])]);
    assert.deepEqual(
      deployments.map(({ title }) => title),
      ["ODC", "OBProxy", "OMS", "DolphinDB"],
    );
    assert.deepEqual(
      deployments[2]?.virtualIps.map(({ holders }) => holders.length),
      [1],
    );
    assert.match(deployments[3]?.leader ?? "", /^p[123]-controller$/);
    assert.equal(deployments[3]?.license?.end, "2099-12-31T23:59:59.000Z");
    assert.ok(parts.every(({ layer, version, endpoint }) => endpoint !== "" && (version !== "") === (layer !== "vip")));
  });

  it("is told of as critical while something is down, and as drifted when a file was edited", async () => {
    const lab = readLab("demo");
    await runOn(lab, "p3", "docker stop --time 1 odc-nginx");
    await runOn(lab, "p2", "systemctl stop dbha-dolphin-dolphin-agent.service");
    const down = await status();
    assert.equal(down.code, 2);
    assert.match(down.problems.join("\n"), /^odc nginx on p3: container odc-nginx is exited; probe: /m);
    assert.match(down.problems.join("\n"), /^dolphin agent p2-agent: unit dbha-dolphin-dolphin-agent\S* is inactive/m);
    assert.deepEqual(
      down.deployments.map(({ level }) => level),
      ["critical", "ok", "ok", "critical"],
    );
    await run(
      'eval "$(lab/env --name demo)" && pulumi up --stack dev --yes --skip-preview --refresh --non-interactive',
    );
    const file = "/etc/dbha/odc-nginx/nginx.conf";
    await runOn(lab, "p3", `echo '# edited' >>${file}`);
    const edited = await status();
    assert.deepEqual(
      [edited.code, edited.problems],
      [1, [`odc-proxy-files-p3 is not as it was deployed: files["${file}"].content`]],
    );
  });

  it("is destroyed with nothing of it left on its hosts but what is told before", async () => {
    const destroy = 'eval "$(lab/env --name demo)"; npx dbha destroy --stack dev';
    const shown = await run(`${destroy} || [ $? = 10 ]`);
    assert.match(shown, /^Nothing was changed; with --yes-i-know it is\.$/m);
    const stays = told(shown);
    assert.deepEqual([...new Set(stays.map(({ host }) => host))], ["p1", "p2", "p3"]);
    const done = await run(`${destroy} --yes-i-know`);
    assert.ok(done.startsWith(shown.slice(0, shown.indexOf("\nNothing was changed"))), done);
    // a log-in's processes end some seconds after it
    const { left, missing } = await eventually(
      "what the hosts had before",
      30,
      async () => {
        const now = await traces("demo");
        return {
          left: now.filter((line) => !untouched.includes(line) && !isTold(line, stays)),
          missing: untouched.filter((line) => !now.includes(line)),
        };
      },
      (seen) => seen.left.length === 0 && seen.missing.length === 0,
    );
    assert.deepEqual([left, missing], [[], []]);
  });

  it("is removed without a trace", async () => {
    await run("make demo-down");
    const directory = resolve(".lab/demo");
    assert.equal(existsSync(directory), false);
    // by the directory, for another checkout may have a lab of the same name
    const ofTheDemo = `--filter label=dbha.lab.directory=${directory}`;
    assert.equal(await run(`docker ps -aq ${ofTheDemo}`), "");
    assert.equal(await run(`docker network ls -q ${ofTheDemo}`), "");
    assert.equal(await run(`docker volume ls -q ${ofTheDemo}`), "");
  });
});

describe("The README", function () {
  this.timeout(60_000);

  it("lists the Makefile's commands, and no others", async () => {
    const listed = [...readFileSync("README.md", "utf8").matchAll(/`make ([a-z-]+)`/g)].map(([, name = ""]) => name);
    const offered = (await run("make help")).split("\n").map((line) => line.split(/\s+/)[1] ?? "");
    assert.deepEqual([...new Set(listed), "help"].sort(), offered.sort());
  });

  it("configures a stack of one's own by commands that the stack accepts, with the inventory of docs/hosts.md", async () => {
    const folder = mkdtempSync(join(tmpdir(), "dbha-readme-"));
    try {
      for (const file of ["Pulumi.yaml", "package.json", "index.ts"]) copyFileSync(file, join(folder, file));
      const commands = blockWith("npm ci\npulumi stack init prod").split("\n");
      const settings = commands.filter((line) => /^pulumi (stack init|config set)/.test(line));
      assert.equal(settings.length, 12);
      const script = [`export PATH=${resolve("lab/bin")}:$PATH`, "set -e", `cd ${folder}`, ...settings].join("\n");
      await run(script, {
        PULUMI_BACKEND_URL: `file://${folder}`,
        PULUMI_CONFIG_PASSPHRASE: "test",
        PULUMI_SKIP_UPDATE_CHECK: "true",
      });
      const [inventory] = [...readFileSync("docs/hosts.md", "utf8").matchAll(/^```yaml\n(.*?)^```$/gms)];
      writeFileSync(join(folder, "hosts.yaml"), inventory?.[1] ?? "");
      const { config } = yaml.parse(readFileSync(join(folder, "Pulumi.prod.yaml"), "utf8")) as {
        config: Record<string, { metaDb: Record<string, unknown> }>;
      };
      const odc = config["dbha-stacks:odc"];
      assert.ok(odc && config["dbha-stacks:inventory"]);
      assert.deepEqual(Object.keys(odc.metaDb.password as object), ["secure"], "the password is encrypted");
      odc.metaDb.password = "the password";
      const parsed = parseConfig({
        "dbha-stacks:inventory": join(folder, "hosts.yaml"),
        "dbha-stacks:odc": JSON.stringify(odc),
      });
      assert.deepEqual(parsed.odc?.nodes, ["p1", "p2"]);
      assert.equal(parsed.odc.metaDb.username, "odc@meta#ob");
      assert.equal(parsed.hosts[1]?.sudo, true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
