import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { status } from "../../../../cli/status/command";
import { renderPrometheus } from "../../../../cli/status/render/prometheus";
import { parsePrometheus } from "./prometheus-text";
import { trouble } from "./scenarios";

const page = readFileSync("docs/status.md", "utf8");
const block = (language: string, start: string): string =>
  [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].find(
    ([, found, text = ""]) => found === language && text.startsWith(start),
  )?.[2] ?? "";

/** Names in the first column of the table below a heading, without marks of lists. */
const rowsBelow = (heading: string): string[] => {
  const section = page.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  return [...section.matchAll(/^\| ((?:`[^`]+`(?:, )?)+) +\|/gm)].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name),
  );
};

/** Paths of all fields, lists as `a[]`. */
function fieldsOf(value: unknown, at: string): string[] {
  if (Array.isArray(value)) return [`${at}[]`, ...fieldsOf(value[0], `${at}[]`)];
  if (typeof value !== "object" || value === null) return [at];
  return Object.entries(value).flatMap(([key, inner]) => fieldsOf(inner, at === "" ? key : `${at}.${key}`));
}

describe("docs/status.md", () => {
  it("shows what the command prints", () => {
    assert.equal(block("text", "CRITICAL"), readFileSync("test/fixtures/status/trouble.txt", "utf8"));
  });

  it("lists the options that the help does", () => {
    const options = [...status.help.matchAll(/^ {2}(--\S+(?: [A-Z]+)?)/gm)].map(([, option = ""]) => option);
    const listed = [...page.matchAll(/^\| `(--[^`]+)` +\|/gm)].map(([, option = ""]) => option);
    assert.deepEqual(listed, options);
    assert.equal(options.length, 5);
  });

  it("lists the metrics that there are", () => {
    const names = new Set(parsePrometheus(renderPrometheus(trouble())).map(({ name }) => name));
    assert.deepEqual(rowsBelow("Prometheus"), [...names]);
  });

  it("lists the fields of the JSON", () => {
    const told = page.split("\n## JSON\n")[1] ?? "";
    const missing = fieldsOf(trouble(), "").filter((path) => {
      const names = path.replaceAll("[]", "").split(".");
      return !names.every((name) => new RegExp("`(?:[\\w[\\].]*\\.)?" + name + "(?:\\[\\])?`").test(told));
    });
    assert.deepEqual(missing, []);
  });
});
