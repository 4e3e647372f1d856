import assert from "node:assert/strict";
import { LIMIT } from "../../../cli/report/fit";
import type { Gate } from "../../../cli/report/gates";
import { reportOf } from "../../../cli/report/report";
import { golden, recorded, recordings } from "./recordings";

const report = (name: string): string => reportOf(recorded(name), `${name}.json`).markdown;

describe("Reports of previews that the real CLI has made", () => {
  it("are of first deployment, changes, upgrades of all four, scaling in, drift, destroy and failures", () => {
    assert.deepEqual(recordings, [
      "destroy",
      "dolphindb-upgrade",
      "drift",
      "first-deployment",
      "nothing",
      "odc-removed",
      "odc-upgrade",
      "odp-upgrade",
      "oms-upgrade",
      "parameters",
      "passwords",
      "refresh-only",
      "refused-change",
      "refused-configuration",
      "refused-metadb",
      "scale-in",
    ]);
  });

  for (const name of recordings)
    it(`say of ${name} what its golden report says`, () => {
      assert.equal(report(name), golden(name));
    });
});

describe("Secrets in reports", () => {
  const PLAIN = "S3cret-of-the-state";
  const SIGNATURE = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

  /** A recording with other marks for what is secret. */
  const marked = (name: string, mark: object): string => recorded(name).replaceAll('"[secret]"', JSON.stringify(mark));

  for (const name of ["passwords", "parameters", "oms-upgrade", "drift"]) {
    it(`are hidden in ${name} when they come in envelopes with their plain text`, () => {
      const text = marked(name, { ...SIGNATURE, value: JSON.stringify(PLAIN) });
      assert.ok(text.includes(PLAIN));
      assert.equal(reportOf(text, "stdin").markdown, golden(name));
    });

    it(`are hidden in ${name} when they come encrypted`, () => {
      const text = marked(name, { ...SIGNATURE, ciphertext: "v1:abc:def" });
      assert.equal(reportOf(text, "stdin").markdown, golden(name));
    });
  }

  it("are hidden by their properties' names where nothing marks them", () => {
    const text = recorded("passwords").replaceAll('"[secret]"', JSON.stringify(PLAIN));
    assert.ok(text.includes(PLAIN));
    assert.equal(reportOf(text, "stdin").markdown, golden("passwords"));
  });
});

const COMPONENT = "urn:pulumi:dev::mine::dbha:index:OdcHaDeployment::odc";

/** A preview in which one file of a component's host changes. */
const ofFile = (before: unknown, after: unknown, count = 1): string => {
  const steps = Array.from({ length: count }, (_, at) => ({
    op: "update",
    urn: `urn:pulumi:dev::mine::dbha:index:OdcHaDeployment$dbha:index:Files::odc-dirs-${at}`,
    detailedDiff: { 'files["/etc/app"].content': { kind: "update", inputDiff: true } },
    oldState: { parent: COMPONENT, inputs: { host: { name: "p1" }, files: { "/etc/app": { content: before } } } },
    newState: { parent: COMPONENT, inputs: { host: { name: "p1" }, files: { "/etc/app": { content: after } } } },
  }));
  return JSON.stringify({ steps, changeSummary: { update: count } });
};

describe("Texts in reports", () => {
  it("differ by line, with one line around", () => {
    const { markdown } = reportOf(ofFile("a\nb\nc\nd\n", "a\nb\nC\nd\n"), "stdin");
    assert.ok(markdown.includes("    ```diff\n    @@ line 2 @@\n     b\n    -c\n    +C\n     d\n    ```\n"), markdown);
  });

  it("cannot end the block they stand in, nor mention people", () => {
    const { markdown } = reportOf(ofFile("a\n", "a\n```\n@everybody\n"), "stdin");
    assert.ok(
      markdown.includes("    ````diff\n    @@ line 1 @@\n     a\n    +```\n    +@everybody\n    ````\n"),
      markdown,
    );
  });

  it("are shown by their beginning where they are long", () => {
    const { markdown } = reportOf(ofFile("\n", "line\n".repeat(200)), "stdin");
    assert.equal(markdown.match(/^ *\+line$/gm)?.length, 58);
    assert.match(markdown, /^ *@@ 142 more lines @@$/m);
  });

  it("of a secret file are not shown when one side is secret", () => {
    const { markdown } = reportOf(ofFile("plain\n", "[secret]"), "stdin");
    assert.ok(markdown.includes('`files["/etc/app"].content`: another secret'), markdown);
    assert.doesNotMatch(markdown, /plain/);
  });
});

describe("Reports that are too long for a comment", () => {
  const long = (count: number): string =>
    ofFile(`${"x".repeat(80)}\n`.repeat(10), `${"y".repeat(80)}\n`.repeat(10), count);

  it("leave out how texts differ, and say so", () => {
    const { markdown } = reportOf(long(100), "stdin");
    assert.ok(Buffer.byteLength(markdown) <= LIMIT);
    assert.match(markdown, /^ {2}- `files\["\/etc\/app"\]\.content`: 20 lines differ$/m);
    assert.match(markdown, /^_Cut to fit into a comment: how texts differ line by line are left out; /m);
  });

  it("leave out values, and say so", () => {
    const { markdown } = reportOf(long(1000), "stdin");
    assert.ok(Buffer.byteLength(markdown) <= LIMIT);
    assert.doesNotMatch(markdown, /lines differ/);
    assert.equal(markdown.match(/^- \d+\. files `odc-dirs-\d+` are changed$/gm)?.length, 1000);
    assert.match(markdown, /^_Cut to fit into a comment: old and new values are left out; /m);
  });

  it("end early, and say by how many lines", () => {
    const { markdown } = reportOf(long(5000), "stdin");
    const kept = markdown.match(/^- \d+\. files/gm)?.length ?? 0;
    assert.ok(Buffer.byteLength(markdown) <= LIMIT);
    assert.ok(Buffer.byteLength(markdown) > LIMIT - 200);
    assert.ok(markdown.includes(`old and new values, and the last ${5000 - kept} lines of this report, are left out`));
  });
});

describe("Gates", () => {
  const code = (name: string, ...gates: Gate[]): number => reportOf(recorded(name), "stdin", gates).code;

  it("let pass what they do not name", () => {
    for (const name of ["destroy", "drift", "nothing", "parameters"]) assert.equal(code(name), 0, name);
  });

  it("stop what restarts, is replaced or goes", () => {
    const stopped = recordings.filter((name) => code(name, "replace") === 10);
    const changes = ["destroy", "dolphindb-upgrade", "odc-removed", "odc-upgrade", "odp-upgrade", "oms-upgrade"];
    assert.deepEqual(stopped, [...changes, "parameters", "scale-in"]);
  });

  it("stop drift", () => {
    assert.deepEqual(
      recordings.filter((name) => code(name, "drift") === 11),
      ["drift", "refresh-only"],
    );
  });

  it("stop any change", () => {
    const passed = recordings.filter((name) => code(name, "any") === 0);
    assert.deepEqual(passed, ["nothing"]);
  });

  it("answer with the most special one", () => {
    assert.equal(code("drift", "any", "drift"), 11);
    assert.equal(code("odc-upgrade", "any", "drift", "replace"), 10);
    assert.equal(code("nothing", "any", "drift", "replace"), 0);
  });

  it("count less than a preview that failed", () => {
    for (const name of ["refused-change", "refused-configuration", "refused-metadb"])
      assert.equal(code(name, "any"), 1, name);
  });
});
