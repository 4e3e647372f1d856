import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { IMAGES_DIR } from "../../../lab/src/paths";

const wrapper = join(IMAGES_DIR, "host/oci-runtime");

/** The wrapper's rewriting of a config, with the limits given in Perl's notation. */
function rewrite(config: string, limits: string): string {
  return execFileSync("perl", ["-e", `require "${wrapper}"; local $/; print rewrite(<STDIN>, ${limits})`], {
    input: config,
    encoding: "utf8",
  });
}

describe("the OCI runtime wrapper", () => {
  it("takes CAP_SYS_RESOURCE out of every list, wherever it stands", () => {
    const lists = (all: string[][]): string => JSON.stringify({ process: { capabilities: all } });
    const given = [
      ["CAP_A", "CAP_SYS_RESOURCE", "CAP_B"],
      ["CAP_SYS_RESOURCE", "CAP_B"],
      ["CAP_A", "CAP_SYS_RESOURCE"],
      ["CAP_SYS_RESOURCE"],
    ];
    assert.equal(rewrite(lists(given), ""), lists([["CAP_A", "CAP_B"], ["CAP_B"], ["CAP_A"], []]));
  });

  it("clamps hard and soft limits to this machine's, and leaves those without a limit here", () => {
    const limits = (nofile: string, nproc: string): string =>
      `{"rlimits":[{"type":"RLIMIT_NOFILE","hard":${nofile},"soft":${nofile}},{"type":"RLIMIT_NPROC","hard":${nproc},"soft":7}]}`;
    assert.equal(
      rewrite(limits("18446744073709551615", "65535"), "NOFILE => 20000, NPROC => undef"),
      limits("20000", "65535"),
    );
    assert.equal(rewrite(limits("1024", "65535"), "NOFILE => 20000, NPROC => 96365"), limits("1024", "65535"));
  });

  it("does not ask for a better place with the out-of-memory killer than it may have", () => {
    assert.equal(
      rewrite('{"oomScoreAdj":-500,"x":{"oomScoreAdj":100}}', ""),
      '{"oomScoreAdj":0,"x":{"oomScoreAdj":100}}',
    );
  });

  it("leaves everything else as it is, 64-bit numbers included", () => {
    const config =
      '{"linux":{"resources":{"memory":{"limit":18446744073709551615}}},"args":["echo","CAP_SYS_RESOURCES"]}';
    assert.equal(rewrite(config, "NOFILE => 20000"), config);
  });
});
