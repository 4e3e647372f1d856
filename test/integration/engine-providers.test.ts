import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { isObject, type Value, type Values } from "../../lab/engine/provider";
import { normalise } from "../fixtures/golden/providers/normalise";
import { realPlugin } from "../fixtures/golden/providers/real-provider";
import { engines, type Engine } from "./engines";
import { labFolder, labHosts, on, overSsh, snapshot } from "./hosts";
import { TestStack } from "./stack";

const SECRET = "4dabf18193072939515e22adb298388d";
const HOST = "p2";

/** One resource in state, without what differs between two runs. */
interface Resource {
  urn: string;
  inputs: Value;
  outputs: Value;
}

describe("Docker, command, tls and random", function () {
  this.timeout(300_000);
  let image: string;
  let untouched: string[];
  const states: Record<string, Record<string, Resource[]>> = {};

  function config(more: Values = {}): Record<string, unknown> {
    const { address, hostKeys } = labHosts()[HOST];
    const privateKeyFile = resolve(labFolder, "id_ed25519");
    return {
      "providers:settings": {
        ...{
          address,
          hostKey: hostKeys.at(-1),
          privateKeyFile,
          knownHostsFile: resolve(labFolder, "known_hosts"),
          image,
        },
        ...{ release: "1", memory: 64, note: "first", trigger: "a", ...more },
      },
      "providers:privateKey": readFileSync(privateKeyFile, "utf8"),
    };
  }

  before(async () => {
    image = await loadImage();
    untouched = await snapshot(HOST);
  });
  after(() => on(HOST, `docker rmi ${image}`));

  for (const engine of engines()) {
    describe(`with the ${engine.name}`, () => {
      let stack: TestStack;
      let handedOver = false;
      const keep = async (step: string): Promise<void> => {
        (states[step] ??= {})[engine.name] = await resourcesOf(stack);
      };

      before(async () => {
        stack = new TestStack(engine, "test/fixtures/programs/providers");
        await stack.init(config());
      });
      after(() => stack.remove());

      it("creates everything, and then finds nothing to do", async () => {
        await stack.up();
        const { printed } = await stack.outputs();
        assert.equal(printed, "written");
        assert.match(await on(HOST, "cat /opt/providers-note"), /^[A-Za-z0-9!#%]{24} first$/);
        assert.equal(await on(HOST, "docker inspect -f '{{.HostConfig.Memory}}' providers-sleeper"), "67108864");
        await keep("created");
        await stack.succeed("preview", "--expect-no-changes");
      });

      it("changes the memory of a running container, and runs the command again for another input", async () => {
        const id = (await stack.outputs()).containerId;
        stack.configure(config({ memory: 128, note: "second" }));
        await stack.up();
        assert.equal((await stack.outputs()).containerId, id);
        assert.equal(await on(HOST, "docker inspect -f '{{.HostConfig.Memory}}' providers-sleeper"), "134217728");
        assert.match(await on(HOST, "cat /opt/providers-note"), / second$/);
        await keep("updated");
      });

      it("replaces a container for another variable, and a command for another trigger", async () => {
        const id = (await stack.outputs()).containerId;
        stack.configure(config({ memory: 128, note: "second", release: "2", trigger: "b" }));
        await stack.up();
        assert.notEqual((await stack.outputs()).containerId, id);
        assert.match(await on(HOST, "docker exec providers-sleeper env"), /^RELEASE=2$/m);
        await keep("replaced");
      });

      it("sees a container that stopped, and starts it", async () => {
        await on(HOST, "docker stop -t 0 providers-sleeper");
        await stack.succeed("refresh", "--yes", "--skip-preview");
        await keep("stopped");
        await stack.up();
        assert.equal(await on(HOST, "docker inspect -f '{{.State.Running}}' providers-sleeper"), "true");
        await keep("started");
      });

      it("makes a container again that was removed", async () => {
        await on(HOST, "docker rm -f providers-sleeper");
        await stack.up("--refresh");
        assert.equal(await on(HOST, "docker inspect -f '{{.State.Running}}' providers-sleeper"), "true");
        await keep("made again");
      });

      it("hands its state to the other engine, which finds nothing to do and destroys everything", async function () {
        const other = otherThan(engine, this);
        const heir = new TestStack(other, "test/fixtures/programs/providers");
        try {
          await heir.init(config());
          heir.configure(config({ memory: 128, note: "second", release: "2", trigger: "b" }));
          await heir.succeed("stack", "import", "--file", await stack.exportFile());
          await heir.succeed("preview", "--expect-no-changes");
          await heir.succeed("preview", "--refresh", "--expect-no-changes");
          await heir.destroy();
          handedOver = true;
        } finally {
          heir.remove();
        }
        await on(HOST, "test ! -e /opt/providers-note");
      });

      it("leaves the host as it was", async () => {
        if (!handedOver) await stack.destroy();
        assert.deepEqual(await snapshot(HOST), untouched);
      });
    });
  }

  describe("compared, engine with engine", () => {
    for (const step of ["created", "updated", "replaced", "stopped", "started", "made again"]) {
      it(`have left the same state once ${step}`, function () {
        const [fallback, real] = engines();
        if (!fallback || !real) skip(this, "there is no real Pulumi CLI to compare with");
        const { [fallback.name]: ours, [real.name]: theirs } = states[step] ?? {};
        assert.deepEqual(ours, theirs);
      });
    }
  });
});

/** Brings the lab's nginx image to the host. @returns its ID */
async function loadImage(): Promise<string> {
  const inputFile = join(labFolder, "images", "nginx-amd64.tar.gz");
  const { stdout } = await overSsh(HOST, "docker load -q", { inputFile });
  const reference = stdout.replace(/^Loaded image: /, "");
  return on(HOST, `docker image inspect -f '{{.Id}}' ${reference}`);
}

/** The other engine; skips the test where there is only one. */
function otherThan(engine: Engine, test: Mocha.Context): Engine {
  const other = engines().find(({ name }) => name !== engine.name);
  if (other === undefined) return skip(test, "there is no real Pulumi CLI to hand the state to");
  const missing = ["command", "docker", "random", "tls"].filter((name) => realPlugin(name) === undefined);
  if (missing.length > 0) return skip(test, `the real CLI lacks the plugins of ${missing.join(", ")}`);
  return other;
}

/** Ends a test as skipped, and says why. */
function skip(test: Mocha.Context, reason: string): never {
  if (test.test) test.test.title += ` (skipped: ${reason})`;
  return test.skip();
}

/** The resources in a stack's state, by name; secrets are shown as such. */
async function resourcesOf(stack: TestStack): Promise<Resource[]> {
  const { stdout } = await stack.run("stack", "export", "--show-secrets");
  const { deployment } = JSON.parse(stdout) as { deployment: { resources: Resource[] } };
  const password = deployment.resources.find(({ urn }) => urn.endsWith("RandomPassword::password"))?.outputs as Values;
  const drawn = JSON.parse((password.result as Values).plaintext as string) as string;
  return deployment.resources
    .map(({ urn, inputs, outputs }) => ({
      urn,
      inputs: comparable(inputs, drawn),
      outputs: comparable(outputs, drawn),
    }))
    .sort((one, other) => (one.urn < other.urn ? -1 : 1));
}

/** @param drawn the password of this run */
function comparable(properties: Value | undefined, drawn: string): Value {
  return isObject(properties) ? normalise(open(properties, drawn) as Values) : {};
}

/** `{ secret: VALUE }` in the place of Pulumi's envelopes, without the notes of a provider's library in its configuration. */
function open(value: Value, drawn: string): Value {
  if (typeof value === "string") return value.replace(drawn, "<password>");
  if (Array.isArray(value)) return value.map((item) => open(item, drawn));
  if (!isObject(value)) return value;
  if (SECRET in value)
    return { secret: open(JSON.parse((value.plaintext ?? value.ciphertext) as string) as Value, drawn) };
  const entries = Object.entries(value).filter(([name]) => name !== "__pulumi-go-provider-version");
  return Object.fromEntries(entries.map(([name, entry]) => [name, open(entry, drawn)]));
}
