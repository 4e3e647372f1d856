import assert from "node:assert/strict";
import { NEW_SESSION, renderCall, renderScript } from "../../../../provider/dolphin/request";

describe("A request to DolphinDB's JSON interface", () => {
  it("is a call with its arguments by name, scalars as texts", () => {
    assert.deepEqual(renderCall(NEW_SESSION, "login", { userId: "admin", password: 'a"+%\\b' }), {
      path: "/",
      body: '{"sessionID":"0","functionName":"login","params":[{"name":"userId","form":"scalar","type":"string","value":"admin"},{"name":"password","form":"scalar","type":"string","value":"a\\"+%\\\\b"}]}',
    });
  });

  it("goes on with the session of an earlier answer", () => {
    const { path, body } = renderCall("942605602", "getClusterNodesCfg", {});
    assert.deepEqual(
      [path, body],
      ["/942605602", '{"sessionID":"942605602","functionName":"getClusterNodesCfg","params":[]}'],
    );
  });

  it("has vectors with their size as a text", () => {
    const { body } = renderCall("7", "saveClusterNodes", { sites: ["10.0.0.80:8800:controller1,controller", ""] });
    assert.equal(
      body,
      '{"sessionID":"7","functionName":"saveClusterNodes","params":[{"name":"sites","form":"vector","type":"string","size":"2","value":["10.0.0.80:8800:controller1,controller",""]}]}',
    );
  });

  it("tells the least type that numbers fit", () => {
    const types = [[1, -1], [2147483648], [0.5], []].map((numbers) => {
      const { body } = renderCall("7", "f", { numbers });
      return (JSON.parse(body) as { params: [{ type: string }] }).params[0].type;
    });
    assert.deepEqual(types, ["int", "long", "double", "string"]);
    assert.match(renderCall("7", "f", { port: 8800 }).body, /"form":"scalar","type":"int","value":"8800"/);
  });

  it("is a script by executeCode", () => {
    assert.deepEqual(renderScript("0", "1+2"), {
      path: "/",
      body: '{"sessionID":"0","functionName":"executeCode","params":[{"name":"script","form":"scalar","type":"string","value":"1+2"}]}',
    });
  });
});
