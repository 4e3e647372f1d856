import assert from "node:assert/strict";
import { publishedImages, tarballLinkName } from "../../../lab/src/images";
import { architecture } from "../../../lab/src/docker";

describe("images that a lab has for its hosts", () => {
  const tags = (lab: string): string[] => publishedImages(lab).map(({ publishedTag }) => publishedTag);
  const common = ["oceanbase/odc:4.3.1", "nginx:1.22", "oceanbase/oms-ce:feature_4.2.7_ce"];

  it("are those of the dev stack, and in the tests' labs more", () => {
    assert.deepEqual(tags("demo"), common);
    for (const lab of ["test", "test-1", "test-2"])
      assert.deepEqual(tags(lab), [
        ...common,
        "oceanbase/odc:4.3.2",
        "oceanbase/obproxy-ce:4.2.3",
        "oceanbase/obproxy-ce:4.3.0",
        "oceanbase/oms-ce:feature_4.2.10_ce",
        "oceanbase/oms-ce:feature_4.2.11_ce",
        "influxdb:1.6.7",
      ]);
  });

  it("are files called after what is in them", () => {
    assert.deepEqual(publishedImages("test").slice(-3).map(tarballLinkName), [
      `oms-4.2.10-${architecture()}.tar.gz`,
      `oms-4.2.11-${architecture()}.tar.gz`,
      `influxdb-${architecture()}.tar.gz`,
    ]);
  });
});
