import assert from "node:assert/strict";
import { licenseProblems, licenseWarnings } from "../../../../components/dolphin/license-check";
import type { LicenseTerms } from "../../../../provider/resources/dolphin/license";
import { nodesOf, settled, vendors } from "./samples";

const terms: LicenseTerms = {
  ...{ end: "2027-01-31", memory: 64, cores: 16, nodes: 6, client: "Secret-of-client", version: "" },
};

const problems = (license: Partial<LicenseTerms>, values = {}, today = "2026-11-29"): string[] =>
  licenseProblems({ ...terms, ...license }, settled(vendors(values)), nodesOf(vendors(values)), today);

describe("A licence and what is described", () => {
  it("fit when nodes, memory and cores do", () => {
    assert.deepEqual(problems({}), []);
    assert.deepEqual(problems({ nodes: 6, memory: 32, cores: 4, version: "3.00.4" }, {}, "2027-01-31"), []);
  });

  it("do not fit for each reason, all at once", () => {
    const values = { "parameters.aliases": { datanode2: { maxMemSize: 48, workerNum: 8 } } };
    assert.deepEqual(problems({ nodes: 5, memory: 7, cores: 3, version: "2.00" }, values, "2027-02-01"), [
      "license: it ended on 2027-01-31: no node starts, and those that run stop 15 days after it; fix: give one that is in force",
      "license: it is for servers up to 2.00, and server.version is 3.00.4; fix: take an earlier server, or ask for another licence",
      "license: it has 5 nodes, and 6 data and compute nodes are described; fix: describe fewer, or ask for more",
      "license: it has 7 GB for a node, and maxMemSize is more: controllers 8, datanode1 32, computenode1 32, datanode2 48, computenode2 32, datanode3 32, computenode3 32; fix: lower it, or ask for more",
      "license: it has 3 cores for a node, and workerNum is more: controllers 4, agents 4, datanode1 4, computenode1 4, datanode2 8, computenode2 4, datanode3 4, computenode3 4; fix: lower it, or ask for more",
    ]);
  });

  it("are warned of from 30 days before the end", () => {
    assert.deepEqual(licenseWarnings(terms, "2026-12-31"), []);
    assert.deepEqual(licenseWarnings(terms, "2027-01-30"), [
      "license: ends on 2027-01-31, in 1 day; 15 days after it nodes stop, and none starts",
    ]);
    assert.equal(licenseWarnings(terms, "2027-01-01").length, 1);
    assert.deepEqual(licenseWarnings(terms, "2027-02-01"), []);
  });
});
