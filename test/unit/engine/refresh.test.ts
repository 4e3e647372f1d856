import assert from "node:assert/strict";
import { connectingFirst } from "../../../lab/engine/run/refresh";
import { stateOf } from "./states";

describe("refresh", () => {
  it("begins with one resource of each provider", () => {
    const of = (provider: string) => (name: string) => stateOf(name, { provider });
    const [files, containers] = [of("files::1"), of("containers::1")];
    const states = [files("a"), files("b"), containers("c"), files("d"), of("containers::2")("e"), containers("f")];
    assert.deepEqual(
      connectingFirst(states).map(({ id }) => id),
      ["a-id", "c-id", "e-id", "b-id", "d-id", "f-id"],
    );
  });
});
