import assert from "node:assert/strict";
import {
  type VersionChange,
  versionProblems,
  versionWarnings,
} from "../../../../provider/resources/dolphin/upgrade-path";

const change = (values: Partial<VersionChange>): VersionChange => ({
  ...{ from: "3.00.3", to: "3.00.4", mode: "offline", keys: [] },
  ...values,
});
const problems = (values: Partial<VersionChange>): string[] => versionProblems(change(values));
const warnings = (values: Partial<VersionChange>): string[] => versionWarnings(change(values));

describe("Another server package", () => {
  it("is put in place offline from any earlier version, and rolling within a series", () => {
    assert.deepEqual(problems({}), []);
    assert.deepEqual(problems({ mode: "rolling" }), []);
    assert.deepEqual(problems({ from: "2.00.9.4", to: "2.00.10", mode: "rolling" }), []);
    assert.deepEqual(problems({ from: "2.00.16" }), []);
    assert.deepEqual(problems({ from: "2.00.16", mode: "rolling" }), [
      '2.00.16 and 3.00.4 are of different series, whose nodes need not understand each other; fix: set upgrade.mode to "offline"',
    ]);
  });

  it("is no earlier one, but by a rollback of which nothing written is lost unless said", () => {
    const back = { from: "3.00.4", to: "3.00.3" };
    assert.deepEqual(problems(back), [
      "3.00.4 runs, and 3.00.3 does not read its metadata; fix: give the package of 3.00.4 or later, or rollback with the backup that was made of 3.00.3",
    ]);
    const rollback = { backup: "20261129T180000Z-3.00.3", loseNewData: false };
    assert.deepEqual(problems({ ...back, rollback, isWritten: false }), []);
    assert.deepEqual(problems({ ...back, rollback, isWritten: true }), [
      "rows were written since the upgrade, and the vendor allows a rollback only when none were; fix: stay with the later version, or set rollback.loseNewData: what was written is lost",
    ]);
    assert.match(problems({ ...back, rollback }).join(), /^nobody can tell whether rows were written/);
    assert.deepEqual(problems({ ...back, rollback: { ...rollback, loseNewData: true }, isWritten: true }), []);
    assert.deepEqual(problems({ ...back, to: "3.00.2", rollback, isWritten: false }), [
      "the backup 20261129T180000Z-3.00.3 is not one of 3.00.2; fix: give the package and a backup of the same version",
    ]);
    assert.deepEqual(problems({ rollback }), [
      "3.00.4 is later than 3.00.3, and rollback leads to the version before; fix: leave rollback out, or give the former package",
    ]);
    // the rollback stays in the arguments after it was done
    assert.deepEqual(problems({ from: "3.00.3", to: "3.00.3", rollback }), []);
  });

  it("from 3.00.5 on needs the cluster's name for streaming in high availability, and other names of parameters", () => {
    const to = "3.00.5";
    assert.deepEqual(problems({ to, keys: ["streamingHAMode", "streamingHADir"] }), [
      "from 3.00.5 on streaming in high availability needs a name of the cluster; fix: give parameters.controllers.clusterName and clusterName in the settings of parameters.nodes",
      "streamingHADir is called streamingHALogDir from 3.00.5 on, and the engine ignores the former name in silence; fix: rename it together with the upgrade",
    ]);
    assert.deepEqual(problems({ to, keys: ["streamingHAMode", "streamingHALogDir", "clusterName"] }), []);
    assert.deepEqual(problems({ keys: ["streamingHAMode", "streamingHADir"] }), []);
  });

  it("is warned of", () => {
    assert.deepEqual(warnings({}), []);
    assert.deepEqual(warnings({ from: "3.00.4", keys: ["preloadModules"] }), []);
    assert.deepEqual(
      warnings({ from: "2.00.16", to: "3.00.4_JIT", mode: "rolling", keys: ["preloadModules"] }).map((one) =>
        one.slice(0, 60),
      ),
      [
        "from the series 2.00 to 3.00 functions may have gone, and plu",
        "within a series most versions work beside each other, and a ",
        "preloadModules: plugins are for one version of the server; w",
        "the package changes from the plain one to _JIT, which compil",
      ].map((one) => one.slice(0, 60)),
    );
  });
});
