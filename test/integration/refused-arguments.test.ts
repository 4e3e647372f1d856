import assert from "node:assert/strict";
import { engines } from "./engines";
import { TestStack } from "./stack";

/** What the program's mistakes are, beside the component that each is told of. */
const mistakes = {
  "host p2": [
    "port = 70000: must be a whole number from 1 to 65535; fix: give the TCP port, like 8989",
    "hostKeys = (missing): a host's key must be pinned, else anyone between could pose as it; fix: list its keys in hostKeys (ssh-keyscan ADDRESS shows them), or set acceptUnknownHostKey: true for a throw-away host",
  ],
  "OdcHaDeployment my odc": [
    'name = "my odc": must be 1 to 50 letters, digits, _ . and -, the first a letter or digit, since unit, files and backups are called after it; fix: choose another one, like "odc"',
    "metaDb.port = 0: must be a whole number from 1 to 65535; fix: give the TCP port, like 8989",
    "adminPassword = [secret]: must have 8-32 characters without spaces, at least 2 digits, 2 upper-case letters, 2 lower-case letters and 2 of ._+@#$%; fix: choose another one, or leave it out to get a random one",
  ],
  "OdcHaDeployment odc": ["mappingPort = 0: must be a whole number from 1 to 65535; fix: give the TCP port, like 8989"],
  "OdpWithWatchdog Odp": [
    'name = "Odp": must be 1 to 20 small letters, digits and hyphens, the first a letter, since the hosts\' user and unit are called after it; fix: choose another one, like "odp"',
    "image = (missing): exactly one of package and image must be given; fix: give one of them",
  ],
  "LoadBalancer two": [
    "probe.tcp.port = 80: LoadBalancer two and LoadBalancer one (probe.tcp.port) would both listen on port 80 on host p4; fix: give one of them another port, or other hosts",
    "containerName = front: LoadBalancer two and LoadBalancer one (containerName) would both have the container front on host p4; fix: rename one of them",
    "containerName = /etc/dbha/front: LoadBalancer two and LoadBalancer one (containerName) would both have the directory /etc/dbha/front on host p4; fix: give each a place of its own",
  ],
  "Certificate cert": ["names = []: at least one name is needed; fix: name the domain or address that users open"],
};

const told = (component: string, problems: string[], effect: string): string =>
  [
    `    error: ${component}: its arguments were refused (${problems.length} problem${problems.length === 1 ? "" : "s"}); ${effect}:`,
    ...problems.map((problem) => `      - ${problem}`),
  ].join("\n");

/** The errors of a run, each with its lines. */
const errorsIn = (text: string): string[] => text.match(/^ {4}error: .*(\n {6}- .*)*/gm) ?? [];

for (const engine of engines())
  describe(`Components whose arguments are refused, with the ${engine.name}`, function () {
    this.timeout(60_000);
    let stack: TestStack;

    before(async () => {
      stack = new TestStack(engine, "test/fixtures/programs/refused");
      await stack.init({});
    });
    after(() => stack.remove());

    it("are all told in one preview, each once and in the words of its own, and nobody is contacted", async () => {
      const { code, text } = await stack.run("preview");
      assert.notEqual(code, 0);
      const expected = Object.entries(mistakes).map(([name, problems]) => told(name, problems, "nothing was changed"));
      assert.deepEqual(errorsIn(text).sort(), expected.sort());
      assert.match(text, /follower: \[unknown\]/, "the program goes on with outputs that nobody knows");
      assert.doesNotMatch(text, /127\.0\.0\.1|10\.0\.0\.\d|stack trace|unhandled|Secret-of|Short/);
    });

    it("end an update at once", async () => {
      const { code, text } = await stack.run("up", "--yes", "--skip-preview");
      assert.notEqual(code, 0);
      const effect = "nothing that depends on it was changed";
      assert.deepEqual(errorsIn(text), [told("host p2", mistakes["host p2"], effect)]);
    });
  });
