import assert from "node:assert/strict";
import { PassphraseCrypter, passphraseFromEnvironment } from "../../../lab/engine/passphrase";
import { conceal, hasSecret, makeSecret, revealAll, sameProperties, UNKNOWN } from "../../../lab/engine/property";
import { decodeDeployment, encodeDeployment, encodeResource } from "../../../lab/engine/state/deployment";
import type { Crypter, DeploymentJson } from "../../../lab/engine/state/deployment";
import { fromStruct, toStruct } from "../../../lab/engine/wire";
import { stateOf } from "./states";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** For states without secrets. */
const CLEAR: Crypter = { salt: "", encrypt: (plain) => plain, decrypt: (text) => text };

describe("secrets", () => {
  describe("passphrase", () => {
    // made by the real CLI with the passphrase "pass"
    const salt = "v1:xhHNXkQCJVA=:v1:sTOIGH9X6aG26Khi:VmiUvctuFpap5xCewtfok0uBWQjkZQ==";
    const inConfig = "v1:c2vm5x1661AVVg6Q:2qJh7KixTFTntkWIU2GYEIPIMX8=";
    const inState = "v1:phPUxy72PjaGgIya:00jEfvBBZa4nWV8cxV6arVDzcvksCw==";

    it("opens what the real CLI sealed", async () => {
      const crypter = await PassphraseCrypter.open("pass", salt);
      assert.equal(crypter.decrypt(inConfig), "hush");
      assert.equal(crypter.decrypt(inState), '"hush"');
    });

    it("seals with a new nonce each time, and opens it again", async () => {
      const crypter = await PassphraseCrypter.create("other");
      const [one, two] = [crypter.encrypt("text"), crypter.encrypt("text")];
      assert.notEqual(one, two);
      const again = await PassphraseCrypter.open("other", crypter.salt);
      assert.deepEqual([again.decrypt(one), again.decrypt(two)], ["text", "text"]);
    });

    it("refuses a wrong passphrase and a damaged text", async () => {
      await assert.rejects(
        PassphraseCrypter.open("wrong", salt),
        /^UserError: incorrect passphrase: set PULUMI_CONFIG_PASSPHRASE/,
      );
      const crypter = await PassphraseCrypter.open("pass", salt);
      assert.throws(() => crypter.decrypt(inConfig.replace("2qJh", "2qJi")));
    });

    it("comes from the environment, with what to set where there is none", () => {
      assert.equal(passphraseFromEnvironment({ PULUMI_CONFIG_PASSPHRASE: "" }), "");
      assert.throws(() => passphraseFromEnvironment({}), {
        message: /PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE/,
        exitCode: 2,
      });
      assert.throws(() => passphraseFromEnvironment({ PULUMI_CONFIG_PASSPHRASE_FILE: "/does/not/exist" }), {
        message: /PULUMI_CONFIG_PASSPHRASE_FILE cannot be read/,
      });
    });
  });

  it("on the wire keep their mark", () => {
    const properties = { plain: 1, hidden: makeSecret({ a: ["x"] }), later: UNKNOWN, list: [makeSecret(null)] };
    const marked = toStruct(properties);
    assert.deepEqual(marked.toJavaScript(), {
      plain: 1,
      hidden: { [SIGNATURE]: SECRET, value: { a: ["x"] } },
      later: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
      list: [{ [SIGNATURE]: SECRET, value: null }],
    });
    assert.deepEqual(fromStruct(marked), properties);
  });

  it("mark what comes back under their name, object by object and lists as a whole", () => {
    const inputs = { a: makeSecret("x"), b: { c: makeSecret("y"), d: "open" }, e: [makeSecret("z")], f: "open" };
    const outputs = conceal({ a: "x", b: { c: "y", d: "open" }, e: ["z"], f: "open", g: "made" }, inputs, [
      "g",
      "absent",
    ]);
    const expected = {
      a: makeSecret("x"),
      b: { c: makeSecret("y"), d: "open" },
      e: makeSecret(["z"]),
      f: "open",
      g: makeSecret("made"),
    };
    assert.deepEqual(outputs, expected);
    assert.deepEqual(revealAll(outputs), { a: "x", b: { c: "y", d: "open" }, e: ["z"], f: "open", g: "made" });
  });

  it("stay marks of single items where the provider knows secrets, and a list came back as it went in", () => {
    const inputs = { same: ["x", makeSecret("y")], other: [makeSecret("z")], nested: { list: [makeSecret(1), 2] } };
    const outputs = conceal({ same: ["x", "y"], other: ["z", "more"], nested: { list: [1, 2] } }, inputs, [], true);
    assert.deepEqual(outputs, { ...inputs, other: makeSecret(["z", "more"]) });
    assert.deepEqual(conceal(outputs, outputs), outputs);
  });

  it("are equal only to secrets of the same value; unknowns are equal to nothing", () => {
    assert.equal(sameProperties({ a: makeSecret(1) }, { a: makeSecret(1) }), true);
    assert.equal(sameProperties({ a: makeSecret(1) }, { a: 1 }), false);
    assert.equal(sameProperties({ a: UNKNOWN }, { a: UNKNOWN }), false);
    assert.equal(hasSecret([{ a: makeSecret(1) }]), true);
  });

  it("in state are ciphertexts that stay the same as long as the value is untouched", async () => {
    const crypter = await PassphraseCrypter.create("pass");
    const state = stateOf("thing", { inputs: { note: makeSecret({ deep: "hush" }) } });
    const first = encodeDeployment(
      { resources: [state], pendingOperations: [{ type: "creating", resource: state }] },
      crypter,
    );
    const json = JSON.stringify(first);
    assert.equal(json.includes("hush"), false);
    const decoded = decodeDeployment(JSON.parse(json) as DeploymentJson, crypter);
    assert.deepEqual(decoded.resources, [state]);
    assert.deepEqual(decoded.pendingOperations, [{ type: "creating", resource: state }]);
    assert.deepEqual(decoded.resources[0] && encodeResource(decoded.resources[0], crypter), first.resources?.[0]);
  });

  it("of another manager, and states that ask for more than this engine can, are refused by name", () => {
    const manifest = { time: "", magic: "", version: "" };
    assert.throws(
      () => decodeDeployment({ manifest, secrets_providers: { type: "cloud" } }, CLEAR),
      /does not support the secrets manager "cloud"/,
    );
    const resources = [{ urn: "urn:pulumi:s::p::t::n", type: "t", custom: true, taint: true }];
    assert.throws(
      () => decodeDeployment({ manifest, resources }, CLEAR),
      /does not support tainted resources, which the state of urn:pulumi:s::p::t::n asks for/,
    );
  });
});
