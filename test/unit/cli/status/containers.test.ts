import assert from "node:assert/strict";
import { parseContainer } from "../../../../cli/status/look/hosts";
import { judgeContainer } from "../../../../cli/status/look/resources";
import { CONTAINER } from "../../../../cli/status/model/placed";
import { parseState } from "../../../../cli/status/state/state";
import { exported } from "./deployed";

describe("A container on a host", () => {
  it("is told of by ID, image, state, and health where it has a check for that", () => {
    assert.deepEqual(parseContainer('obodc 1a sha256:2b {"Status":"exited","Error":"no such file","ExitCode":1}'), [
      "obodc",
      { id: "1a", image: "sha256:2b", state: "exited", health: "" },
    ]);
    assert.deepEqual(
      parseContainer('obodc 1a sha256:2b {"Status":"running","Health":{"Status":"unhealthy","FailingStreak":3}}')[1]
        ?.health,
      "unhealthy",
    );
    assert.equal(parseContainer('obodc 1a sha256:2b {"Status":"running","Health":null}')[1]?.health, "");
    assert.deepEqual(parseContainer("obodc "), ["obodc", undefined]);
  });

  it("has drifted when it is another one, or of another image", () => {
    const urn = "urn:pulumi:dev::mine::docker:index/container:Container::one";
    const stack = { urn: "urn:pulumi:dev::mine::pulumi:pulumi:Stack::mine-dev", type: "pulumi:pulumi:Stack" };
    const [, resource] = parseState(
      exported([stack, { urn, type: CONTAINER, id: "1a", inputs: { name: "one", image: "sha256:2b" } }]),
    ).resources;
    assert.ok(resource);
    const found = { id: "1a", image: "sha256:2b", state: "running", health: "" };
    const differs = (seen: typeof found) => {
      const judged = judgeContainer(resource, seen);
      return judged.state === "container" ? judged.differs : judged.state;
    };
    assert.deepEqual(differs(found), []);
    assert.deepEqual(differs({ ...found, id: "3c" }), ["id"]);
    assert.deepEqual(differs({ ...found, id: "3c", image: "sha256:4d" }), ["id", "image"]);
    assert.deepEqual(judgeContainer(resource, undefined), { state: "gone" });
  });
});
