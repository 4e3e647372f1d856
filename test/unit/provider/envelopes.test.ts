import assert from "node:assert/strict";
import { opened, sealed } from "../../../provider/envelopes";
import { RESOURCE_SIGNATURE, SECRET_SIGNATURE, SIGNATURE } from "../../../provider/resources/protocol-marks";

const secret = (value: unknown) => ({ [SIGNATURE]: SECRET_SIGNATURE, value });

describe("Envelopes of secrets", () => {
  it("are taken off at any depth, and references to resources become IDs, or URNs where there are none", () => {
    const refer = (id?: string) => ({ [SIGNATURE]: RESOURCE_SIGNATURE, urn: "urn", id, packageVersion: "" });
    assert.deepEqual(
      opened({ a: secret({ b: [secret("x"), null] }), c: [refer("id"), refer(""), refer()], d: 0, e: "" }),
      { a: { b: ["x", null] }, c: ["id", "urn", "urn"], d: 0, e: "" },
    );
  });

  it("are put around what has the name of a secret: object by object, lists as a whole", () => {
    const model = { a: secret("x"), b: { c: secret("y"), d: "z" }, e: [{ f: secret(1) }], g: "plain", gone: secret(1) };
    const properties = { a: "x", b: { c: "y", d: "z" }, e: [{ f: 1 }], g: "plain", more: "found" };
    assert.deepEqual(sealed(properties, model), {
      a: secret("x"),
      b: { c: secret("y"), d: "z" },
      e: secret([{ f: 1 }]),
      g: "plain",
      more: "found",
    });
  });

  it("are put around an object that came in one, and not twice", () => {
    assert.deepEqual(
      sealed({ a: { b: 1 }, c: secret("d"), e: undefined }, { a: secret({ b: 1 }), c: secret("d"), e: secret(1) }),
      {
        a: secret({ b: 1 }),
        c: secret("d"),
        e: undefined,
      },
    );
  });
});
