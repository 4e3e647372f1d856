import assert from "node:assert/strict";
import {
  containerNameOf,
  hasDrcUser,
  hasFirstVisitor,
  hasPorts,
  initialisedByImage,
  knowsUpgrade,
  needsDrcUser,
  omsVersion,
  upgradeProblem,
  versionOfReference,
} from "../../../../components/oms/versions";
import { atLeast } from "../../../../provider/resources/version";

describe("versions of OMS", () => {
  const texts: [text: string, version: string | undefined][] = [
    ["4.2.7", "4.2.7"],
    ["V4.2.7", "4.2.7"],
    ["4.2.11-CE", "4.2.11"],
    ["feature_4.2.7_ce", "4.2.7"],
    ["feature_4.0.0-ce_bp1", "4.0.0-bp1"],
    ["3.3.0-bp1", "3.3.0-bp1"],
    ["4.2", undefined],
    ["4.2.7.1", undefined],
    ["latest", undefined],
  ];
  for (const [text, version] of texts)
    it(`reads ${text}`, () => {
      assert.equal(omsVersion(text), version);
    });

  it("reads none in a list, which holds one as a text would", () => {
    assert.equal(omsVersion(["4.2.7"] as unknown as string), undefined);
  });

  const references: [reference: string, version: string | undefined][] = [
    ["reg.docker.alibaba-inc.com/oceanbase/oms:feature_4.2.2-ce", "4.2.2"],
    ["oceanbase/oms-ce:feature_4.2.11_ce", "4.2.11"],
    [`oceanbase/oms-ce:feature_4.2.11_ce@sha256:${"a".repeat(64)}`, "4.2.11"],
    ["registry.example.com:5000/oms-4.2.1", undefined],
    ["oms:latest", undefined],
  ];
  for (const [reference, version] of references)
    it(`reads the tag of ${reference.slice(0, 60)}`, () => {
      assert.equal(versionOfReference(reference), version);
    });

  it("are in the containers' names as in the documents", () => {
    assert.equal(containerNameOf({ containerPrefix: "oms", version: "4.2.7" }), "oms_427");
    assert.equal(containerNameOf({ containerPrefix: "my-oms", version: "4.2.11" }), "my-oms_4211");
    assert.equal(containerNameOf({ containerPrefix: "oms", version: "4.0.0-bp1" }), "oms_400-bp1");
  });

  const changes: [name: string, has: (version: string) => boolean, last: string, first: string][] = [
    ["initialise themselves", initialisedByImage, "4.2.10", "4.2.11"],
    ["have no first password", hasFirstVisitor, "4.2.0", "4.2.1"],
    ["have no drc user", (version) => !hasDrcUser(version), "4.1.0", "4.1.1"],
    ["need no drc user", (version) => !needsDrcUser(version), "3.2.2", "3.3.0"],
    ["have ports", hasPorts, "4.2.1", "4.2.2"],
    ["know of upgrades", knowsUpgrade, "3.3.0-bp1", "3.3.1"],
    ["are at least one with a patch", (version) => atLeast(version, "4.0.0-bp1"), "3.3.1", "4.0.0"],
  ];
  for (const [name, has, last, first] of changes)
    it(`${name} from ${first} on`, () => {
      assert.deepEqual([has(last), has(first)], [false, true]);
    });

  const allowed: [from: string, to: string, upgradeFrom?: string][] = [
    ["4.2.7", "4.2.7"],
    ["4.0.0", "4.0.0-bp1"],
    ["3.2.2", "3.3.0"],
    ["4.1.1", "4.2.0"],
    ["4.2.4", "4.2.6"],
    ["4.2.5", "4.2.6"],
    ["4.2.0", "4.2.9"],
    ["4.1.1", "4.2.11"],
    ["4.2.7", "4.2.14"],
    ["4.2.7", "4.2.10", "4.2.7"],
    ["4.1.0", "4.1.1", "4.1.0"],
  ];
  for (const [from, to, upgradeFrom] of allowed)
    it(`go from ${from} to ${to}${upgradeFrom === undefined ? "" : ", as the user says"}`, () => {
      assert.equal(upgradeProblem(from, to, upgradeFrom), undefined);
    });

  const problems: [from: string, to: string, upgradeFrom: string | undefined, problem: string][] = [
    [
      "4.2.7",
      "4.2.6",
      undefined,
      "OMS runs in version 4.2.7, and there is no way back to 4.2.6 but a backup; fix: give rollback.backup, a backup from before the upgrade, or take the version that runs",
    ],
    [
      "4.2.2",
      "4.2.6",
      undefined,
      "OMS 4.2.6 takes upgrades from 4.2.4 or 4.2.5 (two documents of 4.2.6, one for each), and 4.2.2 runs; fix: upgrade to 4.2.4 or 4.2.5 first, or set upgradeFrom where the release notes of 4.2.6 allow it",
    ],
    [
      "4.2.2",
      "4.2.4",
      "4.2.1",
      "OMS 4.2.4 takes upgrades from 4.2.3 (document of 4.2.4), and 4.2.2 runs; fix: upgrade to 4.2.3 first, or set upgradeFrom where the release notes of 4.2.4 allow it",
    ],
    [
      "4.1.0",
      "4.1.1",
      undefined,
      "OMS 4.1.1 takes no upgrades (document of 4.1.1: a new installation alone), and 4.1.0 runs; fix: choose another version, or set upgradeFrom where the release notes of 4.1.1 allow it",
    ],
    [
      "4.2.7",
      "4.2.10",
      undefined,
      'no document known here tells from which versions OMS 4.2.10 takes upgrades, and 4.2.7 runs; fix: look into the release notes of 4.2.10, and where they allow it set upgradeFrom: "4.2.7"',
    ],
    [
      "3.3.1",
      "4.2.11",
      undefined,
      "OMS 4.2.11 takes upgrades from 4.1.1 on (OBD), and 3.3.1 runs; fix: upgrade to 4.1.1 or a later version first, or set upgradeFrom where its release notes allow it",
    ],
  ];
  for (const [from, to, upgradeFrom, problem] of problems)
    it(`do not go from ${from} to ${to}`, () => {
      assert.equal(upgradeProblem(from, to, upgradeFrom), problem);
    });
});
