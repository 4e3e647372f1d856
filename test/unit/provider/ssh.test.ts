import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { parseAnswer } from "../../../provider/ssh/answer";
import { HostError } from "../../../provider/ssh/host-error";
import { fingerprint, hostKeyAlgorithms, parseHostKey } from "../../../provider/ssh/host-key";
import { explainRefusal } from "../../../provider/ssh/refusal";
import { lastWords } from "../../../provider/ssh/remote";
import { connectionKey, describeTarget, Target } from "../../../provider/ssh/target";

const target: Target = {
  name: "p1",
  address: "10.0.0.1",
  port: 22,
  user: "root",
  hostKeys: [],
  acceptUnknownHostKey: false,
  sudo: false,
};

describe("host keys", () => {
  let directory: string;

  before(() => {
    directory = mkdtempSync(join(tmpdir(), "dbha-keys-"));
  });
  after(() => rmSync(directory, { recursive: true }));

  for (const type of ["ed25519", "ecdsa", "rsa"]) {
    it(`of type ${type} are parsed, with and without a comment, and fingerprinted as OpenSSH does`, () => {
      const file = join(directory, type);
      execFileSync("ssh-keygen", ["-q", "-t", type, "-N", "", "-C", "root@p1 comment", "-f", file]);
      const line = readFileSync(`${file}.pub`, "utf8");
      const parsed = parseHostKey(line);
      assert.ok(parsed);
      assert.equal(parsed.kind, line.split(" ")[0]);
      const told = execFileSync("ssh-keygen", ["-lf", `${file}.pub`], { encoding: "utf8" });
      assert.equal(fingerprint(parsed.blob), told.split(" ")[1]);
      assert.deepEqual(parseHostKey(line.split(" ").slice(0, 2).join(" ")), parsed);
    });
  }

  const bad = [
    "",
    "ssh-ed25519",
    "ssh-ed25519 AAAA",
    "ssh-dss AAAAB3NzaC1kc3M=",
    "AAAAC3NzaC1lZDI1NTE5AAAA",
    "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIF3Ml5e+EfCwvPOPlyT8dOQRtUUOippKdTqQ+Nr/JBDp",
  ];
  for (const text of bad) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.equal(parseHostKey(text), undefined);
    });
  }

  it("ask the server for the pinned kinds first, and for all others after them", () => {
    const rsa = { kind: "ssh-rsa", blob: Buffer.alloc(0) };
    assert.deepEqual(hostKeyAlgorithms([rsa]), [
      "rsa-sha2-512",
      "rsa-sha2-256",
      "ssh-ed25519",
      "ecdsa-sha2-nistp256",
      "ecdsa-sha2-nistp384",
      "ecdsa-sha2-nistp521",
    ]);
    assert.equal(hostKeyAlgorithms([])[0], "ssh-ed25519");
  });
});

describe("explainRefusal", () => {
  const error = (message: string, more: Record<string, string> = {}) => Object.assign(new Error(message), more);
  const table: [error: Error, trouble: string, message: string][] = [
    [
      error("connect ECONNREFUSED", { code: "ECONNREFUSED", level: "client-socket" }),
      "unreachable",
      "connection refused; check the port and that sshd runs",
    ],
    [
      error("x", { code: "EHOSTUNREACH", level: "client-socket" }),
      "unreachable",
      "no route to the host; check the address, that the host is up, and the route to it",
    ],
    [
      error("x", { code: "ETIMEDOUT", level: "client-socket" }),
      "unreachable",
      "no answer; check the address, that the host is up, and firewalls",
    ],
    [
      error("getaddrinfo ENOTFOUND", { code: "ENOTFOUND" }),
      "refused",
      "the name 10.0.0.1 is not known; correct the host's address or this machine's DNS",
    ],
    [
      error("All configured authentication methods failed", { level: "client-authentication" }),
      "refused",
      "the login as root was refused (tried key SHA256:x, the password); check the user, its ~/.ssh/authorized_keys and their modes, and sshd's log on the host",
    ],
    [
      error("Too many authentication failures"),
      "refused",
      "the login as root was refused (tried key SHA256:x, the password); check the user, its ~/.ssh/authorized_keys and their modes, and sshd's log on the host",
    ],
    [
      error("Handshake failed: no matching key exchange algorithm", { level: "handshake" }),
      "refused",
      "no common algorithms with the SSH server (Handshake failed: no matching key exchange algorithm); update the SSH server; ed25519, ECDSA or RSA host keys and current ciphers are needed",
    ],
    [
      error("Invalid identification string", { level: "protocol" }),
      "refused",
      "what answers does not speak SSH (Invalid identification string); correct the host's address and port",
    ],
    [
      error("Timed out while waiting for handshake", { level: "client-timeout" }),
      "unreachable",
      "the SSH server did not finish its greeting in time; check the address and port, that the host is up and not overloaded, and firewalls",
    ],
    [
      error("Connection lost before handshake"),
      "unreachable",
      "the connection ended before the login (Connection lost before handshake); check that nothing between cuts connections, and sshd's log for its MaxStartups, and its PerSourcePenalties, by which OpenSSH 9.8 and later turns a machine away for a while after failed log-ins",
    ],
  ];
  for (const [given, trouble, message] of table) {
    it(`of "${given.message}" ${"code" in given ? String(given.code) : ""}: ${trouble}`, () => {
      const explained = explainRefusal(target, given, { tried: ["key SHA256:x", "the password"] });
      assert.equal(explained.message, `host p1 (10.0.0.1): ${message}`);
      assert.equal(explained.trouble, trouble);
    });
  }

  it("leaves an explained error as it is", () => {
    const explained = new HostError(target, "refused", "a", "b");
    assert.equal(explainRefusal(target, explained, { tried: [] }), explained);
  });
});

