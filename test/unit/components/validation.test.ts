import assert from "node:assert/strict";
import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { Host } from "../../../components";
import { refusal } from "../../../components/validation";
import { mockEngine } from "./mocks";

describe("a refusal", () => {
  it("shows as its problems alone, however it is printed", async () => {
    await mockEngine();
    const host = new Host("p1", { address: "10.0.0.1", acceptUnknownHostKey: true });
    const error = refusal("Deployment d: its hosts are not ready", ["host p1: no Docker", "host p2: no Docker"], host);
    const text = `Deployment d: its hosts are not ready (2 problems); nothing that depends on it was changed:
  - host p1: no Docker
  - host p2: no Docker`;
    assert.equal(error.message, text);
    assert.equal(inspect(error, { colors: true }), text);
    assert.equal(error.hideStack, true);
    assert.equal(error.resource, host);
    await assert.rejects(pulumi.runtime.serializeProperties("node", { envs: Promise.reject(error) }), (thrown) => {
      assert.equal(thrown, error);
      assert.equal(error.message, text, "the property that waits for it is not to blame");
      return true;
    });
  });

  it("says in a preview that nothing was changed", async () => {
    await mockEngine();
    await pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) }, "p", "s", true);
    const host = new Host("p1", { address: "10.0.0.1", acceptUnknownHostKey: true });
    assert.equal(
      refusal("Deployment d: its hosts are not ready", ["host p1: no Docker"], host).message,
      "Deployment d: its hosts are not ready (1 problem); nothing was changed:\n  - host p1: no Docker",
    );
  });
});
