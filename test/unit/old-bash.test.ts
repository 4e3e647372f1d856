import assert from "node:assert/strict";
import { scripts } from "../../provider/scripts";
import { emptyLists, NEWER, newerThanBash42 } from "../old-tools/bash";
import { hostTexts } from "../old-tools/texts";

describe("Shell text for hosts with bash 4.2", function () {
  this.timeout(60_000);

  it("holds nothing newer, and no list that may be empty under set -u", async () => {
    const metaDb = { host: "10.0.0.2", port: 2881, username: "odc", password: "p", database: "odc" };
    const stage = { host: "10.0.0.1", interface: "eth0", metaDb, backup: "/var/backups/odc/one.sql.gz" };
    const texts = [
      ...scripts.map(({ name, text }) => ({ key: name, command: text })),
      ...(await hostTexts(stage)).map(({ key, command, stdin, content }) => ({
        key,
        command: [command, stdin, content].join("\n"),
      })),
    ];
    const found = texts.flatMap(({ key, command }) =>
      [...newerThanBash42(command), ...emptyLists(command)].map((words) => `${key}: ${words}`),
    );
    assert.deepEqual(found, []);
    assert.ok(texts.length > 60, String(texts.length));
  });

  for (const { version, example } of NEWER)
    it(`would be told of ${example}`, () => {
      assert.ok(newerThanBash42(`x=1\n${example}\n`).some((words) => words.startsWith(`${version}: `)));
    });

  it("would be told of an empty list", () => {
    assert.deepEqual(emptyLists('set -eu\nrun "${list[@]}" ${list[@]+"${list[@]}"}'), ['"${list[@]}"']);
    assert.deepEqual(emptyLists('set -u\nlist=()\nrun "${list[@]}"'), ['"${list[@]}"']);
    assert.deepEqual(emptyLists('set -u\nlist=(one)\nrun "${list[@]}"'), []);
    assert.deepEqual(emptyLists('run "${list[@]}"'), []);
  });
});
