import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { ImageDefinition } from "../../../lab/src/images";
import { describeServer, ensureServer, MARIADB, OCEANBASE } from "../../../lab/src/metadb-server";
import { pinnedPackage, Unavailable } from "../../../lab/src/seekdb";

describe("the server that is the lab's MetaDB", () => {
  const nothing = (): void => undefined;
  let asked: string[];
  beforeEach(() => {
    asked = [];
  });
  /** Makes images, but for those whose failure is given. */
  const maker = (failures: Record<string, Error>) => (image: ImageDefinition) => {
    asked.push(image.name);
    const failure = failures[image.name];
    return failure === undefined ? Promise.resolve("built") : Promise.reject(failure);
  };

  it("is OceanBase where that can be had, and MariaDB is not even asked for", async () => {
    const { server, done } = await ensureServer(undefined, nothing, maker({}));
    assert.equal(server, OCEANBASE);
    assert.equal(done, "OceanBase, built");
    assert.deepEqual(asked, ["seekdb"]);
  });

  it("is MariaDB where it cannot, said aloud and with the reason", async () => {
    const failures = { seekdb: new Unavailable("pylibseekdb==1.4.0.post1 is not made for ppc64") };
    const { server, done } = await ensureServer(undefined, nothing, maker(failures));
    assert.equal(server, MARIADB);
    assert.equal(
      done,
      "MariaDB IN THE PLACE OF OCEANBASE, which the real ODC needs; lab/down and lab/up try again to get that, built; pylibseekdb==1.4.0.post1 is not made for ppc64",
    );
    assert.deepEqual(asked, ["seekdb", "mariadb"]);
  });

  it("is none where the build fails of anything else: that is no reason to take another", async () => {
    const failures = { seekdb: new Error("building image seekdb: no space left on device") };
    await assert.rejects(ensureServer(undefined, nothing, maker(failures)), failures.seekdb);
    assert.deepEqual(asked, ["seekdb"]);
  });

  it("stays the one that the lab's data is in", async () => {
    assert.equal((await ensureServer(MARIADB, nothing, maker({}))).server, MARIADB);
    assert.deepEqual(asked, ["mariadb"]);
    const failures = { seekdb: new Unavailable("no package registry") };
    await assert.rejects(ensureServer(OCEANBASE, nothing, maker(failures)), { message: "no package registry" });
    assert.deepEqual(asked, ["mariadb", "seekdb"]);
  });

  it("is named by lab/status, the other one aloud", () => {
    assert.equal(describeServer(OCEANBASE, "5.7.25"), "OceanBase 5.7.25");
    assert.match(describeServer(MARIADB, "10.11.6"), /^MariaDB 10\.11\.6 IN THE PLACE OF OCEANBASE, /);
  });

  it("comes from a package that is pinned by version, and by one hash for each architecture", () => {
    const requirements = readFileSync("lab/images/seekdb/requirements.txt", "utf8");
    assert.match(pinnedPackage(requirements), /^pylibseekdb==\d+(\.\w+)+$/);
    assert.equal(requirements.match(/--hash=sha256:[0-9a-f]{64}\b/g)?.length, 2);
  });
});
