import assert from "node:assert/strict";
import fc from "fast-check";
import { cookieDomain, nameProblem } from "../../../components/odc/cookie-domain";

const dropped = (domain: string, why: string, suggestion: string) => ({
  rule: `ODC's cookie XSRF-TOKEN would be for the domain ${domain}, which ${why}, so that browsers drop it and users can log in and do nothing else (400 MissingCsrfToken)`,
  fix: `take a name like ${suggestion}, one of a single label, or an IPv4 address`,
});
const suffix = "is a public suffix or a top-level domain";

describe("The name under which users open ODC", () => {
  // what Chromium does with the cookies of these names is in test/integration/odc-browser.test.ts
  const kept: [name: string, domain: string][] = [
    ["odc.example.com", "example.com"],
    ["ODC.Example.COM", "example.com"],
    ["odc.dba.lab", "dba.lab"],
    ["odc.example.co.uk", "example.co.uk"],
    ["a.odc.example.com", "odc.example.com"],
    ["odc", "odc"],
    ["localhost", "localhost"],
    ["10.0.0.100", "10.0.0.100"],
  ];
  for (const [name, domain] of kept)
    it(`may be ${name}`, () => {
      assert.equal(cookieDomain(name.toLowerCase()), domain);
      assert.equal(nameProblem(name), undefined);
    });

  const lost: [name: string, domain: string, why: string, suggestion: string][] = [
    ["odc.lab", "lab", suffix, "web.odc.lab"],
    ["odc.com", "com", suffix, "web.odc.com"],
    ["odc.internal", "internal", suffix, "web.odc.internal"],
    ["ODC.CO.UK", "co.uk", suffix, "web.odc.co.uk"],
    ["odc.github.io", "github.io", suffix, "web.odc.github.io"],
    ["web.lab", "lab", suffix, "odc.web.lab"],
    // ODC takes the first label out of the whole name
    ["odc.odc.lab", "lab", suffix, "web.odc.odc.lab"],
    ["db.mydb.example.com", "myexample.com", "does not end db.mydb.example.com", "web.db.mydb.example.com"],
  ];
  for (const [name, domain, why, suggestion] of lost)
    it(`must not be ${name}`, () => {
      assert.equal(cookieDomain(name.toLowerCase()), domain);
      assert.deepEqual(nameProblem(name), dropped(domain, why, suggestion));
    });

  it("must not be an IPv6 address", () => {
    assert.deepEqual(nameProblem("fd00::100"), {
      rule: 'ODC answers 400 "invalid domain" at an IPv6 address, since a cookie cannot be for one',
      fix: "let users open a name that leads there, like odc.example.com",
    });
  });

  const label = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);

  it("is none of two labels, whatever they are", () => {
    fc.assert(fc.property(label, label, (host, domain) => nameProblem(`${host}.${domain}`) !== undefined));
  });

  it("is any that adds a label to a registered domain which has not got it", () => {
    const names = fc
      .tuple(label, label)
      .filter(([host, domain]) => ![`${domain}9`, "example"].some((one) => one.endsWith(host)));
    fc.assert(fc.property(names, ([host, domain]) => nameProblem(`${host}.${domain}9.example.com`) === undefined));
  });

  it("that is proposed instead works", () => {
    const names = fc.array(label, { minLength: 2, maxLength: 4 }).map((labels) => labels.join("."));
    fc.assert(
      fc.property(names, (name) => {
        const [, proposed] = /^take a name like (\S+),/.exec(nameProblem(name)?.fix ?? "") ?? [];
        return proposed === undefined || nameProblem(proposed) === undefined;
      }),
    );
  });
});
