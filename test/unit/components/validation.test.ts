import assert from "node:assert/strict";
import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { Host } from "../../../components";
import { z } from "zod";
import { flag } from "../../../components/rules";
import { problems, refusal, settings } from "../../../components/validation";
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

describe("problems of arguments", () => {
  const schema = settings({
    metaDb: settings({ user: z.string(), password: z.string().optional() }).refine(
      () => false,
      "is refused; fix: mend it",
    ),
    keepData: flag.optional(),
  });
  const told = (args: unknown): string[] => {
    const { error } = schema.safeParse(args);
    return error === undefined ? [] : problems(error, args);
  };

  it("are told of a value that contains itself", () => {
    const user: Record<string, unknown> = {};
    user.again = user;
    assert.match(told({ metaDb: { user } })[0] ?? "", /^metaDb\.user = \(contains itself\): /);
  });

  it("show nothing of what stands under a misspelt name, there and in what holds it", () => {
    const lines = told({
      metaDb: { user: "u", pass_word: "Secret-1", key: { of: "Secret-2" }, passwd: "Secret-3" },
      keep: "Secret-4",
    });
    assert.deepEqual(lines, [
      "metaDb.pass_word = (unknown key): known here are: user, password; fix: remove it or mend its spelling",
      "metaDb.key = (unknown key): known here are: user, password; fix: remove it or mend its spelling",
      "metaDb.passwd = (unknown key): known here are: user, password; fix: remove it or mend its spelling",
      'metaDb = {"user":"u","pass_word":"[secret]","key":"[secret]","passwd":"[secret]"}: is refused; fix: mend it',
      "keep = (unknown key): known here are: metaDb, keepData; fix: remove it or mend its spelling",
    ]);
  });

  it("tell in this project's words what a flag is", () => {
    assert.deepEqual(
      told({ metaDb: { user: "u" }, keepData: "no" }).filter((line) => line.startsWith("keepData")),
      ['keepData = "no": must be true or false; fix: write it without quotes'],
    );
  });
});
