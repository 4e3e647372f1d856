import assert from "node:assert/strict";
import {
  daysLeft,
  type LicenseTerms,
  licenseOf,
  onlineProblems,
  parseLicense,
} from "../../../../provider/resources/dolphin/license";

const TEXT = "2042.01.01,8,2,3,Trial Users,0,-1,,1\nM61R0ONe5dFVlsrT8TYM5HsSD0o8\nbm==\n";

const inForce: LicenseTerms = {
  ...{ end: "2027-01-31", memory: 64, cores: 16, nodes: 9, client: "Secret-of-client" },
  ...{ kind: "commercial", version: "" },
};

describe("A licence of DolphinDB", () => {
  it("has its terms in the first line", () => {
    const terms = { end: "2042-01-01", memory: 8, cores: 2, nodes: 3, client: "Trial Users", version: "" };
    assert.deepEqual(parseLicense(TEXT), terms);
    assert.deepEqual(parseLicense(TEXT.replaceAll("\n", "\r\n")), terms);
    assert.equal(parseLicense("2042.01.01,8,2,3,Users,0,-1,3.00,1,0\nbm==").version, "3.00");
  });

  it("is none without all of it, told without what stands there", () => {
    const problems: [text: string, message: string][] = [
      ["", 'its first line is empty, for which the engine says "Invalid license file."'],
      [
        "\n2042.01.01,8,2,3,Users,0\nbm==",
        'its first line is empty, for which the engine says "Invalid license file."',
      ],
      ["Secret,8,2,3,Users,0\nbm==", "its first line does not begin with a date like 2042.01.01"],
      [
        "2042.01.01,8,2,3,Users\nbm==",
        "its first line has fewer than the six values end, GB, cores, nodes, client, kind",
      ],
      ["2042.01.01,8,two,3,Users,0\nbm==", "GB, cores and nodes in its first line are not whole numbers"],
      ["2042.01.01,8,2,3,Users,0\n", "the signature below its first line is missing"],
    ];
    for (const [text, message] of problems) assert.throws(() => parseLicense(text), { message });
  });

  it("is what the engine tells of it, too", () => {
    const told = {
      ...{
        authorization: "trial",
        licenseType: 0,
        maxMemoryPerNode: 512,
        maxCoresPerNode: 128,
        clientName: "internal",
      },
      ...{ bindCPU: true, expiration: "2024.09.30", maxNodes: 128, version: "3.10", modules: 15 },
    };
    const terms = { end: "2024-09-30", memory: 512, cores: 128, nodes: 128 };
    assert.deepEqual(licenseOf(told), { ...terms, client: "internal", kind: "trial", version: "3.10" });
    for (const lacking of ["expiration", "maxNodes"])
      assert.throws(() => licenseOf({ ...told, [lacking]: undefined }), {
        message: "license() did not tell expiration, maxMemoryPerNode, maxCoresPerNode and maxNodes",
      });
  });

  it("has days left until its last one", () => {
    assert.deepEqual(
      ["2027-01-01", "2027-01-31", "2027-02-01"].map((day) => daysLeft(inForce, day)),
      [30, 0, -1],
    );
  });
});

describe("Another licence, while nodes run", () => {
  const problems = (next: Partial<LicenseTerms>, old: Partial<LicenseTerms> = {}): string[] =>
    onlineProblems({ ...inForce, ...old }, { ...inForce, end: "2028-01-31", ...next });

  it("is taken for the same client and kind, with no less, and a later end", () => {
    assert.deepEqual(problems({}), []);
    assert.deepEqual(problems({ nodes: 12, cores: 32, memory: 128 }), []);
    assert.deepEqual(
      ["free", "trial"].map((kind) => problems({ kind }, { kind })),
      [[], []],
    );
  });

  it("is refused for each rule of the engine, all at once, and without the client's name", () => {
    assert.deepEqual(
      problems({ client: "Secret-of-other", kind: "trial", nodes: 8, cores: 8, memory: 32, end: "2027-01-31" }),
      [
        "it is of the kind trial, and the one in force commercial",
        "it is for another client than the one in force",
        "it has 8 nodes, and the one in force 9",
        "it has 8 cores, and the one in force 16",
        "it has 32 GB, and the one in force 64",
        "it ends on 2027-01-31, not later than the one in force on 2027-01-31",
      ],
    );
  });

  it("is refused when the one in force is bound to a site", () => {
    assert.deepEqual(problems({ kind: "site" }, { kind: "site" }), [
      "the licence in force is of the kind site, and the engine changes commercial, free, trial alone",
    ]);
  });
});
