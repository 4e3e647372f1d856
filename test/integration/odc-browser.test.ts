import assert from "node:assert/strict";
import { nameProblem } from "../../components/odc/cookie-domain";
import { BrowserSession } from "./browser-session";
import { engines, type Engine } from "./engines";
import { emptyMetaDb, labHosts, on } from "./hosts";
import { devConfig } from "./odc-config";
import { TestStack } from "./stack";

const works = "logged in as admin, and may change things";
const dropped = "logged in as admin: 400 MissingCsrfToken";

describe("Names under which users open ODC, in Chromium", function () {
  this.timeout(180_000);
  let stack: TestStack;
  let password: string;
  let address: string;

  before(async () => {
    await emptyMetaDb();
    stack = new TestStack(engines()[0] as Engine);
    await stack.init(devConfig());
    await stack.up();
    password = ((await stack.outputs()).odc as { adminPassword: string }).adminPassword;
    address = labHosts().p3.address;
  });

  after(async () => {
    await stack.destroy();
    stack.remove();
    for (const host of ["p1", "p2"] as const) await on(host, "rm -rf /var/backups/odc /var/data /var/log/odc");
  });

  /** Logs in by the page's form, which then sends a request that changes something; what the page says of it. */
  async function logIn(name: string): Promise<unknown> {
    const browser = await BrowserSession.open(address);
    try {
      await browser.visit(`http://${name}/login`, 'document.querySelector("form")?.onsubmit instanceof Function');
      await browser.evaluate(`form.password.value = ${JSON.stringify(password)}; form.requestSubmit()`);
      await browser.wait('/ things$|: \\d{3} /.test(document.getElementById("status").textContent)');
      return await browser.evaluate('document.getElementById("status").textContent');
    } finally {
      await browser.close();
    }
  }

  const names: [name: string, says: string][] = [
    ["odc.example.com", works],
    ["web.odc.lab", works],
    ["odc.example.co.uk", works],
    ["odc", works],
    ["odc.lab", dropped],
    ["odc.com", dropped],
    ["odc.internal", dropped],
    ["odc.co.uk", dropped],
    ["odc.github.io", dropped],
    ["db.mydb.example.com", dropped],
  ];
  for (const [name, says] of names)
    it(`${name}: ${says}, as the preview says`, async () => {
      assert.equal(await logIn(name), says);
      assert.equal(nameProblem(name) === undefined, says === works);
    });

  it("the address of nginx: works", async () => {
    assert.equal(await logIn(address), works);
  });
});
