import assert from "node:assert/strict";
import { LabBench, startLabBench } from "./lab-host";

const type = "dbha:index:File";

describe("File where another file is mounted", function () {
  this.timeout(60_000);
  let bench: LabBench;
  const path = "/etc/dbha-mounted";

  before(async () => {
    bench = await startLabBench();
  });
  beforeEach(() => bench.on(`echo origin >/root/origin; : >${path}; mount --bind /root/origin ${path}`));
  afterEach(() => bench.on(`umount ${path} 2>/dev/null; rm -f ${path} /root/origin`));
  after(() => bench.plugin.stop());

  const where = (step: string) => `host p3 (${String(bench.host.address)}): ${step} ${path}: `;

  it("says so, and leaves it and nothing beside it", async () => {
    const args = { host: bench.host, path, content: "new", onChange: "echo acted >/root/acted" };
    await assert.rejects(bench.plugin.make(type, args), {
      message:
        `${where("write")}a file is mounted at this path, as containers have it for /etc/hosts, and no rename can take its place; ` +
        "the old file stays; change the file that is mounted there at its origin, or unmount it, or give another path",
    });
    assert.equal(
      await bench.on(`cat ${path}; ls -A /etc | grep -c dbha; ls /root/acted 2>&1 || true`),
      "origin\n1\nls: cannot access '/root/acted': No such file or directory",
    );
  });

  it("takes over an equal one, and does not remove it", async () => {
    const { id, state } = await bench.plugin.make(type, { host: bench.host, path, content: "origin\n" });
    await assert.rejects(bench.plugin.delete(type, id, state), {
      message: `${where("remove")}a file is mounted at this path, and cannot be removed; unmount it on the host`,
    });
    assert.equal(await bench.on(`cat ${path}`), "origin");
    await bench.on(`umount ${path}`);
    await bench.plugin.delete(type, id, state);
    assert.equal(await bench.on(`ls ${path} 2>/dev/null || true`), "");
  });
});