describe("targets", () => {
  it("are described by name and address, with a port that is not the usual one", () => {
    assert.equal(describeTarget(target), "p1 (10.0.0.1)");
    assert.equal(describeTarget({ ...target, port: 2222 }), "p1 (10.0.0.1:2222)");
    assert.equal(describeTarget({ ...target, address: "::1", port: 2222 }), "p1 ([::1]:2222)");
  });

  it("share a connection unless something differs that a connection depends on", () => {
    const key = connectionKey({ ...target, hostKeys: ["a", "b"] });
    assert.equal(connectionKey({ ...target, hostKeys: ["b", "a"], sudo: true }), key);
    const others: Partial<Target>[] = [
      { name: "p2" },
      { address: "10.0.0.2" },
      { port: 23 },
      { user: "deploy" },
      { hostKeys: ["a"] },
      { acceptUnknownHostKey: true },
      { bastion: { address: "b", port: 22, user: "root", hostKeys: [], acceptUnknownHostKey: true } },
    ];
    for (const other of others) {
      assert.notEqual(connectionKey({ ...target, hostKeys: ["a", "b"], ...other }), key);
    }
  });
});

describe("answers", () => {
  it("are keys with values up to an empty line, and bytes after it", () => {
    const answer = parseAnswer(Buffer.from("a=1\nb=x=y\na=2\nempty=\nnoise\n\nbody\n\nc=3\n"));
    assert.deepEqual(
      [answer.get("a"), answer.all("a"), answer.get("b"), answer.get("empty")],
      ["1", ["1", "2"], "x=y", ""],
    );
    assert.deepEqual([answer.get("c"), answer.all("c"), answer.get("noise")], [undefined, [], undefined]);
    assert.equal(answer.body.toString(), "body\n\nc=3\n");
  });

  it("may have no body, and bytes of any kind in it", () => {
    assert.equal(parseAnswer(Buffer.from("a=1")).body.length, 0);
    assert.equal(parseAnswer(Buffer.from("a=1")).get("a"), "1");
    assert.equal(parseAnswer(Buffer.alloc(0)).get("a"), undefined);
    assert.deepEqual(parseAnswer(Buffer.from([0x61, 0x3d, 0x0a, 0x0a, 0xff, 0x00])).body, Buffer.from([0xff, 0x00]));
  });
});

describe("answers that must be there", () => {
  const answer = parseAnswer(Buffer.from(`kind=file\nmode=644\nlong=${"x".repeat(100)}\nj={"a":1}\nj=2\n`));

  it("are what they may be", () => {
    assert.equal(answer.must("kind", ["file", "link"]), "file");
    assert.equal(answer.must("mode", /^\d+$/), "644");
    assert.deepEqual(answer.json("none", z.string()), []);
  });

  it("are else an error, that shows the beginning of what was said", () => {
    assert.throws(() => answer.must("kind", ["directory"]), { message: 'kind is "file"' });
    assert.throws(() => answer.must("size", /^\d+$/), { message: "it does not say size" });
    assert.throws(() => answer.must("long", /^y/), { message: `long is "${"x".repeat(79)}…"` });
    assert.throws(() => answer.json("kind", z.string()), { message: 'kind is "file"' });
    assert.throws(() => answer.json("j", z.object({ a: z.number() })), { message: 'j is "2"' });
  });
});

describe("lastWords", () => {
  it("are the last lines that say something, on one line", () => {
    assert.equal(lastWords(" one \r\n\n two\n"), "one | two");
    assert.equal(lastWords("1\n2\n3\n4\n5\n6\n7\n8\n9\n10"), "3 | 4 | 5 | 6 | 7 | 8 | 9 | 10");
    assert.equal(lastWords("\n"), "");
  });
});
