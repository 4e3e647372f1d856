import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { IsolatedSite } from "./bundle";
import { makeArchives } from "./bundle-archives";

/** The shell commands of docs/offline.md in their order. */
const blocks = [...readFileSync("docs/offline.md", "utf8").matchAll(/^```sh\n(.*?)^```$/gms)].map(
  ([, text = ""]) => text,
);
const [make = "", install = "", begin = "", uninstall = ""] = blocks;

const BUNDLE = "dbha-bundle-0.1.0";

/** Stands for `npm ci` where it is not what is tested: that of the whole bundle is. */
const NPM = "mkdir -p node_modules/pulumi-dbha";

describe("An isolated site", function () {
  this.timeout(600_000);
  const connected = mkdtempSync(join(tmpdir(), "dbha-connected-"));
  const site = new IsolatedSite();
  let real = false;

  before(() => {
    assert.equal(blocks.length, 4, "the tests run four blocks of docs/offline.md");
    for (const folder of ["images", "downloads"]) mkdirSync(join(connected, folder));
    writeFileSync(join(connected, "images/odc-4.3.1.tar.gz"), "an image");
    ({ real } = makeArchives(join(connected, "downloads"), ["amd64", "arm64"]));
    const script = `unset MAKELEVEL MAKEFLAGS MFLAGS; ${make.replace("images/", `${connected}/images/`)}`;
    const settings = { DOWNLOADS: join(connected, "downloads"), OUT: site.folder, SOURCE_DATE_EPOCH: "1764500000" };
    const made = execFileSync("bash", ["-ec", script], {
      encoding: "utf8",
      env: { ...process.env, ...settings },
      stdio: "pipe",
    });
    assert.equal(made.trim(), join(site.folder, `${BUNDLE}.tar`));
  });
  after(() => {
    site.remove();
    rmSync(connected, { recursive: true });
  });

  /** A command of the page with the prefix of this test. */
  const here = (text: string): string =>
    text
      .replace(/^(\S+\/install)/m, `$1 --prefix ${site.prefix}`)
      .replaceAll("/opt/dbha-bundle", site.prefix)
      .replace("file:///srv/pulumi", "file://$HOME");
  const current = (): string => readlinkSync(join(site.prefix, "current"));

  it("has no network", () => {
    const { stdout } = site.run("ip -brief address; ip route");
    assert.deepEqual(stdout.trim().split(/\s+/).slice(0, 2), ["lo", "UNKNOWN"]);
    assert.equal(stdout.trim().split("\n").length, 1);
  });

  it("installs the bundle by the commands of docs/offline.md, with an empty home", () => {
    const { status, stdout, stderr } = site.run(here(install));
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^dbha-bundle-0\.1\.0\.tar: OK$/m);
    assert.match(
      stdout,
      new RegExp(`^dbha 0\\.1\\.0 with Pulumi 3\\.260\\.0 is in ${site.prefix}\\. What is next:$`, "m"),
    );
    const told = stdout.split("\n").filter((line) => line.startsWith("  "));
    assert.deepEqual(
      told,
      here(begin)
        .replace("file://$HOME", "file:///srv/pulumi")
        .trim()
        .split("\n")
        .map((line) => `  ${line}`),
    );
    assert.deepEqual(site.list("prefix"), ["current", "env", "images", "releases"]);
    assert.deepEqual(site.list("prefix/images"), ["odc-4.3.1.tar.gz"]);
    assert.deepEqual(site.list("prefix/releases"), [current().split("/")[1]]);
    assert.deepEqual(site.list("home"), []);
  });

  it("has the providers in the versions of the npm packages, and their licences", () => {
    const { versions, packages } = JSON.parse(site.read("prefix/current/manifest.json")) as {
      versions: Record<string, string>;
      packages: number;
    };
    assert.deepEqual(versions, {
      pulumi: "3.260.0",
      command: "1.2.1",
      docker: "5.2.0",
      random: "4.21.2",
      tls: "5.6.1",
    });
    assert.deepEqual(site.list("prefix/current/plugins"), ["command", "docker", "random", "tls"]);
    const rows = site
      .read("prefix/current/LICENSES/README.md")
      .split("\n")
      .filter((line) => line.startsWith("| "));
    assert.equal(rows.length - 2, packages);
    assert.ok(rows.includes("| ssh2 | 1.17.0 | MIT | 1 |"));
    assert.deepEqual(
      rows.filter((row) => row.includes("not told")),
      [],
    );
    assert.match(site.read("prefix/current/LICENSES/@pulumi/docker@5.2.0/LICENSE"), /Apache License/);
  });

  /** Runs lines there after `env`. `pulumi` is the bundle's own; where that is a stand-in, the lab's engine, which no bundle has. */
  const inProject = (script: string) => {
    const lines = `. ${site.prefix}/env\n${script}`;
    const more: Record<string, string> = {
      PULUMI_CONFIG_PASSPHRASE: "test",
      ...(real ? {} : { DBHA_PULUMI: "fallback" }),
    };
    return site.run(real ? lines : lines.replace(/^pulumi /gm, `${resolve("lab/bin/pulumi")} `), more);
  };

  it("refuses a stack's configuration in preview with all problems, after the commands of docs/offline.md", () => {
    // the lab's engine knows no log-in
    const commands = real ? here(begin) : here(begin).replace(/^pulumi login (.*)$/m, "export PULUMI_BACKEND_URL=$1");
    const config = ["inventory hosts.yaml", "--path 'odc.nodes[0]' p9", "--path odc.proxy.connectTimeout 100"];
    writeFileSync(
      join(site.folder, "hosts.yaml"),
      "hosts:\n  - { name: p1, address: 10.0.0.11, acceptUnknownHostKey: true }\n",
    );
    const { status, stdout, stderr } = inProject(
      [
        commands,
        "cp ../hosts.yaml .",
        ...config.map((one) => `pulumi config set ${one}`),
        "pulumi preview --non-interactive",
      ].join("\n"),
    );
    const told = stdout + stderr;
    assert.notEqual(status, 0, told);
    assert.match(told, /the stack's configuration was refused \(\d+ problems\); nothing was changed:/);
    assert.match(told, /odc\.nodes\[0\] = "p9": the inventory knows p1; fix: mend the name, or add the host/);
    assert.match(told, /odc\.proxy\.connectTimeout = 100: must be a whole number of seconds from 1 to 75/);
  });

  it("previews a deployment with the providers of the bundle, and asks for none", function () {
    // stand-ins run nothing
    if (!real) this.skip();
    const { status, stdout, stderr } = inProject(
      "cd stacks; pulumi config rm odc; pulumi preview --non-interactive; pulumi plugin ls --project",
    );
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /pulumi:pulumi:Stack/);
  });

  it("has `dbha` and the policy pack", () => {
    const { status, stdout, stderr } = inProject(
      "dbha report --help; cd stacks; npx dbha report --help; ls node_modules/pulumi-dbha/policy",
    );
    assert.equal(status, 0, stderr);
    assert.equal(stdout.match(/^usage: pulumi preview --json \| dbha report/gm)?.length, 2);
    assert.match(stdout, /^PulumiPolicy\.yaml$/m);
  });

  it("changes nothing when it is installed again, but what is missing", () => {
    const before = statSync(join(site.prefix, current())).ino;
    rmSync(join(site.prefix, "env"));
    const { status, stdout } = site.run(`${BUNDLE}/install --prefix ${site.prefix}`);
    assert.equal(status, 0);
    assert.match(stdout, /^this bundle is installed already\n/);
    assert.equal(statSync(join(site.prefix, current())).ino, before);
    assert.ok(existsSync(join(site.prefix, "env")));
  });

  it("refuses a bundle with damaged, missing and strange files, all at once, and touches nothing", () => {
    site.alter(BUNDLE, "broken", { "npm/zod-4.6.7.tgz": "zod", "manifest.json": undefined, "npm/more.tgz": "more" });
    const { status, stdout, stderr } = site.run(`broken/install --prefix ${site.folder}/untouched`);
    assert.deepEqual([status, stdout], [1, ""]);
    assert.equal(
      stderr,
      `install: the bundle is not as it was made; nothing was installed:
  - ./manifest.json: is missing
  - ./npm/zod-4.6.7.tgz: is damaged
  - ./npm/more.tgz: is not in SHA256SUMS
fix: copy and unpack it again, after sha256sum -c of the .tar.sha256 beside it
`,
    );
    assert.equal(existsSync(join(site.folder, "untouched")), false);
  });

  it("refuses a machine that will not do with all reasons, and touches nothing", () => {
    const ends = [
      site.pretend("uname", "case $1 in -m) echo riscv64 ;; *) echo Linux ;; esac"),
      site.pretend("node", "echo 18.20.1"),
    ];
    mkdirSync(join(site.folder, "taken"));
    writeFileSync(join(site.folder, "taken/file"), "mine");
    const { status, stderr } = site.run(`${BUNDLE}/install --prefix ${site.folder}/taken`);
    for (const end of ends) end();
    assert.equal(status, 1);
    assert.equal(
      stderr,
      `install: this machine will not do; nothing was installed:
  - this machine is Linux riscv64: the bundle is for amd64 arm64; fix: make bundle ARCH="amd64 arm64"
  - Node 18.20.1: must be 20.19 or later; fix: install a later one, or make the bundle with NODE_ARCHIVES
  - ${site.folder}/taken: has files, and none of a bundle; fix: choose a folder that is empty or not there
`,
    );
    assert.deepEqual(site.list("taken"), ["file"]);
  });

  it("refuses a machine without room", () => {
    const end = site.pretend(
      "df",
      "printf 'Filesystem 1024-blocks Used Available Capacity Mounted on\\n/dev/x 9 8 1 89%% /\\n'",
    );
    const { status, stderr } = site.run(`${BUNDLE}/install --check --prefix ${site.folder}/untouched`);
    end();
    assert.equal(status, 1);
    assert.match(stderr, new RegExp(`^ {2}- ${site.folder}: has 1 KiB free, and needs \\d{6,}; fix: make room`, "m"));
  });

  it("looks only, with --check", () => {
    const { status, stdout } = site.run(`${BUNDLE}/install --check --prefix ${site.folder}/untouched`);
    assert.deepEqual([status, stdout], [0, "the bundle is as it was made, and this machine will do\n"]);
    assert.equal(existsSync(join(site.folder, "untouched")), false);
  });

  it("gets the programs of its own architecture", () => {
    const ends = [
      site.pretend("uname", "case $1 in -m) echo aarch64 ;; *) echo Linux ;; esac"),
      site.pretend("npm", NPM),
    ];
    const { status, stderr } = site.run(`${BUNDLE}/install --prefix ${site.folder}/arm`);
    for (const end of ends) end();
    assert.equal(status, 0, stderr);
    for (const program of ["pulumi/pulumi", "plugins/docker/pulumi-resource-docker"])
      assert.equal(readFileSync(join(site.folder, "arm/current", program)).readUInt16LE(18), 0xb7, program);
  });

  /** A bundle that differs, with right checksums. @param more lines of shell that change it further, in the site's folder. */
  function another(name: string, more = ":"): void {
    site.alter(BUNDLE, name, { "images/odc-4.3.1.tar.gz": `image of ${name}`, SHA256SUMS: undefined });
    assert.equal(site.run(more).status, 0);
    const { status, stderr } = site.run(
      `cd ${name}; find . -type f ! -name SHA256SUMS -exec sha256sum {} + >../sums; mv ../sums SHA256SUMS`,
    );
    assert.equal(status, 0, stderr);
  }

  it("takes Node from the bundle where it has one", () => {
    const node = join(site.folder, "node-v99.0.0-linux-x64");
    mkdirSync(join(node, "bin"), { recursive: true });
    writeFileSync(join(node, "bin/npm"), `#!/bin/sh\n${NPM}\n`, { mode: 0o755 });
    another(
      "with-node",
      "mkdir with-node/node && tar -czf with-node/node/node-v99.0.0-linux-x64.tar.gz node-v99.0.0-linux-x64",
    );
    const ends = [
      site.pretend("uname", "case $1 in -m) echo x86_64 ;; *) echo Linux ;; esac"),
      site.pretend("node", "echo 18.20.1"),
      site.pretend("npm", "exit 1"),
    ];
    const { status, stderr } = site.run(`with-node/install --prefix ${site.folder}/with-own-node`);
    for (const end of ends) end();
    assert.equal(status, 0, stderr);
    assert.deepEqual(site.list("with-own-node/current/node/bin"), ["npm"]);
    assert.match(site.read("with-own-node/env"), /\/current\/node\/bin:/);
  });

  it("goes on with the former bundle when an installation is killed, and takes the new one when it is run again", async () => {
    another("second");
    const former = current();
    const end = site.pretend("npm", `${NPM}; touch ${site.folder}/begun; exec sleep 60`);
    const killed = site.start(`second/install --prefix ${site.prefix}`);
    for (let waited = 0; !existsSync(join(site.folder, "begun")); waited += 50) {
      assert.ok(waited < 60_000, "npm was not reached");
      await setTimeout(50);
    }
    process.kill(-(killed.pid ?? 0), "SIGKILL");
    await once(killed, "exit");
    end();
    assert.equal(current(), former);
    assert.equal(site.list("prefix/releases").filter((name) => name.includes(".part.")).length, 1);

    const quick = site.pretend("npm", NPM);
    const { status, stderr } = site.run(`second/install --prefix ${site.prefix}`);
    quick();
    assert.equal(status, 0, stderr);
    assert.notEqual(current(), former);
    assert.deepEqual(site.list("prefix/releases"), [former, current()].map((path) => path.split("/")[1] ?? "").sort());
    assert.equal(site.read("prefix/images/odc-4.3.1.tar.gz"), "image of second");
  });

  it("keeps the release before, and goes back by that one's install", () => {
    another("third");
    const second = current();
    const end = site.pretend("npm", NPM);
    assert.equal(site.run(`third/install --prefix ${site.prefix}`).status, 0);
    assert.deepEqual(site.list("prefix/releases"), [second, current()].map((path) => path.split("/")[1] ?? "").sort());
    const { stdout } = site.run(`second/install --prefix ${site.prefix}`);
    end();
    assert.match(stdout, /^this bundle is installed already\n/);
    assert.equal(current(), second);
  });

  it("is as it was after --uninstall, but for what is yours", () => {
    writeFileSync(join(site.prefix, "mine"), "");
    const { status, stdout } = site.run(here(uninstall));
    assert.equal(status, 0);
    assert.match(stdout, /projects and state of yours are untouched\n$/);
    assert.deepEqual(site.list("prefix"), ["mine"]);
    const again = site.run(here(uninstall));
    assert.deepEqual(
      [again.status, again.stderr],
      [1, `install: ${site.prefix}: no bundle is installed there; fix: name the right folder by --prefix\n`],
    );
  });

  it("has an install that shellcheck likes", () => {
    const { status, stdout } = spawnSync("shellcheck", ["bundle/install"], { encoding: "utf8" });
    assert.deepEqual([status, stdout], [0, ""]);
  });
});
