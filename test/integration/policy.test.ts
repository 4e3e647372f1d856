import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import * as yaml from "yaml";
import { Pack } from "../unit/policy/pack";
import { engines } from "./engines";
import { emptyMetaDb, labFolder, metaDbPassword, on } from "./hosts";
import { type Config, devConfig, type OdcSection } from "./odc-config";
import { OwnProgram } from "./own-program";
import { type Ran, TestStack } from "./stack";

const page = readFileSync("docs/policy.md", "utf8");

/** The page's lines that begin like this, as arguments of `pulumi`. */
const commands = (start: string): string[][] =>
  [...page.matchAll(/^pulumi (.*)$/gm)].map(([, line = ""]) => line.split(" ")).filter((words) => words[0] === start);

/** Stack dev, all four components, on the lab of the tests. */
const wholeDev = (): Config => {
  const text = readFileSync("Pulumi.dev.yaml", "utf8").replaceAll(".lab/demo/", `${labFolder}/`);
  return (yaml.parse(text) as { config: Config }).config;
};

/** Violations as the CLI shows them: how they are taken, policy and resource. */
const shown = ({ text }: Ran): string[] =>
  [...text.matchAll(/- \[(\w+)\] +\[severity: \w+\] +(\S+) +\([^ ]+ (\S+)\)/g)]
    .map(([, level, policy, resource]) => `${level} ${policy} ${resource}`)
    .sort();

// the fallback engine runs no policy packs
for (const engine of engines().filter(({ choice }) => choice !== "fallback"))
  describe(`The policy pack, with the ${engine.name}`, function () {
    this.timeout(600_000);
    const folder = mkdtempSync(join(tmpdir(), "dbha-policy-"));
    const file = join(folder, "policy.json");
    let stack: TestStack;

    before(async () => {
      await emptyMetaDb();
      stack = new TestStack(engine);
      await stack.init(wholeDev());
    });
    after(async () => {
      await stack.destroy();
      stack.remove();
      rmSync(folder, { recursive: true });
    });

    it("tells in preview what stack dev lacks", async () => {
      const [command = []] = commands("preview");
      const ran = await stack.run(...command);
      assert.notEqual(ran.code, 0, ran.text);
      assert.deepEqual(shown(ran), [
        "mandatory several-balancers odc",
        "mandatory tls dolphin",
        "mandatory tls dolphin",
        "mandatory tls dolphin",
        "mandatory tls odc",
        "mandatory tls oms",
      ]);
      assert.match(ran.text, /OdcHaDeployment odc on p3: proxy\.hosts = p3, without a virtual IP: all behind it is/);
    });

    it("stops an update before anything is changed", async () => {
      stack.configure(devConfig());
      writeFileSync(file, /^```json\n([^]*?)^```/m.exec(page)?.[1] ?? "");
      const [command = []] = commands("up");
      const asked = command.map((word) => (word === "policy.json" ? relative(".", file) : word));
      const ran = await stack.run(...asked, "--yes", "--skip-preview");
      assert.notEqual(ran.code, 0, ran.text);
      assert.deepEqual(shown(ran), ["advisory several-balancers odc", "mandatory tls odc"]);
      for (const host of ["p1", "p2", "p3"] as const) assert.equal(await on(host, "docker ps -aq"), "");
    });

    it("lets an update go on where all is advisory, and judges the state afterwards", async () => {
      stack.configure(
        devConfig((odc: OdcSection) => {
          odc.backup = { keep: 1 };
        }),
      );
      const advisory = { enforcementLevel: "advisory" };
      writeFileSync(file, JSON.stringify({ "several-balancers": advisory, tls: advisory, "kept-backups": advisory }));
      const ran = await stack.run(
        "up",
        "--yes",
        "--skip-preview",
        "--policy-pack",
        "policy",
        "--policy-pack-config",
        file,
      );
      assert.equal(ran.code, 0, ran.text);
      const found = ["kept-backups odc", "several-balancers odc", "tls odc"];
      assert.deepEqual(
        shown(ran),
        found.map((one) => `advisory ${one}`),
      );
      const [command = []] = commands("policy");
      const analyzed = await stack.run(...command);
      assert.notEqual(analyzed.code, 0, analyzed.text);
      assert.deepEqual(
        shown(analyzed),
        found.map((one) => `mandatory ${one}`),
      );
    });
  });

describe("The policy pack in the npm package", function () {
  this.timeout(600_000);
  const program = new OwnProgram();
  let pack: Pack;

  before(async () => {
    await program.install();
    const [install = ""] = /^npm install .*@pulumi\/policy.*$/m.exec(page) ?? [];
    await program.shell(install);
    const [, path = ""] = /--policy-pack (node_modules\/\S+)/.exec(page) ?? [];
    pack = await Pack.start(join(program.folder, path));
  });
  after(async () => {
    await pack.stop();
    program.remove();
  });

  it("is a package of its own, one compiled file", () => {
    assert.deepEqual(program.files.filter((path) => path.startsWith("policy/")).sort(), [
      "policy/PulumiPolicy.yaml",
      "policy/dist/pack.js",
      "policy/index.cjs",
      "policy/package.json",
    ]);
  });

  for (const engine of engines().filter(({ choice }) => choice !== "fallback"))
    it(`judges the README's program, with the ${engine.name}`, async () => {
      const [, command = []] = commands("preview");
      const stack = new TestStack(engine, program.folder);
      try {
        await emptyMetaDb();
        await stack.init({
          "dbha:privateKeyFile": resolve(labFolder, "id_ed25519"),
          "mine:metaDbPassword": metaDbPassword(),
        });
        const ran = await stack.run(...command);
        assert.notEqual(ran.code, 0, ran.text);
        assert.deepEqual(shown(ran), ["mandatory several-balancers odc", "mandatory tls odc"]);
      } finally {
        stack.remove();
      }
    });

  it("judges as the checkout's does", async () => {
    const inputs = { image: "nginx:1.28", privileged: true, envs: ["DB_PASSWORD=S3cret"] };
    const found = await pack.judge([{ type: "docker:index/container:Container", name: "web", inputs }]);
    assert.deepEqual(
      found.map(({ policy }) => policy),
      ["privileged-containers", "pinned-images", "plain-secrets"],
    );
  });
});
