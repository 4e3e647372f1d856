import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { delimiter, resolve } from "node:path";
import { engines } from "../integration/engines";
import { clearOdc, labFolder, metaDbPassword } from "../integration/hosts";
import { OwnProgram } from "../integration/own-program";
import { TestStack } from "../integration/stack";
import { checkoutWith, nodeFolder, NODES, SDKS, type NodeVersion, type Sdk } from "./runtimes";

/** All of it takes about 40 minutes on two cores; `make test` runs what takes a minute. */
const isQuick = process.env.DBHA_VERSIONS !== "all";

/** What can be said of the library without a host, and the plugin's start. */
const LIBRARY = ["components", "provider", "stacks"].map((part) => `test/unit/${part}/**/*.test.ts`);
const START = ["start", "protocol"].map((part) => `test/provider/${part}.test.ts`);

const providerTests = readdirSync("test/provider").filter((file) => file.endsWith(".test.ts"));
/** Those of DolphinDB have their lab from a file that they share. */
const needsLab = (file: string): boolean =>
  /\blab\b|"\.\/dolphin-cluster"/.test(readFileSync(`test/provider/${file}`, "utf8"));
const [onLab, elsewhere] = [needsLab, (file: string) => !needsLab(file)].map((chosen) =>
  providerTests.filter(chosen).map((file) => `test/provider/${file}`),
) as [string[], string[]];

/** The newest SDK wants Node 22. */
const allowed = (node: NodeVersion, sdk: Sdk): boolean => sdk !== "newest" || node !== NODES[0];
const pairs = (sdks: Sdk[]): [NodeVersion, Sdk][] =>
  NODES.flatMap((node) => sdks.filter((sdk) => allowed(node, sdk)).map((sdk): [NodeVersion, Sdk] => [node, sdk]));

/** Runs tests by another Node, and fails with what failed. */
async function passes(node: NodeVersion, cwd: string, tests: string[]): Promise<void> {
  const { execa } = await import("execa");
  const env = { PATH: [await nodeFolder(node), process.env.PATH].join(delimiter), FORCE_COLOR: "0" };
  const args = ["node_modules/mocha/bin/mocha.js", "--timeout", "60000", ...tests];
  const { all, exitCode } = await execa("node", args, { cwd, env, all: true, reject: false, timeout: 900_000 });
  const [, passed = "0", failed = "0"] = /^(\d+) passed, (\d+) failed/m.exec(all) ?? [];
  assert.equal(exitCode, 0, all.slice(all.indexOf(" failing")).slice(0, 8_000));
  assert.equal(failed, "0");
  assert.ok(Number(passed) > 0, all);
}

describe("Other versions of Node and of the SDK", function () {
  this.timeout(1_200_000);

  for (const sdk of ["oldest", "newest"] as const)
    describe(`SDK ${SDKS[sdk]}`, () => {
      let checkout: Awaited<ReturnType<typeof checkoutWith>>;
      before(async () => (checkout = await checkoutWith(sdk)));
      after(() => checkout.remove());

      const nodes = isQuick ? [sdk === "oldest" ? NODES[0] : NODES[3]] : pairs([sdk]).map(([node]) => node);
      for (const node of nodes)
        it(`passes the tests of library and plugin on Node ${node}`, () =>
          passes(node, checkout.folder, [...LIBRARY, ...(isQuick ? START : elsewhere)]));
    });

  describe("this checkout", () => {
    for (const node of isQuick ? [NODES[2]] : NODES)
      it(`passes the tests of the lab's engine on Node ${node}`, () =>
        passes(node, ".", ["test/unit/engine/**/*.test.ts"]));

    for (const node of isQuick ? [] : NODES)
      it(`passes the plugin's tests on a host of the lab on Node ${node}`, () => passes(node, ".", onLab));
  });

  describe("a program of one's own", () => {
    for (const [node, sdk] of isQuick ? [] : pairs(["oldest", "newest"]))
      it(`is deployed by Node ${node} with SDK ${SDKS[sdk]}`, async () => {
        const program = new OwnProgram(await nodeFolder(node));
        try {
          await program.install(SDKS[sdk]);
          for (const engine of engines()) await deployed(new TestStack(engine, program.folder, program.environment));
        } finally {
          program.remove();
        }
      });
  });
});

/** Deploys the program, sees that nothing is left to do, and destroys it. */
async function deployed(stack: TestStack): Promise<void> {
  const config = { "dbha:privateKeyFile": resolve(labFolder, "id_ed25519"), "mine:metaDbPassword": metaDbPassword() };
  try {
    await stack.init(config);
    await stack.up();
    const { nodes } = (await stack.outputs()) as { nodes: { health: string }[] };
    assert.deepEqual(
      nodes.map(({ health }) => health),
      ["healthy", "healthy"],
    );
    await stack.up("--refresh", "--expect-no-changes");
  } finally {
    await stack.destroy();
    stack.remove();
    await clearOdc();
  }
}
