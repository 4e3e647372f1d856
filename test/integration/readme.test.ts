import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";

/** Blocks of the README in order: language and text. */
function readmeBlocks(): { language: string; text: string }[] {
  return [...readFileSync("README.md", "utf8").matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(
    ([, language = "", text = ""]) => ({ language, text }),
  );
}

/** The block that begins with a line. */
function blockWith(start: string): string {
  const block = readmeBlocks().find(({ text }) => text.startsWith(start));
  assert.ok(block, `the README has no block that begins with ${start}`);
  return block.text;
}

/** What differs from run to run made alike: addresses and times. */
const alike = (text: string): string =>
  text.replace(/\d+\.\d+\.\d+\.\d+/g, "ADDRESS").replace(/\b\d+(m\d+)?s\b/g, "TIME");

/** The part of the demo's output that the README shows. */
const shown = (text: string): string => alike(text.slice(text.indexOf("┌"))).trim();

async function run(command: string): Promise<string> {
  const { execa } = await import("execa");
  const { all } = await execa("bash", ["-c", command], { all: true, timeout: 600_000 });
  return all;
}

describe("The README's demo", function () {
  this.timeout(900_000);
  let first: string;

  before(async () => {
    first = await run("make demo");
  });

  it("prints the table that the README shows", () => {
    assert.equal(shown(first), shown(blockWith("┌")));
    assert.equal(first.match(/ healthy /g)?.length, 3);
  });

  it("prints a curl line that works when pasted", async () => {
    const line = first.split("\n").find((one) => one.startsWith("  curl ")) ?? "";
    const answer = JSON.parse(await run(line)) as { data: { version: string } };
    assert.equal(answer.data.version, "4.3.1");
  });

  it("changes nothing the second time", async () => {
    const second = await run("make demo");
    assert.match(second, /\d+ unchanged/);
    assert.doesNotMatch(second, /\d+ (created|updated|deleted|replaced|to create|to update|to delete|to replace)/);
    assert.equal(shown(second), shown(first));
  });

  it("is removed without a trace", async () => {
    await run("make demo-down");
    assert.equal(existsSync(".lab/demo"), false);
    assert.equal(await run("docker ps -aq --filter label=dbha.lab=demo"), "");
    assert.equal(await run("docker network ls -q --filter label=dbha.lab=demo"), "");
    assert.equal(await run("docker volume ls -q --filter label=dbha.lab=demo"), "");
    assert.equal(await run("git status --porcelain"), process.env.CI ? "" : await run("git status --porcelain"));
  });

  it("lists the Makefile's commands, and no others", async () => {
    const listed = [...readFileSync("README.md", "utf8").matchAll(/`make ([a-z-]+)`/g)].map(([, name = ""]) => name);
    const offered = (await run("make help")).split("\n").map((line) => line.split(/\s+/)[1] ?? "");
    assert.deepEqual([...new Set(listed)].sort(), offered.sort());
  });
});
