import assert from "node:assert/strict";
import { gcOptions, gcWarning } from "../../../components/odc/gc-options";

const loader = "--add-opens java.base/jdk.internal.loader=ALL-UNNAMED";
const net = "--add-opens java.base/java.net=ALL-UNNAMED";

describe("Options of garbage collection", () => {
  const table: [gc: string | undefined, version: string | undefined, expected: string | undefined][] = [
    [undefined, "4.4.0", undefined],
    ["-XX:+UseG1GC", "4.3.4", "-XX:+UseG1GC"],
    ["-XX:+UseG1GC", undefined, "-XX:+UseG1GC"],
    ["-XX:+UseZGC", "4.4.0", `-XX:+UseZGC ${loader} ${net}`],
    [`-XX:+UseZGC ${net}`, "4.10.1", `-XX:+UseZGC ${net} ${loader}`],
    [`${loader} ${net}`, "4.4.0.1", `${loader} ${net}`],
  ];
  for (const [gc, version, expected] of table)
    it(`are ${expected ?? "the image's"} for ${gc ?? "none"} and version ${version ?? "unknown"}`, () => {
      assert.equal(gcOptions(gc, version), expected);
    });

  it("are warned of where the version is not known and they lack what later ones need", () => {
    assert.equal(
      gcWarning("-XX:+UseZGC", undefined),
      `jvm.gc: the image's tag tells no version; ODC 4.4.0 and later need ${loader} ${net} in it, earlier ones do not start with that`,
    );
    assert.equal(gcWarning("-XX:+UseZGC", "4.3.1"), undefined);
    assert.equal(gcWarning(undefined, undefined), undefined);
    assert.equal(gcWarning(`${loader} ${net}`, undefined), undefined);
  });
});
