import assert from "node:assert/strict";
import { labHosts, on, overSsh } from "./hosts";

describe("the hosts of the tests' lab", function () {
  this.timeout(20_000);

  it("have two Debian releases, and Docker's two ways to keep images", async () => {
    const seen = ["p1", "p2", "p3"] as const;
    const release = ". /etc/os-release; echo $VERSION_ID";
    const store = "docker info --format '{{range .DriverStatus}}{{index . 1}} {{end}}'";
    assert.deepEqual(await Promise.all(seen.map((host) => on(host, release))), ["12", "13", "12"]);
    const stores = await Promise.all(seen.map((host) => on(host, store)));
    assert.deepEqual(
      stores.map((text) => text.includes("io.containerd.snapshotter.v1")),
      [false, true, false],
    );
  });

  it("have one that is reached as a user with sudo, tcsh, umask 077, TMOUT and a profile that talks", async () => {
    const { name, user, sudo } = labHosts().p3;
    assert.deepEqual([name, user, sudo], ["p3", "deploy", true]);
    const { stdout, stderr } = await overSsh(
      "p3",
      "echo :; echo $shell; umask; sudo -n sh -c 'id -un; echo $TMOUT; umask; readlink /bin/sh'",
    );
    assert.equal(stdout, "\nLast backup: never:\n/bin/tcsh\n77\nroot\n2\n0077\nbash");
    assert.equal(stderr, "Authorised use only. All activity is recorded.");
  });

  it("refuse root there", async () => {
    const { exitCode, stderr } = await overSsh("p3", "true", { user: "root", reject: false });
    assert.equal(exitCode, 255);
    assert.match(stderr, /Permission denied \(publickey\)/);
  });
});
