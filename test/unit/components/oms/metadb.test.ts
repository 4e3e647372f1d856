import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  omsMetaDbLibrary,
  procedureOf,
  renderOmsMetaDbScript,
  type OmsMetaDbProcedure,
} from "../../../../components/oms/metadb";
import { emptyLists, newerThanBash42 } from "../../../old-tools/bash";
import { asWritten } from "../shell-source";

const procedure: OmsMetaDbProcedure = {
  metaDb: { host: "10.0.0.9", port: 2883, username: "oms@meta#ob", password: `p'a"s\\s #1` },
  databases: { rm: "oms_rm", cm: "oms_cm" },
  regions: [
    {
      location: 0,
      heartbeatDatabase: "hb",
      cmUrl: "http://10.1.0.101:8088",
      isDefault: true,
      nodes: ["10.1.0.11", "10.1.0.12"],
      lost: ["10.1.0.12"],
    },
    {
      location: 7,
      heartbeatDatabase: "hb_7",
      cmUrl: "https://cm.example.com:8088",
      isDefault: false,
      nodes: ["10.2.0.21"],
    },
  ],
  directory: "/var/backups/oms",
  name: "oms",
  keep: 5,
};
const script = renderOmsMetaDbScript({ ...procedure, location: 7 }, omsMetaDbLibrary.names);

/** What a shell says of these lines in place of the script's call. */
function shell(lines: string): string {
  const text = `${script.replace(/\necho\n"\$1" <\/dev\/null\n$/, "\n")}\nwork=$(mktemp -d)\ntrap 'rm -rf "$work"' EXIT\n${lines}\n`;
  const { stdout, stderr } = spawnSync("sh", ["-c", text], { encoding: "utf8" });
  assert.equal(stderr, "");
  return stdout;
}

describe("The script of the procedures on OMS's MetaDB", () => {
  it("is clean under shellcheck, and runs in bash 4.2", function () {
    this.timeout(30_000);
    const text = asWritten(script, omsMetaDbLibrary);
    // of two functions with one name the first one is never called
    const { error, stdout } = spawnSync("shellcheck", ["--shell=sh", "--exclude=SC2317", "-"], {
      input: text,
      encoding: "utf8",
    });
    assert.equal(error, undefined, "these tests need shellcheck: apt-get install shellcheck");
    assert.equal(stdout, "");
    assert.deepEqual([...newerThanBash42(text), ...emptyLists(text)], []);
  });

  it("shares a shell with other steps where it only asks", () => {
    for (const question of ["verify", "verify_url", "look"]) {
      const { length } = renderOmsMetaDbScript(procedure, [question]);
      assert.ok(length < 32 * 1024, `${length} bytes`);
    }
  });

  it("has the password once, for the client's option file", () => {
    assert.equal(script.split("s #1").length, 2);
    assert.match(shell('printf "%s\\n" "$options"'), /^password="p'a\\"s\\\\s #1"$/m);
  });

  it("knows its regions, and what a run is about", () => {
    const fields = (location: number): string => shell(`for f in 2 3 4 5 6; do region ${location} $f; done`);
    assert.equal(fields(0), "hb\nhttp://10.1.0.101:8088\n1\n10.1.0.11,10.1.0.12\n10.1.0.12\n");
    assert.equal(fields(7), "hb_7\nhttps://cm.example.com:8088\n0\n10.2.0.21\n\n");
    assert.equal(fields(70), "");
    assert.equal(shell("locations; echo $location"), "0\n7\n7\n");
    assert.equal(
      shell(`of_address; only oms_rm; only oms_cm; only hb; echo "$databases $name $note"`),
      "cluster_info\nhost\nlocation_cm\nresource_group\noms_rm oms_cm oms-cm /var/backups/oms/oms-cm-7\n",
    );
  });

  it("writes rows as JSON, whatever is in them", () => {
    const rows = String.raw`printf '%s\t%s\n' 7 'a"b\\c' -1 '' 007 '1 2' | rows_in_json code text`;
    assert.deepEqual(JSON.parse(shell(rows)), [
      { code: 7, text: 'a"b\\\\c' },
      { code: -1, text: "" },
      { code: "007", text: "1 2" },
    ]);
    assert.equal(shell("rows_in_json a </dev/null"), "[]");
    assert.equal(shell(`in_sql "it's a \\\\"`), "'it\\'s a \\\\'");
  });

  it("changes of a JSON text only the value of the key that is meant", () => {
    const set = (text: string, key: string, value: string): string =>
      shell(`printf %s '${text}' >"$work/ha"\nha_set ${key} ${value}\ncat "$work/ha"`);
    assert.equal(set('{"enableHost":true,"enable":false}', "enable", "true"), '{"enableHost":true,"enable":true}');
    assert.equal(set('{ "enable" :\n"TRUE" , "a&b":"x"}', "enable", "false"), '{ "enable" :\nfalse , "a&b":"x"}');
    assert.equal(set('{"enable":true}', "refetch", "5"), '{"refetch": 5, "enable":true}');
    assert.equal(set("{ }", "refetch", "5"), '{"refetch": 5 }');
  });

  it("is about each database once, and the version that OMS records", () => {
    const [first, second] = procedure.regions;
    const shared = { ...procedure, regions: [first, { ...second, heartbeatDatabase: "hb" }] } as OmsMetaDbProcedure;
    assert.deepEqual(procedureOf(procedure).databases, ["oms_rm", "oms_cm", "hb", "hb_7"]);
    assert.deepEqual(procedureOf(shared).databases, ["oms_rm", "oms_cm", "hb"]);
    assert.equal(procedureOf(procedure).version?.database, "oms_rm");
  });
});
