import assert from "node:assert/strict";
import { parseAnswer, rowsOf } from "../../../../provider/dolphin/answer";
import { DolphinRefused, isPassing, leaderIn } from "../../../../provider/dolphin/refusal";

const answer = (...object: object[]): string =>
  JSON.stringify({ sessionID: "1130397736", resultCode: "0", msg: "", object });
const valueOf = (...object: object[]) => parseAnswer(answer(...object)).value;
const scalar = (type: string, value: unknown) => valueOf({ name: "", form: "scalar", type, value });

describe("An answer of DolphinDB's JSON interface", () => {
  it("has the session for the next request", () => {
    assert.deepEqual(parseAnswer(answer({ name: "", form: "scalar", type: "int", value: "3" })), {
      session: "1130397736",
      value: { form: "scalar", value: 3 },
    });
  });

  it("has scalars as texts, read by their type", () => {
    const read = (type: string, value: unknown) => (scalar(type, value) as { value: unknown }).value;
    assert.equal(read("string", "007"), "007");
    assert.equal(read("string", ""), "");
    assert.equal(read("double", "0.25"), 0.25);
    assert.deepEqual(
      ["1", "true", "0", "false", ""].map((one) => read("bool", one)),
      [true, true, false, false, null],
    );
    assert.equal(read("int", ""), null);
    assert.equal(read("int", "-2147483648"), null);
    assert.equal(read("long", "-2147483648"), -2147483648);
    assert.equal(read("date", "2042.01.01"), "2042.01.01");
  });

  it("is void without an object, and for the type void", () => {
    assert.deepEqual([valueOf(), scalar("void", undefined)], [{ form: "void" }, { form: "void" }]);
  });

  it("has vectors", () => {
    const value = ["10.0.0.80:8800:controller1,controller,,", "10.0.0.80:8801:agent1,agent,,"];
    assert.deepEqual(valueOf({ name: "", form: "vector", type: "string", size: "2", value }), {
      form: "vector",
      value,
    });
  });

  it("has tables by columns, and rows of them", () => {
    const table = valueOf({
      name: "",
      form: "table",
      size: "2",
      value: [
        { name: "name", form: "vector", type: "string", size: "2", value: ["controller1", "datanode1"] },
        { name: "mode", form: "vector", type: "int", size: "2", value: [2, 0] },
        { name: "isLeader", form: "vector", type: "bool", size: "2", value: [1, null] },
      ],
    });
    assert.deepEqual(rowsOf(table), [
      { name: "controller1", mode: 2, isLeader: true },
      { name: "datanode1", mode: 0, isLeader: null },
    ]);
    assert.equal(rowsOf(valueOf()), undefined);
  });

  it("has dictionaries as two vectors", () => {
    const value = [
      { name: "", form: "vector", type: "string", size: "2", value: ["clientName", "maxNodes"] },
      { name: "", form: "vector", type: "any", size: "2", value: ["Trial Users", 3] },
    ];
    for (const form of ["dict", "dictionary"])
      assert.deepEqual(valueOf({ form, value }), {
        form: "dict",
        value: { clientName: "Trial Users", maxNodes: 3 },
      });
  });

  it("is refused with the engine's own words, on one line", () => {
    const said = "getClusterPerf(true) => Only administrators support\n function X.\n";
    const refused = JSON.stringify({ sessionID: "1", resultCode: "1", msg: said, object: [] });
    assert.throws(() => parseAnswer(refused), {
      name: "DolphinRefused",
      said: "getClusterPerf(true) => Only administrators support function X.",
    });
  });

  it("that is none is told with its beginning", () => {
    assert.throws(() => parseAnswer("<html>"), { message: `no answer of DolphinDB's JSON interface: "<html>"` });
    assert.throws(
      () => parseAnswer("x".repeat(200)),
      (error: Error) => error.message.endsWith(`"${"x".repeat(117)}..."`),
    );
    assert.throws(() => valueOf({ form: "matrix", value: [] }), /form is not known here, matrix/);
    assert.throws(() => valueOf({ form: "table", size: "2" }), /a table of DolphinDB that cannot be read/);
    const short = { form: "table", size: "2", value: [{ name: "a", type: "int", value: [1] }] };
    assert.throws(() => valueOf(short), /a table of 2 rows whose column a has 1/);
  });
});

describe("A refusal of DolphinDB", () => {
  it("names the leader, wherever it stands and with or without the alias", () => {
    assert.deepEqual(leaderIn("<NotLeader>10.0.0.81:8800:controller2"), {
      host: "10.0.0.81",
      port: 8800,
      alias: "controller2",
    });
    assert.deepEqual(leaderIn("createUser(...) => <NotLeader>db2.example.com:8800"), {
      host: "db2.example.com",
      port: 8800,
    });
    assert.equal(leaderIn("Only controller node supports function X."), undefined);
    assert.equal(leaderIn("<NotLeader>"), undefined);
  });

  it("passes while a leader is elected or a node ends", () => {
    const passing = [
      "<NotLeader>10.0.0.81:8800:controller2",
      "<ControllerNotReady>",
      "Current node is not the real leader, and no leader hint available, please retry on other node, groupId: 1",
      "The controller is not ready for service yet. Please try again later.",
    ];
    assert.deepEqual(passing.map(isPassing), [true, true, true, true]);
    assert.equal(isPassing("The user name or password is incorrect."), false);
    assert.equal(new DolphinRefused("x").said, "x");
  });
});
