import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { Token } from "marked";

const pages = readdirSync("docs")
  .filter((name) => name.endsWith(".md"))
  .map((name) => join("docs", name));
const all = [...pages, "README.md", "lab/README.md", "test/bench/README.md"];
const contents = join("docs", "README.md");

/** A link as a page has it, and where it leads to. */
interface Link {
  href: string;
  /** Path of the file, relative to the checkout. */
  file: string;
  /** The heading's name in the address; "" where the link leads to a page as a whole. */
  anchor: string;
}

/** The links of a page to files, pictures included. */
async function linksOf(page: string): Promise<Link[]> {
  const { lexer, walkTokens } = await import("marked");
  const links: Link[] = [];
  void walkTokens(lexer(readFileSync(page, "utf8")), (token) => {
    if ((token.type !== "link" && token.type !== "image") || /^[a-z]+:/.test(String(token.href))) return;
    const href = String(token.href);
    const [path = "", anchor = ""] = href.split("#");
    links.push({ href, file: path === "" ? page : join(dirname(page), path), anchor });
  });
  return links;
}

const known = new Map<string, Set<string>>();

/** What the headings of a page are called in addresses, as GitHub does. */
async function anchorsOf(page: string): Promise<Set<string>> {
  const before = known.get(page);
  if (before !== undefined) return before;
  const { lexer, walkTokens } = await import("marked");
  const { default: Slugger } = await import("github-slugger");
  const slugger = new Slugger();
  const anchors = new Set<string>();
  void walkTokens(lexer(readFileSync(page, "utf8")), (token) => {
    if (token.type === "heading") anchors.add(slugger.slug(textOf(token.tokens ?? [])));
  });
  known.set(page, anchors);
  return anchors;
}

const textOf = (tokens: Token[]): string =>
  tokens
    .map((token) =>
      "tokens" in token && token.tokens ? textOf(token.tokens) : "text" in token ? String(token.text) : "",
    )
    .join("");

describe("The pages", function () {
  this.timeout(120_000);

  for (const page of all)
    it(`${page} has links that lead to a file, and a heading in it`, async () => {
      const broken: string[] = [];
      for (const { href, file, anchor } of await linksOf(page)) {
        if (!existsSync(file)) broken.push(`${href}: there is no ${file}`);
        else if (anchor !== "" && !(await anchorsOf(file)).has(anchor))
          broken.push(`${href}: ${file} has no such heading`);
      }
      assert.deepEqual(broken, []);
    });

  it("are all found by docs/README.md", async () => {
    const found = new Set((await linksOf(contents)).map(({ file }) => file));
    const missing = all.filter((page) => page !== contents && !found.has(page));
    assert.deepEqual(missing, [], "give each a row that tells what somebody wants to do");
  });

  it("docs/README.md is where the README leads to", async () => {
    assert.ok((await linksOf("README.md")).some(({ file }) => relative(file, contents) === ""));
  });
});
