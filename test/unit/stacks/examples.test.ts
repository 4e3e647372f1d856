import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "../../../stacks/config";
import { Pack } from "../policy/pack";
import { deployedBy, type Example, examples, inventoryOf, ready, written } from "./example-stacks";

/** All paths of a value that lead to something plain. */
function leaves(value: unknown, path: string): [string, unknown][] {
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) =>
    leaves(inner, Array.isArray(value) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`),
  );
}

/** What docs/environments.md says that the examples differ in: settings, with what is below them. */
const allowed = (): string[] => {
  const [, table = ""] =
    /\n\| setting .*\n\|[- |]+\n((?:\|.*\n)+)/.exec(readFileSync("docs/environments.md", "utf8")) ?? [];
  return table
    .split("\n")
    .flatMap((row) => [...(row.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, path = ""]) => path));
};

const below = (path: string, setting: string): boolean =>
  path === setting || path.startsWith(`${setting}.`) || path.startsWith(`${setting}[`);

describe("The example stacks", function () {
  this.timeout(60_000);
  const files = mkdtempSync(join(tmpdir(), "dbha-examples-"));
  after(() => rmSync(files, { recursive: true }));

  for (const name of examples)
    it(`${name} is accepted as it is, but for two passwords that are no text of a file`, async () => {
      const config = await ready(name, files);
      const { hosts, odc, odp, oms, dolphin } = parseConfig(config);
      assert.deepEqual(hosts.length, name === "prod" ? 5 : 3);
      assert.ok(odc && odp && oms && dolphin);
      const [section, other] = [written(name)["dbha-stacks:odc"], written(name)["dbha-stacks:oms"]];
      const without = {
        ...config,
        "dbha-stacks:odc": JSON.stringify(section),
        "dbha-stacks:oms": JSON.stringify(other),
      };
      assert.throws(
        () => parseConfig(without),
        ({ message }: Error) => /odc\.metaDb\.password/.test(message) && /oms\.metaDb\.password/.test(message),
      );
    });

  it("differ in what docs/environments.md lists, in all of that, and in nothing else", () => {
    const all = examples.map(
      (name) => new Map(leaves(written(name), "").map(([path, value]) => [path.replace("dbha-stacks:", ""), value])),
    );
    const paths = [...new Set(all.flatMap((one) => [...one.keys()]))];
    const different = paths.filter((path) => new Set(all.map((one) => JSON.stringify(one.get(path)))).size > 1);
    const settings = allowed();
    assert.deepEqual(
      different.filter((path) => !settings.some((one) => below(path, one))),
      [],
    );
    assert.deepEqual(
      settings.filter((one) => !different.some((path) => below(path, one))),
      [],
    );
  });

  it("hold no secret", () => {
    for (const name of examples) {
      const named = leaves(written(name), "").filter(([path]) =>
        /password|secure|license|privateKey|secret/i.test(path),
      );
      for (const [path] of named) assert.match(path, /\.file$/, `${name}: ${path}`);
    }
  });

  it("are of hosts that none shares with another", () => {
    const addresses = examples.flatMap((name) => inventoryOf(name).map(({ address }) => address));
    assert.equal(new Set(addresses).size, addresses.length);
  });

  describe("as programs", () => {
    let pack: Pack;
    before(async () => {
      pack = await Pack.start();
    });
    after(() => pack.stop());

    /** What the program makes of an example. */
    const deployed = async (name: Example) =>
      deployedBy(await ready(name, files), inventoryOf(name), (name === "prod" ? 128 : 16) * 2 ** 30);

    for (const [name, broken] of [
      ["test", ["kept-backups"]],
      ["staging", []],
      ["prod", []],
    ] as [Example, string[]][])
      it(`${name} breaks ${broken.length === 0 ? "no policy" : broken.join()}`, async () => {
        const { resources, placed, outputs } = await deployed(name);
        // what another stack takes of it (docs/environments.md)
        assert.deepEqual(Object.keys(outputs).sort(), ["dolphin", "odc", "odp", "oms"]);
        assert.match((outputs.odp as { endpoint: string }).endpoint, /^10\.\d\.0\.101:3306$/);
        for (const type of ["OdcHaDeployment", "OdpWithWatchdog", "OmsMultiNode", "DolphinHaCluster"])
          assert.ok(
            resources.some((one) => one.type === `dbha:index:${type}`),
            type,
          );
        const found = await pack.judge(resources, placed);
        assert.deepEqual(
          [...new Set(found.map(({ policy }) => policy))],
          broken,
          found.map(({ message }) => message).join("\n"),
        );
      });
  });
});
