import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import * as yaml from "yaml";
import { writeExamples, type Examples } from "../doc-examples";
import { engines, realPulumi } from "./engines";
import { emptyMetaDb, labFolder, metaDbPassword, theLab } from "./hosts";
import { onLab } from "./own-program";
import { ProjectCopy } from "./project-copy";

const page = readFileSync("docs/environments.md", "utf8");

/** A block of commands of the page, which begins with a line. */
function block(start: string): string {
  const blocks = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text = ""]) => text);
  const found = blocks.find((text) => text.startsWith(start));
  assert.ok(found, `docs/environments.md has no block that begins with ${start}`);
  return found;
}

/** Runs commands in bash, of which the first that fails ends them. @throws with all that they said. */
async function run(commands: string, cwd: string, env: Record<string, string>): Promise<string> {
  const { execa } = await import("execa");
  const { stdout } = await execa("bash", ["-c", `set -eu\n${commands}`], { cwd, env, timeout: 120_000 });
  return stdout;
}

/** A resource as a preview tells it. */
interface Planned {
  urn: string;
  newState: { inputs: { metaDb: { host: string; port: number } } };
}

interface Section {
  metaDb: { password: { secure?: string } };
}

for (const engine of engines())
  describe(`The commands of docs/environments.md, with the ${engine.name}`, function () {
    this.timeout(300_000);
    const project = new ProjectCopy();
    const { folder } = project;
    const env = {
      ...project.environment,
      DBHA_PULUMI: engine.choice,
      PATH: `${resolve("lab/bin")}:${process.env.PATH}`,
    };
    after(() => project.remove());

    it("make a stack of an example, with its secrets encrypted", async () => {
      for (const name of ["odc", "oms"]) writeFileSync(join(folder, `${name}.password`), `the password of ${name}\n`);
      const commands = block("cp stacks/examples");
      await run(commands, folder, env);
      const text = readFileSync(join(folder, "Pulumi.test.yaml"), "utf8");
      const { config, encryptionsalt } = yaml.parse(text) as {
        encryptionsalt: string;
        config: Record<string, Section>;
      };
      assert.match(encryptionsalt, /^v1:/);
      for (const name of ["odc", "oms"])
        assert.match(config[`dbha-stacks:${name}`]?.metaDb.password.secure ?? "", /^v1:/, name);
      assert.doesNotMatch(text, /the password of/);
      assert.equal((await run("pulumi config get throwAway --stack test", folder, env)).trim(), "true");
    });
  });

for (const engine of engines())
  describe(`Destroying a test environment by docs/environments.md, with the ${engine.name}`, function () {
    this.timeout(300_000);
    const project = new ProjectCopy();
    const env = {
      ...project.environment,
      DBHA_PULUMI: engine.choice,
      PATH: `${resolve("lab/bin")}:${process.env.PATH}`,
    };
    const [show = "", act = ""] = block("npx dbha destroy").split("\n");
    after(() => project.remove());

    /** Runs a command, whose exit code is told last. */
    const ended = (command: string): Promise<string> => run(`${command} || echo "ends with $?"`, project.folder, env);

    it("is refused, shown, done, and nothing the second time", async () => {
      project.deploysHosts("test");
      await run("pulumi stack init test\npulumi up --stack test --yes --skip-preview", project.folder, env);
      assert.match(await ended(act), /^- throwAway = \(not set\): only stacks that .*\nends with 1$/ms);
      await run("pulumi config set throwAway true --stack test", project.folder, env);
      const shown = "## Destroy of `test` (dbha-stacks)\n\n### What goes\n\n- hosts: 3 resources\n";
      assert.equal(await ended(show), `${shown}\nNothing was changed; with --yes-i-know it is.\nends with 10`);
      const done = await ended(act);
      assert.ok(done.startsWith(shown) && !done.includes("ends with"), done);
      assert.equal(await ended(act), "Nothing is deployed by stack test.");
    });
  });

const pulumi = realPulumi();
const withCli = pulumi === undefined ? describe.skip : describe;

