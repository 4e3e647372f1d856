import assert from "node:assert/strict";
import { resolve } from "node:path";
import { HOST_NAMES } from "../../lab/src/name";
import { engines } from "./engines";
import { filesForLab, isThere, yamlForLab, type YamlResources } from "./example-programs";
import {
  assertOnHosts,
  clearOdc,
  emptyMetaDb,
  labFolder,
  labHosts,
  metaDbPassword,
  on,
  snapshots,
  theLab,
} from "./hosts";
import { DatabaseServer } from "./metadb-server";
import { query } from "./odp-stack";
import { clearOms, dropOmsDatabases } from "./oms-stack";
import { OwnProgram } from "./own-program";
import { TestStack } from "./stack";
import { FORMER } from "./traces";

/** What the example's outputs tell. */
interface Outputs {
  odc: string;
  oms: string;
  odp: { host: string; health: string }[];
  front: { host: string; healthy: boolean }[];
  dolphin: { alias: string; state: string }[];
  dolphinPassword: string;
}

/** Mistakes in the arguments of one deployment, and what a program in TypeScript is told of them, in the same order. */
const MISTAKES: Record<string, { change: (resources: YamlResources) => void; told: string[] }> = {
  "OmsMultiNode oms": {
    change: ({ oms }) =>
      void Object.assign(oms?.properties ?? {}, {
        initTimeout: 5,
        drc: { user: "drc", password: "${metaDbPassword}" },
        tsdb: {
          influxDb: { host: "${p3}", image: { reference: "influxdb:1.8" } },
          username: "a:b",
          password: "${metaDbPassword}",
        },
      }),
    told: [
      "initTimeout = 5: must be a whole number of seconds from 60 to 7200; fix: give a number in that range",
      'drc.user = "drc": config.yaml has no drc_user since 4.1.1, and version is 4.2.7; fix: remove drc; the user is given in the console, with each data source',
      'tsdb.username = "a:b": must have no colon, after which HTTP takes the rest for the password; fix: choose another name',
    ],
  },
  "OdpWithWatchdog odp": {
    change: ({ odp }) =>
      void Object.assign(odp?.properties ?? {}, { hosts: ["${p1}", "${p2}", "${p1}"], proxysysPassword: "a'b" }),
    told: [
      "proxysysPassword = [secret]: must be a text without quotes, backslashes and control characters; fix: choose another one, or leave it out to get a random one",
      'hosts[2] = "p1": each host can run one OBProxy of a deployment; fix: name it once',
    ],
  },
  "DolphinHaCluster dolphin": {
    change: ({ dolphin }) => {
      const parameters = dolphin?.properties.parameters as Record<string, Record<string, unknown>>;
      Object.assign(parameters, { agents: { logLevel: "LOUD" }, aliases: { "p9-datanode": { subExecutors: 2 } } });
    },
    told: [
      'parameters.agents.logLevel = "LOUD": must be DEBUG, INFO, WARNING or ERROR; fix: write it in capitals',
      'parameters.aliases.p9-datanode = {"subExecutors":2}: no data or compute node is called so; they are p1-datanode, p1-computenode, p2-datanode, p2-computenode, p3-datanode, p3-computenode; fix: mend the name; case counts',
    ],
  },
};

const errorOf = (component: string, told: string[]): string =>
  [
    `    error: ${component}: its arguments were refused (${told.length} problems); nothing was changed:`,
    ...told.map((problem) => `      - ${problem}`),
    "",
  ].join("\n");

// the fallback engine runs programs in TypeScript alone
for (const engine of engines().filter(({ choice }) => choice !== "fallback"))
  describe(`The example in YAML with all deployments, with the ${engine.name}`, function () {
    this.timeout(600_000);
    const program = new OwnProgram();
    let stack: TestStack | undefined;
    let metaDb: DatabaseServer | undefined;
    let untouched: string[];

    const made = (): TestStack => stack as TestStack;
    const clear = async () => {
      await clearOdc();
      await clearOms();
      for (const host of HOST_NAMES) await on(host, "rm -rf /var/lib/dolphin-dolphin /var/backups/dolphin-dolphin");
      if (metaDb) await dropOmsDatabases(metaDb);
    };

    before(async function () {
      if (!isThere("yaml")) this.skip();
      metaDb = await DatabaseServer.ofLab(theLab());
      await emptyMetaDb();
      untouched = (await snapshots()).filter((line) => !FORMER.test(line));
      await program.install();
      program.link(filesForLab());
      program.write({ "Pulumi.yaml": yamlForLab("yaml-all") });
      stack = new TestStack(engine, program.folder);
      await stack.init({ "dbha:privateKeyFile": resolve(labFolder, "id_ed25519") });
      await stack.succeed("config", "set", "--secret", "all-in-yaml:metaDbPassword", metaDbPassword());
    });
    after(async () => {
      stack?.remove();
      program.remove();
      if (stack) await clear();
      await metaDb?.close();
    });

    for (const [component, { change, told }] of Object.entries(MISTAKES))
      it(`tells what is wrong with the arguments of ${component} in preview, as a program in TypeScript is told`, async () => {
        program.write({ "Pulumi.yaml": yamlForLab("yaml-all", change) });
        const { code, text } = await made().run("preview");
        assert.notEqual(code, 0);
        assert.ok(text.includes(errorOf(component, told)), text);
      });

    it("deploys all of them, which serve", async () => {
      program.write({ "Pulumi.yaml": yamlForLab("yaml-all") });
      await made().up();
      const { odc, oms, odp, front, dolphin, dolphinPassword } = (await made().outputs()) as unknown as Outputs;
      for (const url of [`${odc}login`, oms])
        assert.equal(await on("p3", `curl -s -o /dev/null -w '%{http_code}' ${url}`), "200", url);
      assert.deepEqual(
        odp.map(({ host, health }) => [host, health]),
        [
          ["p1", "healthy"],
          ["p2", "healthy"],
        ],
      );
      assert.deepEqual(
        front.map(({ host, healthy }) => [host, healthy]),
        [["p3", true]],
      );
      await query(`${labHosts().p3.address}:3306`);
      assert.deepEqual([dolphin.length, dolphin.filter(({ state }) => state !== "online")], [12, []]);
      const state = await made().exported();
      for (const secret of [metaDbPassword(), dolphinPassword])
        assert.ok(!state.includes(secret), "it is in the state");
    });

    it("changes nothing the second time", async () => {
      await made().up("--refresh", "--expect-no-changes");
    });

    it("leaves nothing behind with destroy but the data that it keeps", async () => {
      await made().destroy();
      await clear();
      await assertOnHosts(untouched, FORMER);
    });
  });
