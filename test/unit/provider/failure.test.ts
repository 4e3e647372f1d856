import assert from "node:assert/strict";
import { blot } from "../../../provider/blot";
import { grpcError } from "../../../provider/failure";
import { credentialsFor, secretsOf } from "../../../provider/config";

describe("errors on their way to the engine", () => {
  it("are a sentence without a stack", () => {
    const { code, details, message } = grpcError(new Error("host p1: it broke; mend it"), []);
    assert.deepEqual([code, details, message], [2, "host p1: it broke; mend it", "host p1: it broke; mend it"]);
    assert.equal(grpcError("plain", []).details, "plain");
  });

  it("hold no secret of the configuration, nor a line of one", () => {
    const secrets = ["S3cret", "-----BEGIN KEY-----\nabcdef\n-----END KEY-----\n"];
    assert.equal(blot("it said S3cret, S3cret and abcdef", secrets), "it said [secret], [secret] and [secret]");
    assert.equal(grpcError(new Error("tried S3cret"), secrets).details, "tried [secret]");
  });

  it("are not torn apart by short secrets", () => {
    assert.equal(blot("host p1: broke", ["p1", ""]), "host p1: broke");
  });
});

describe("credentials", () => {
  const config = {
    privateKeyFile: "all",
    password: "for-all",
    connectTimeout: 20,
    credentials: { p2: { agent: true, passphrase: "for-p2" }, p3: {} },
  };

  it("of a host that has its own are these alone", () => {
    assert.equal(credentialsFor(config, ["p1"]).privateKeyFile, "all");
    assert.deepEqual(credentialsFor(config, ["p2"]), { agent: true, passphrase: "for-p2" });
    assert.deepEqual(credentialsFor(config, ["p3"]), {});
    assert.equal(credentialsFor(config, ["toString"]).privateKeyFile, "all");
  });

  it("of a bastion are those under the first of its names that has some", () => {
    assert.deepEqual(credentialsFor(config, ["p3", "p2"]), {});
    assert.deepEqual(credentialsFor(config, ["bastion", "p2"]), { agent: true, passphrase: "for-p2" });
  });

  it("are secret one by one", () => {
    assert.deepEqual(secretsOf(config), ["for-all", "for-p2"]);
  });
});
