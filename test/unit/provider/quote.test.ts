import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { asLine, assemble, receiver, script } from "../../../provider/scripts/script";
import { quote } from "../../../provider/ssh/quote";

/** Any text without the NUL that no shell word can hold. */
const words = fc.string({ unit: "grapheme", maxLength: 60 }).map((text) => text.replaceAll("\0", ""));
const nasty = fc.constantFrom(
  "'",
  "''",
  "\\",
  "\\n",
  "\n",
  "$HOME",
  "`id`",
  "$(id)",
  '"',
  "!",
  "*",
  "~",
  " ",
  "\t",
  "-n",
  "…",
  "\x81",
  "%s",
  "\r",
);
const texts = fc.array(fc.oneof(words, nasty), { maxLength: 6 }).map((parts) => parts.join(""));

describe("quote", () => {
  const table: [text: string, quoted: string][] = [
    ["", "''"],
    ["plain", "'plain'"],
    ["it's", "'it'\\''s'"],
    ["'", "''\\'''"],
    ["a b\n$c", "'a b\n$c'"],
  ];
  for (const [text, quoted] of table) {
    it(`makes ${JSON.stringify(text)} one word`, () => {
      assert.equal(quote(text), quoted);
    });
  }

  it("refuses a NUL", () => {
    assert.throws(() => quote("a\0b"), { message: "a shell word cannot hold a NUL character" });
  });

  it("gives any text back from a real shell", () => {
    fc.assert(
      fc.property(fc.array(texts, { minLength: 1, maxLength: 20 }), (list) => {
        const command = `printf '%s\\0' ${list.map(quote).join(" ")}`;
        const output = execFileSync("sh", ["-c", command], { encoding: "utf8" });
        assert.deepEqual(output.split("\0").slice(0, -1), list);
      }),
      { numRuns: 30 },
    );
  });
});

describe("scripts on their way to a shell", () => {
  const echo = script("echo", ["first", "second"], `printf '%s\\0' "$first" "$second" "$@"; cat\n`, { list: true });
  const send = (input: string | Buffer) => execFileSync("sh", ["-c", receiver], { input, encoding: "utf8" });

  it("bring any values and words, and leave the rest of the input to the script", () => {
    fc.assert(
      fc.property(texts, texts, fc.array(texts, { maxLength: 5 }), texts, (first, second, list, body) => {
        const line = asLine(assemble(echo, { first, second }, list));
        assert.deepEqual(send(`${line}${body}`).split("\0"), [first, second, ...list, body]);
      }),
      { numRuns: 40 },
    );
  });

  it("are one line of ASCII", () => {
    const line = asLine("a\\n\n\tü\r\n…'");
    assert.equal(line, "a\\\\n\\0012\\0011\\0303\\0274\\0015\\0012\\0342\\0200\\0246'\n");
  });

  it("write numbers and booleans as text", () => {
    assert.match(assemble(echo, { first: 8080, second: true }), /^first='8080'\nsecond='1'\nset -- \n/);
    assert.match(assemble(echo, { first: false, second: "" }), /^first=''\nsecond=''\n/);
  });

  it("are not run in part when the line is cut short", () => {
    const line = asLine(assemble(script("short", [], "echo ran\n"), {}));
    assert.equal(send(line), "ran\n");
    for (const length of [line.length - 1, line.length - 10, 20]) {
      assert.throws(() => send(line.slice(0, length)), { status: 1, stdout: "" });
    }
  });
});
