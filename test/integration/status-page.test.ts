import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { SCENARIOS } from "../unit/cli/status/scenarios";
import { BrowserSession } from "./browser-session";

const SCREENS = [
  ["phone", 390, 844],
  ["small phone", 320, 640],
  ["wide screen", 1440, 900],
] as const;

/** What is cut off or runs over: elements beyond the screen, and texts beyond the box that they stand in. */
const OVERFLOWING = `(() => {
  const found = [];
  if (document.documentElement.scrollWidth > innerWidth) found.push("the page is " + document.documentElement.scrollWidth + " wide");
  for (const one of document.querySelectorAll("main *")) {
    const { right, left, width } = one.getBoundingClientRect();
    if (width > 0 && (right > innerWidth + 0.5 || left < -0.5)) found.push(one.tagName + " " + one.textContent.slice(0, 40));
  }
  for (const group of document.querySelectorAll(".topology .box")) {
    const box = group.querySelector(".body").getBBox();
    for (const text of group.querySelectorAll("text")) {
      const { x, width } = text.getBBox();
      if (x < box.x || x + width > box.x + box.width + 0.5) found.push("text " + text.textContent);
    }
  }
  return found;
})()`;

describe("The page of dbha status, in Chromium", function () {
  this.timeout(240_000);
  let browser: BrowserSession;

  before(async () => {
    mkdirSync("test-output", { recursive: true });
    browser = await BrowserSession.open("127.0.0.1");
  });
  after(() => browser.close());

  const keep = (name: string, content: Buffer): void => writeFileSync(join("test-output", name), content);
  const open = (scenario: string): Promise<void> =>
    browser.visit(
      pathToFileURL(resolve("test/fixtures/status", `${scenario}.html`)).href,
      "document.readyState === 'complete'",
    );

  for (const scenario of Object.keys(SCENARIOS)) {
    for (const [screen, width, height] of SCREENS)
      it(`fits on a ${screen} where it shows ${scenario}, and loads nothing`, async () => {
        await browser.screen(width, height);
        await open(scenario);
        keep(`status-${scenario}-${width}.png`, await browser.picture());
        assert.deepEqual(await browser.evaluate(OVERFLOWING), []);
        assert.equal(await browser.evaluate("performance.getEntriesByType('resource').length"), 0);
        assert.equal(await browser.evaluate("document.querySelectorAll('.topology').length"), 4);
      });

    it(`is readable in the dark, and prints on few sheets, where it shows ${scenario}`, async () => {
      await browser.screen(1440, 900, "dark");
      await open(scenario);
      keep(`status-${scenario}-dark.png`, await browser.picture());
      assert.equal(await browser.evaluate("getComputedStyle(document.body).backgroundColor"), "rgb(18, 22, 29)");
      const paper = await browser.print();
      keep(`status-${scenario}.pdf`, paper);
      const sheets = paper.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length ?? 0;
      assert.ok(sheets >= 1 && sheets <= 6, `${sheets} sheets`);
    });
  }
});