withCli("Another passphrase by docs/environments.md, with the real CLI", function () {
  this.timeout(300_000);
  const project = new ProjectCopy();
  const { folder } = project;
  after(() => project.remove());

  it("opens configuration and state from then on, and the former one does not", async () => {
    const env = { ...project.environment, PATH: `${dirname(pulumi ?? "")}:${process.env.PATH}`, STACK: "prod" };
    for (const name of ["old", "new"]) writeFileSync(join(folder, `${name}.passphrase`), `the ${name} passphrase\n`);
    writeFileSync(join(folder, "odc.password"), "the password\n");
    project.deploysHosts("prod");
    // the one in the environment would come first
    Reflect.deleteProperty(env, "PULUMI_CONFIG_PASSPHRASE");
    const by = (name: string): string => `export PULUMI_CONFIG_PASSPHRASE_FILE=${name}.passphrase\n`;
    const set = "pulumi stack init prod\npulumi config set --secret --stack prod mine:note < odc.password\n";
    await run(`${by("old")}${set}`, folder, env);
    const salt = (): string =>
      /^encryptionsalt: (.*)$/m.exec(readFileSync(join(folder, "Pulumi.prod.yaml"), "utf8"))?.[1] ?? "";
    const former = salt();
    const said = await run(block("export PULUMI_CONFIG_PASSPHRASE_FILE=old"), folder, env);
    assert.match(said, /^Migrating old configuration and state to new secrets provider$/m);
    assert.match(said, /\+ 4 to create/);
    assert.notEqual(salt(), former);
    const get = "pulumi config get mine:note --stack prod\n";
    assert.equal((await run(`${by("new")}${get}`, folder, env)).trim(), "the password");
    await assert.rejects(run(`${by("old")}${get}`, folder, env), /incorrect passphrase/);
    const state = join(folder, ".state/.pulumi/stacks/dbha-stacks/prod.json");
    assert.ok(readFileSync(state, "utf8").includes(salt()), "the state has the new salt");
  });
});

withCli("What one stack takes of another by docs/environments.md, with the real CLI", function () {
  this.timeout(300_000);
  let folder: string;
  let examples: Examples;
  let env: Record<string, string>;

  /** Writes a project. @param nodeargs for the program. */
  const project = (name: string, main: string, nodeargs: string): void =>
    writeFileSync(
      join(folder, name, "Pulumi.yaml"),
      yaml.stringify({
        name: name === "proxies" ? "dbha-stacks" : "mine",
        main,
        runtime: { name: "nodejs", options: { typescript: false, nodeargs } },
        plugins: { providers: [{ name: "dbha", path: resolve("bin") }] },
      }),
    );

  before(async () => {
    await emptyMetaDb();
    examples = writeExamples("docs/environments.md", {});
    const [file = ""] = examples.files;
    folder = dirname(file);
    writeFileSync(file, onLab(readFileSync(file, "utf8")));
    for (const name of ["proxies", "odc", "state"]) mkdirSync(join(folder, name));
    // stands for the stack with the proxies: what counts of it is its output
    const program =
      'const { Config } = require("@pulumi/pulumi");\nexports.odp = { endpoint: new Config().require("at") };\n';
    writeFileSync(join(folder, "proxies/index.js"), program);
    project("proxies", "index.js", "");
    writeFileSync(
      join(folder, "odc/index.ts"),
      readFileSync(file, "utf8").replace(/from "\.\.\/(.*)"/, 'from "../../$1"'),
    );
    project("odc", "index.ts", `--require ${relative(join(folder, "odc"), resolve("stacks/preload.cjs"))}`);
    env = {
      PATH: `${dirname(pulumi ?? "")}:${process.env.PATH}`,
      PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_CREDENTIALS_PATH: mkdtempSync(join(tmpdir(), "dbha-credentials-")),
    };
    await run("pulumi stack init lab", join(folder, "proxies"), env);
    const set = [
      "pulumi stack init lab",
      `pulumi config set dbha:privateKeyFile ${resolve(labFolder, "id_ed25519")}`,
      "pulumi config set proxies lab",
      "pulumi config set --secret metaDbPassword < password",
    ];
    writeFileSync(join(folder, "odc/password"), metaDbPassword());
    await run(set.join("\n"), join(folder, "odc"), env);
  });
  after(() => {
    examples.remove();
    rmSync(env.PULUMI_CREDENTIALS_PATH ?? "", { recursive: true, force: true });
  });

  /** The stack with the proxies has this output. */
  const proxiesAt = (endpoint: string): Promise<string> =>
    run(`pulumi config set at ${endpoint}\npulumi up --yes --skip-preview`, join(folder, "proxies"), env);
  const preview = (): Promise<string> => run("pulumi preview --json --non-interactive", join(folder, "odc"), env);

  it("is not there as long as the other one has not been deployed", async () => {
    await assert.rejects(preview(), /Required output 'odp' does not exist on stack 'organization\/dbha-stacks\/lab'/);
  });

  it("is the address and port of the MetaDB that its preview asks", async () => {
    const { host, port } = theLab().metadb;
    await proxiesAt(`${host}:${port}`);
    const { steps } = JSON.parse(await preview()) as { steps: Planned[] };
    const odc = steps.find(({ urn }) => urn.endsWith("::dbha:index:OdcHaDeployment::odc"));
    assert.deepEqual([odc?.newState.inputs.metaDb.host, odc?.newState.inputs.metaDb.port], [host, port]);
  });

  it("is held against the same rules as a value of its own", async () => {
    await proxiesAt(`${theLab().metadb.host}:2`);
    await assert.rejects(preview(), /MetaDB/);
  });
});
