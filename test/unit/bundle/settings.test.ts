import assert from "node:assert/strict";
import { settingsOf } from "../../../bundle/settings";

describe("Settings of make bundle", () => {
  it("have defaults: amd64, nothing to take along, Pulumi's own releases", () => {
    assert.deepEqual(settingsOf({ ARCH: "", IMAGES: "", XDG_CACHE_HOME: "/cache", SOURCE_DATE_EPOCH: "1700000000" }), {
      architectures: ["amd64"],
      images: [],
      node: [],
      downloads: "/cache/dbha/downloads",
      releases: "https://get.pulumi.com/releases",
      out: ".",
      date: 1700000000,
    });
  });

  it("take what they are told, an architecture once", () => {
    const { architectures, images, downloads, releases, out } = settingsOf({
      ARCH: "arm64 amd64 arm64",
      IMAGES: " package.json  README.md ",
      DOWNLOADS: "/downloads",
      RELEASES: "http://mirror/pulumi//",
      OUT: "/out",
    });
    assert.deepEqual(architectures, ["arm64", "amd64"]);
    assert.deepEqual(images, ["package.json", "README.md"]);
    assert.deepEqual([downloads, releases, out], ["/downloads", "http://mirror/pulumi", "/out"]);
  });

  it("are refused with every problem at once", () => {
    assert.throws(
      () =>
        settingsOf({
          ARCH: "x86 amd64",
          IMAGES: "images/*.tar.gz README.md lab/README.md",
          NODE_ARCHIVES: "package.json",
          RELEASES: "mirror",
          SOURCE_DATE_EPOCH: "today",
        }),
      {
        message: `no bundle was made:
  - ARCH = x86: must be one of amd64, arm64; fix: make bundle ARCH="amd64 arm64"
  - images/*.tar.gz: there is no such file; fix: mend the path
  - package.json: must be an archive of Node like node-v24.11.0-linux-x64.tar.gz; fix: keep the name that it has
  - README.md: two files have this name, and lie in one folder; fix: rename one
  - RELEASES = mirror: must begin with http:// or https://; fix: give the address
  - SOURCE_DATE_EPOCH = today: must be seconds since 1970; fix: give a whole number`,
      },
    );
  });
});
