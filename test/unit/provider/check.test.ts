import assert from "node:assert/strict";
import { Operations } from "../../../provider/operations";
import { Session } from "../../../provider/session";
import { EngineLog } from "../../../provider/engine-log";
import type { Properties } from "../../../provider/wire";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF3Ml5e+EfCwvPOPlyT8dOQRtUUOippKdTqQ+Nr/JBDp";
const host = { name: "p1", address: "10.0.0.1", hostKeys: [key] };

const operations = new Operations(new Session(new EngineLog(), () => undefined));
const check = (kind: string, inputs: Properties, olds?: Properties) =>
  operations.check(`urn:pulumi:dev::project::dbha:index:${kind}::name`, olds, inputs);
const problems = async (kind: string, inputs: Properties) =>
  (await check(kind, inputs)).failures.map((failure) => failure.reason);

describe("check", () => {
  it("fills in every default", async () => {
    const full = {
      ...host,
      port: 22,
      user: "root",
      acceptUnknownHostKey: false,
      sudo: false,
    };
    assert.deepEqual((await check("File", { host, path: "/a", content: "" })).inputs, {
      host: full,
      path: "/a",
      content: "",
      mode: "0644",
      owner: "root",
      group: "root",
      sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    });
    assert.deepEqual((await check("Directory", { host, path: "/a" })).inputs, {
      host: full,
      path: "/a",
      mode: "0755",
      owner: "root",
      group: "root",
      onDelete: "removeIfEmpty",
    });
    assert.deepEqual((await check("Service", { host, name: "a.service" })).inputs, {
      host: full,
      name: "a.service",
      enabled: true,
      active: true,
      triggers: [],
      timeout: 300,
    });
    assert.deepEqual((await check("Probe", { host, http: { port: 80 } })).inputs, {
      host: full,
      http: { port: 80, path: "/", scheme: "http", address: "127.0.0.1", status: 200 },
      interval: 2,
      timeout: 300,
      triggers: [],
      extract: {},
    });
    const bastion = { address: "bastion.example", acceptUnknownHostKey: true };
    assert.deepEqual((await check("Directory", { host: { ...host, bastion }, path: "/a" })).inputs.host, {
      ...full,
      bastion: { ...bastion, port: 22, user: "root", hostKeys: [] },
    });
  });

  it("brings a mode into its one form", async () => {
    assert.equal((await check("File", { host, path: "/a", content: "", mode: "600" })).inputs.mode, "0600");
    assert.equal((await check("File", { host, path: "/a", content: "", mode: "2750" })).inputs.mode, "2750");
  });

  it("tells all problems at once, each with field, value, rule", async () => {
    const { failures } = await check("File", {
      host: { name: "p 1", address: "root@p1", port: 70000, user: "", hostKeys: ["ssh-ed25519 AAAA"], extra: 1 },
      path: "etc/x",
      mode: "999",
      owner: "a:b",
      group: 5,
      colour: "red",
    });
    assert.deepEqual(Object.fromEntries(failures.map(({ property, reason }) => [property, reason])), {
      "host.name": `host.name: "p 1": must be a name of letters, digits, ., _ and - that starts with a letter or digit; fix: write it like "p1"`,
      "host.address": `host.address: "root@p1": must be an IP address or a DNS name; fix: write it like 10.0.0.9 or metadb.example.com, without port or scheme`,
      "host.port": "host.port: 70000: must be a whole number from 1 to 65535; fix: give the TCP port, like 8989",
      "host.user": `host.user: "": must be a name of letters, digits, ., _ and -, or a number; fix: give one that exists on the host`,
      "host.hostKeys[0]":
        'host.hostKeys[0]: "ssh-ed25519 AAAA": must be a public key: type and base64 text; fix: copy it from `ssh-keyscan ADDRESS` ' +
        "or the host's /etc/ssh/ssh_host_ed25519_key.pub, without the host name",
      host: "host.extra: there is no such argument; correct its spelling or remove it",
      path: 'path: "etc/x": must be an absolute path without empty, . or .. parts, / at its end, or control characters; fix: write it like /opt/odc/log',
      content: "content: no content is given; give exactly one of content, contentBase64 and source",
      mode: 'mode: "999": must be permission bits, three or four octal digits; fix: write them in quotes, like "0644"',
      owner:
        'owner: "a:b": must be a name of letters, digits, ., _ and -, or a number; fix: give one that exists on the host',
      group:
        "group: 5: must be a name of letters, digits, ., _ and -, or a number; fix: give one that exists on the host",
      colour:
        "colour: there is no such argument; correct its spelling or remove it; known are host, path, content, contentBase64, source, contentInState, mode, owner, group, inPlace, format, validate, onChange, salt, sha256",
    });
  });

  const paths: [path: string, good: boolean][] = [
    ["/a", true],
    ["/a b/it's.$x", true],
    ["/ü", true],
    ["/", false],
    ["", false],
    ["a", false],
    ["/a/", false],
    ["/a//b", false],
    ["/a/../b", false],
    ["/a/./b", false],
    ["/a\nb", false],
    ["/a\tb", false],
  ];
  for (const [path, good] of paths) {
    it(`${good ? "takes" : "refuses"} the path ${JSON.stringify(path)}`, async () => {
      assert.equal((await check("Directory", { host, path })).failures.length, good ? 0 : 1);
    });
  }

  it("wants a pinned key, of the host and of its bastion", async () => {
    const fix =
      "a host's key must be pinned, else anyone between could pose as it; fix: list its keys in hostKeys (ssh-keyscan ADDRESS shows them), or set acceptUnknownHostKey: true for a throw-away host";
    const bare = { name: "p1", address: "10.0.0.1" };
    assert.deepEqual(await problems("Directory", { host: bare, path: "/a" }), [`host.hostKeys: missing: ${fix}`]);
    assert.deepEqual(await problems("Directory", { host: { ...bare, acceptUnknownHostKey: true }, path: "/a" }), []);
    assert.deepEqual(await problems("Directory", { host: { ...host, bastion: { address: "b" } }, path: "/a" }), [
      `host.bastion.hostKeys: missing: ${fix}`,
    ]);
  });

  it("never quotes what may be secret", async () => {
    const shown = JSON.stringify([
      await problems("File", { host, path: "/a", content: { secret: "S3cret" }, validate: ["S3cret"], onChange: 1 }),
      await problems("Service", { host, name: "a.service", unit: "[Service]\nEnvironment=S3cret\n" }),
      await problems("Probe", { host, http: { port: 80, headers: { Authorization: ["S3cret"] } } }),
      await problems("Probe", { host, command: ["S3cret"] }),
    ]);
    assert.ok(!shown.includes("S3cret"), shown);
    assert.ok(shown.includes("http.headers.Authorization: must be a text; fix: give the header's value"));
  });

  it("wants exactly one origin of a file's content, one that can be had", async () => {
    const one = "give exactly one of content, contentBase64 and source";
    const file = (more: Properties) => problems("File", { host, path: "/a", ...more });
    assert.deepEqual(await file({}), [`content: no content is given; ${one}`]);
    assert.deepEqual(await file({ content: "a", source: "b" }), [
      `source: content and source are given together; ${one}`,
    ]);
    const fix = "correct the path; relative ones start at the project";
    assert.deepEqual(await file({ source: "no/such" }), [
      `source: "no/such": there is no such file on this machine; ${fix}`,
    ]);
    assert.deepEqual(await file({ source: "/etc" }), [`source: "/etc": it is not a regular file; ${fix}`]);
    assert.deepEqual(await file({ contentBase64: "S3cr" + "\n" }), [
      "contentBase64: contentBase64 is Base64 with padding, in one line (RFC 4648, section 4)",
    ]);
    const rule = "it has more than 4 MiB, which would pass through the state at every run; give a local file as source";
    const limit = 4 * 1024 * 1024;
    assert.deepEqual(await file({ content: "x".repeat(limit) }), []);
    assert.deepEqual(await file({ content: "x".repeat(limit - 1) + "ü" }), [`content: ${rule}`]);
    assert.deepEqual(await file({ contentBase64: Buffer.alloc(limit + 1).toString("base64") }), [
      `contentBase64: ${rule}`,
    ]);
    assert.deepEqual(await file({ source: unknown }), []);
  });

  it("keeps a content that is unknown yet and not for the state out of the inputs", async () => {
    const { inputs } = await check(
      "File",
      { host, path: "/a", content: unknown, contentInState: false },
      { salt: "s" },
    );
    assert.deepEqual([inputs.content, inputs.salt, inputs.sha256], [undefined, "s", unknown]);
  });

  const bad: [kind: string, inputs: Properties, expected: string[]][] = [
    [
      "Directory",
      { host, path: "/a", onDelete: "burn" },
      ['onDelete: "burn": must be "removeIfEmpty", "keep" or "purge"; fix: give one of them'],
    ],
    [
      "Service",
      { host, name: "nginx" },
      [
        `name: "nginx": must be a unit's name of letters, digits, :, _, ., \\, @ and - that ends in .service, .socket, .timer, .path, .mount or .target; fix: write it like obproxy.service`,
      ],
    ],
    [
      "Service",
      { host, name: "../a.service" },
      [
        `name: "../a.service": must be a unit's name of letters, digits, :, _, ., \\, @ and - that ends in .service, .socket, .timer, .path, .mount or .target; fix: write it like obproxy.service`,
      ],
    ],
    [
      "Service",
      { host, name: "a.service", unit: "[Service]\nExecStart=/bin/true\n" },
      [
        "unit: it has no [Install] section, so it cannot be enabled; add one with WantedBy=multi-user.target, or set enabled: false",
      ],
    ],
    ["Service", { host, name: "a.service", enabled: false, unit: "[Service]\nExecStart=/bin/true\n" }, []],
    [
      "Image",
      { host },
      ["tarballs: none of tarballs, hostTarballs and reference is given; give files to load, or a reference to pull"],
    ],
    [
      "Image",
      { host, tarballs: { amd64: "a.tar" }, hostTarballs: { amd64: "/a.tar" } },
      ["hostTarballs: tarballs is given too; give the files of this machine or those of the host"],
    ],
    [
      "Image",
      { host, hostTarballs: { amd64: "images/a.tar", arm64: "/opt/a.tar" } },
      [
        'hostTarballs.amd64: "images/a.tar": must be an absolute path without empty, . or .. parts, / at its end, or control characters; fix: write it like /opt/odc/log',
      ],
    ],
    ["Image", { host, tarballs: {} }, ["tarballs: {}: no file is named; give amd64, arm64 or both"]],
    [
      "Image",
      { host, tarballs: { x86: "a" } },
      [
        "tarballs.x86: there is no such argument; correct its spelling or remove it",
        'tarballs: {"x86":"a"}: no file is named; give amd64, arm64 or both',
      ],
    ],
    [
      "Image",
      { host, reference: "Oceanbase/ODC:1" },
      [`reference: "Oceanbase/ODC:1": a reference is [REGISTRY/]NAME:TAG, such as "oceanbase/odc:4.3.1"`],
    ],
    [
      "Probe",
      { host, tcp: { port: 1 }, repair: { command: "", after: 0 } },
      [
        "repair.command: a command must be a text that is not empty; fix: give one",
        "repair.after: 0: must be a number of seconds above 0; fix: give after, like 2",
      ],
    ],
    ["Probe", { host }, ["http: nothing to probe is given; give exactly one of http, tcp and command"]],
    [
      "Probe",
      { host, http: { port: 80 }, command: "true" },
      ["command: http and command are given together; give exactly one of http, tcp and command"],
    ],
    [
      "Probe",
      { host, http: { path: "health" }, interval: 0, extract: { v: "data" } },
      [
        "http.port: missing: must be a whole number from 1 to 65535; fix: give the TCP port, like 8989",
        'http.path: "health": must start with / and have no spaces; fix: write it like /health?full=1',
        "interval: 0: must be a number of seconds above 0; fix: give interval, like 2",
        'extract.v: "data": must be a JSON pointer, empty or with / at its start; fix: write it like "/data/version"',
      ],
    ],
  ];
  for (const [kind, inputs, expected] of bad) {
    it(`of ${kind} says ${expected.length === 0 ? "nothing" : expected.join(" | ")}`, async () => {
      assert.deepEqual(await problems(kind, inputs), expected);
    });
  }

  it("lets pass what is not known yet, at any depth, and checks the rest", async () => {
    const inputs = {
      host: { ...host, address: unknown, port: 0 },
      http: { port: unknown, json: { "/a": unknown }, status: 99 },
      triggers: [unknown],
      timeout: unknown,
    };
    const { failures, inputs: checked } = await check("Probe", inputs);
    assert.deepEqual(
      failures.map((failure) => failure.property),
      ["host.port", "http.status"],
    );
    assert.equal(checked.interval, 2);
    assert.equal(checked.timeout, unknown);
    assert.deepEqual(await problems("Probe", { host: unknown, command: unknown }), []);
    assert.deepEqual(await problems("Image", { host, tarballs: unknown }), []);
  });
});
