import assert from "node:assert/strict";
import { judgeBody, resolvePointer } from "../../../provider/probing/observation";

describe("JSON pointers", () => {
  // The examples of RFC 6901, section 5.
  const document = {
    foo: ["bar", "baz"],
    "": 0,
    "a/b": 1,
    "c%d": 2,
    "e^f": 3,
    "g|h": 4,
    "i\\j": 5,
    'k"l': 6,
    " ": 7,
    "m~n": 8,
  };
  const table: [pointer: string, value: unknown][] = [
    ["", document],
    ["/foo", ["bar", "baz"]],
    ["/foo/0", "bar"],
    ["/", 0],
    ["/a~1b", 1],
    ["/c%d", 2],
    ["/e^f", 3],
    ["/g|h", 4],
    ["/i\\j", 5],
    ['/k"l', 6],
    ["/ ", 7],
    ["/m~0n", 8],
    ["/nothing", undefined],
    ["/foo/2", undefined],
    ["/foo/0/x", undefined],
    ["/toString", undefined],
  ];
  for (const [pointer, value] of table) {
    it(`resolve ${JSON.stringify(pointer)}`, () => {
      assert.deepEqual(resolvePointer(document, pointer), value);
    });
  }
});

describe("an answer's body", () => {
  it("does not matter where nothing is expected of it", () => {
    assert.deepEqual(judgeBody("HTTP 200", "<html>", { extract: {} }), {
      healthy: true,
      detail: "HTTP 200",
      values: {},
    });
  });

  it("has to hold a text that is expected in it", () => {
    const judge = (body: string) => judgeBody("HTTP 200", body, { contains: '"healthy":true', extract: {} });
    assert.equal(judge('{"success":true,"data":{"healthy":true}}').healthy, true);
    assert.equal(
      judge('{"success":true,"data":{"healthy":false}}').detail,
      'HTTP 200, and the answer does not hold "healthy":true: {"success":true,"data":{"healthy":false}}',
    );
  });

  it("has to be JSON with the expected values, exactly", () => {
    const expectation = { json: { "/data": true, "/n": 1 }, extract: { data: "/data", list: "/list", text: "/text" } };
    const judge = (body: string) => judgeBody("HTTP 200", body, expectation);
    assert.deepEqual(judge('{"data":true,"n":1,"list":[1,"a"],"text":"x"}'), {
      healthy: true,
      detail: "HTTP 200",
      values: { data: "true", list: '[1,"a"]', text: "x" },
    });
    assert.equal(judge('{"data":"true","n":1}').detail, 'HTTP 200, and /data is "true" instead of true');
    assert.equal(judge('{"data":true}').detail, "HTTP 200, and /n is missing instead of 1");
    assert.equal(judge('{"data":true,"n":1}').detail, "HTTP 200, and there is nothing at /list");
    assert.equal(
      judge("<html>\n  starting</html>").detail,
      "HTTP 200, and the answer is not JSON: <html> starting</html>",
    );
    assert.equal(judge("x".repeat(500)).detail.length, "HTTP 200, and the answer is not JSON: ".length + 160);
    assert.deepEqual(judge("null").values, {});
  });
});
